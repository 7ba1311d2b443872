import { Anchor, Group, Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { type Schemas, useAsk } from "../../api/client";
import { to } from "../../app/address";
import { Evidence, Time } from "../../components/marks";
import { Answered, Empty, Section } from "../../components/Page";
import { many } from "../../components/said";
import { Table } from "../../components/Table";
import type { Shown } from "./shown";

/** What a version reaches, however far, and the runs that used it. */
export function Uses({ target, one }: Shown) {
  const query = useAsk("impact", { target: { ref: target } });
  return (
    <Stack gap="lg">
      <Answered query={query}>
        {(answer) => (
          <Stack gap="lg">
            <Text fw={500}>{answer.verdict}</Text>
            <Reach title="Models" rows={answer.models} names={namesOf(answer)} />
            <Reach title="Deployments" rows={answer.deployments} names={namesOf(answer)} />
            <Reach title="Consumers" rows={answer.consumers} names={namesOf(answer)} />
            {answer.gaps.length > 0 && (
              <Section title="What was not seen">
                <ul className="plain">
                  {answer.gaps.map((gap) => (
                    <li key={gap}>{gap}</li>
                  ))}
                </ul>
              </Section>
            )}
          </Stack>
        )}
      </Answered>
      <Section title="Used by" note={many(one.used_by.length, "step")}>
        <Users deeds={one.used_by} />
      </Section>
    </Stack>
  );
}

const namesOf = ({ nodes }: Schemas["ImpactResponse"]) =>
  new Map(
    nodes.map(({ id, name, version, label, kind }) => [
      id,
      name ? (version ? `${name}:${version}` : name) : (label ?? kind),
    ]),
  );

interface ReachProps {
  title: string;
  rows: Schemas["Reached"][];
  names: Map<string, string>;
}

function Reach({ title, rows, names }: ReachProps) {
  if (rows.length === 0) return null;
  return (
    <Section title={title} note={String(rows.length)}>
      <Table
        label={title}
        rows={rows}
        rowKey={({ id }) => id}
        columns={[
          { label: title.slice(0, -1), cell: (one) => <Thing of={one} />, by: (one) => one.title },
          { label: "Evidence", cell: ({ evidence }) => <Evidence grade={evidence} /> },
          {
            label: "The way there",
            cell: ({ path }) => (
              <Text fz="xs" c="dimmed" className="wrap">
                {path.map((id) => names.get(id) ?? id).join(" → ")}
              </Text>
            ),
          },
        ]}
      />
    </Section>
  );
}

function Thing({
  of: { kind, name, version, title, id, aliases = [] },
}: {
  of: Schemas["Reached"];
}) {
  const address =
    kind === "model" && name && version
      ? to.version(name, version)
      : kind === "model"
        ? null
        : to.run(id);
  return (
    <Group gap={6} wrap="nowrap">
      {address ? (
        <Anchor component={Link} to={address}>
          {title}
        </Anchor>
      ) : (
        title
      )}
      {aliases.map((alias) => (
        <span key={alias} className="quiet">
          @{alias}
        </span>
      ))}
    </Group>
  );
}

function Users({ deeds }: { deeds: Schemas["Deed"][] }) {
  if (deeds.length === 0) return <Empty>No run that was seen has used it.</Empty>;
  return (
    <Table
      label="Used by"
      rows={deeds}
      rowKey={({ id }) => id}
      columns={[
        {
          label: "Run",
          cell: ({ id, name, run }) => (
            <Anchor component={Link} to={to.run(run?.id ?? id)}>
              {run?.name ?? name}
            </Anchor>
          ),
          by: ({ name, run }) => run?.name ?? name,
        },
        { label: "Step", cell: ({ name, where }) => (where ? `${name} at ${where}` : name) },
        { label: "As", cell: ({ role }) => role ?? "–" },
        { label: "Evidence", cell: ({ evidence }) => <Evidence grade={evidence} /> },
        {
          label: "Started",
          cell: ({ run }) => <Time at={run?.started} />,
          by: ({ run }) => run?.started,
        },
      ]}
    />
  );
}
