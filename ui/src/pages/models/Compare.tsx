import { Button, SimpleGrid } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { type Answer, type Schemas, useAsk } from "../../api/client";
import { to, useParam, useView } from "../../app/address";
import { Go } from "../../components/Go";
import { Answered, Empty, Page, Section } from "../../components/Page";
import { figure, many } from "../../components/said";
import { Table } from "../../components/Table";

/** Why two versions differ: what went in, settings, code, environment, and what came out. */
export default function Compare() {
  const name = useParam("name");
  const [{ left, right }] = useView({ left: 0, right: 0 });
  const ref = (version: unknown) => ({ ref: `model:${name}:${version}` });
  const query = useAsk("diff", left && right ? { left: ref(left), right: ref(right) } : null);
  return (
    <Page
      title={`${name}:${left} and ${name}:${right}`}
      crumbs={[
        { label: "Models", to: "/models" },
        { label: name, to: to.model(name) },
      ]}
      verdict={query.data?.verdict}
      actions={
        <Button
          component={Link}
          to="."
          search={{ left: right, right: left } as never}
          variant="default"
        >
          Swap
        </Button>
      }
    >
      {left && right ? (
        <Answered query={query}>{(answer) => <Differences answer={answer} />}</Answered>
      ) : (
        <Empty>Choose two versions of {name} to compare.</Empty>
      )}
    </Page>
  );
}

function Differences({ answer }: { answer: Answer<"diff"> }) {
  const { differences, metrics, only_left, only_right, shared, left, right } = answer;
  return (
    <>
      <Section title="Where they part" note={`${many(shared, "ancestor")} in common`}>
        <Table
          label="Differences"
          rows={differences}
          rowKey={(_, index) => String(index)}
          columns={[
            { label: "What", cell: ({ what }) => what, by: ({ what }) => what },
            { label: "Name", cell: ({ name }) => name, by: ({ name }) => name },
            { label: "Where", cell: ({ where }) => where, by: ({ where }) => where },
            { label: title(left), cell: (row) => <Side text={row.left} id={row.left_id} /> },
            { label: title(right), cell: (row) => <Side text={row.right} id={row.right_id} /> },
          ]}
        />
      </Section>
      <Section title="Figures">
        <Table
          label="Figures"
          rows={metrics}
          rowKey={({ key, split }) => `${key} ${split}`}
          columns={[
            { label: "Figure", cell: ({ key }) => key, by: ({ key }) => key },
            { label: "Part", cell: ({ split }) => split ?? "" },
            { label: title(left), cell: (row) => value(row.left), number: true },
            { label: title(right), cell: (row) => value(row.right), number: true },
            { label: "Change", cell: change, number: true },
          ]}
        />
      </Section>
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Only title={`Only ${title(left)} comes from`} nodes={only_left} />
        <Only title={`Only ${title(right)} comes from`} nodes={only_right} />
      </SimpleGrid>
    </>
  );
}

function Side({ text, id }: { text: string | null; id?: string | null }) {
  if (text === null) return <span className="quiet">–</span>;
  return <span className="wrap">{id ? <Go at={id}>{text}</Go> : text}</span>;
}

function Only({ title: said, nodes }: { title: string; nodes: Schemas["GraphNode"][] }) {
  return (
    <Section title={said}>
      {nodes.length === 0 ? (
        <Empty>Nothing.</Empty>
      ) : (
        <Table
          label={said}
          rows={nodes.slice(0, 50)}
          rowKey={({ id }) => id}
          columns={[
            { label: "Ancestor", cell: (node) => <Go at={node.id}>{title(node)}</Go>, by: title },
            { label: "Kind", cell: ({ kind }) => kind, by: ({ kind }) => kind },
          ]}
        />
      )}
    </Section>
  );
}

function title({ name, version, label, id }: Schemas["GraphNode"]): string {
  if (name && version) return `${name}:${version}`;
  return name ?? label ?? id.slice(0, 18);
}

const value = (one: number | string | null) =>
  typeof one === "number" ? figure(one) : (one ?? "–");

function change({ left, right }: Schemas["Measured"]): string {
  if (typeof left !== "number" || typeof right !== "number") return "";
  const by = right - left;
  return by === 0 ? "=" : `${by > 0 ? "+" : "−"}${figure(Math.abs(by))}`;
}
