import { Code, Stack, Text } from "@mantine/core";
import { Fragment } from "react";
import type { Schemas } from "../../api/client";
import { to } from "../../app/address";
import { Go } from "../../components/Go";
import { Digest, Evidence, Time } from "../../components/marks";
import { Section } from "../../components/Page";
import { figure } from "../../components/said";
import { Table } from "../../components/Table";
import { Pairs } from "./Facts";

type View = Schemas["ArtifactView"];
type Deed = Schemas["Deed"];

/** The run and the steps that made a version, with settings and inputs; and what was not seen. */
export function MadeBy({ view: { made_by, derived_from, gaps } }: { view: View }) {
  return (
    <Stack gap="md">
      {made_by.map((deed) => (
        <MadeIn key={deed.id} deed={deed} />
      ))}
      {made_by.length === 0 && derived_from.length === 0 && (
        <Section title="Made by">
          <Text c="dimmed">What made it was not recorded.</Text>
        </Section>
      )}
      {derived_from.length > 0 && (
        <Section title="Derived from">
          <Ties of={derived_from} />
        </Section>
      )}
      {gaps.length > 0 && (
        <Section title="Not seen">
          {gaps.map((gap) => (
            <Text key={gap}>{gap}</Text>
          ))}
        </Section>
      )}
    </Stack>
  );
}

function MadeIn({ deed }: { deed: Deed }) {
  const { name, where, evidence, params = {}, inputs = [], run } = deed;
  return (
    <Section title={`Made by ${name}`} note={<Evidence grade={evidence} />}>
      <Pairs
        of={[
          ["At", where],
          ["Run", run && <Go at={{ to: to.run(run.id) }}>{run.name}</Go>],
          ["Command", run && run.command.length > 0 && <Code>{run.command.join(" ")}</Code>],
          ["Started", run && <Time at={run.started} />],
          ["Code", run?.code && <Digests of={run.code} />],
          ["Environment", run?.environment && <Digests of={run.environment} />],
          ["Settings", <Settings key="settings" of={params} />],
        ]}
      />
      <Ties of={inputs} />
    </Section>
  );
}

function Digests({ of }: { of: string[] }) {
  return of.map((one) => (
    <span key={one} className="apart">
      <Go at={one}>lineage</Go> <Digest of={one} />
    </span>
  ));
}

function Settings({ of }: { of: Record<string, unknown> }) {
  const said = Object.entries(of).filter(([, value]) => value !== null);
  if (said.length === 0) return <span className="quiet">none recorded</span>;
  return (
    <span className="mono">
      {said.map(([key, value]) => (
        <Fragment key={key}>
          <span className="apart">
            {key}={typeof value === "string" ? value : JSON.stringify(value)}
          </span>{" "}
        </Fragment>
      ))}
    </span>
  );
}

function Ties({ of }: { of: Schemas["Tie"][] }) {
  if (of.length === 0) return null;
  return (
    <Table
      label="Inputs"
      rows={of}
      rowKey={({ id, role, slot }) => `${id} ${role} ${slot}`}
      columns={[
        { label: "Input", cell: ({ id, title }) => <Go at={id}>{title}</Go> },
        { label: "As", cell: ({ role, relation }) => role ?? relation ?? "" },
        { label: "Kind", cell: ({ kind }) => kind },
        { label: "Rows", cell: ({ rows }) => figure(rows), number: true },
        { label: "Columns", cell: ({ columns }) => figure(columns), number: true },
        { label: "Evidence", cell: ({ evidence }) => <Evidence grade={evidence} /> },
      ]}
    />
  );
}
