import { Anchor, Badge, Code, Group, Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Schemas } from "../../api/client";
import { to } from "../../app/address";
import { Facts } from "../../components/Facts";
import { Digest, Evidence, Time, Verdict } from "../../components/marks";
import { Empty, Section } from "../../components/Page";
import { bytes, many } from "../../components/said";
import { Table } from "../../components/Table";
import { shape } from "./said";
import type { Shown } from "./shown";

/** What a version is, who answers for it, how it came to be, and the other versions. */
export function Overview({ name, version, of, one }: Shown) {
  return (
    <Stack gap="lg">
      <About of={of} one={one} version={version} />
      <Section title="Made by">
        <Makers deeds={one.made_by} derived={one.derived_from} />
      </Section>
      {one.gaps.length > 0 && (
        <Section title="What was not seen">
          <ul className="plain">
            {one.gaps.map((gap) => (
              <li key={gap}>{gap}</li>
            ))}
          </ul>
        </Section>
      )}
      <Section title="Places" note="where the content was seen, the last one first">
        <Places rows={one.locations} />
      </Section>
      <Section title="Versions" note={many(of.versions.length, "version")}>
        <Versions name={name} rows={of.versions} at={version} />
      </Section>
    </Stack>
  );
}

function About({ of, one, version }: { of: Shown["of"]; one: Shown["one"]; version: number }) {
  const { card, node } = one;
  const row = of.versions.find((it) => it.version === version);
  const facts: [string, ReactNode][] = [
    ["Content", node.digest && <Digest of={node.digest} />],
    ["Recorded", row && <Time at={row.created} />],
    ["Rows × columns", node.rows != null && shape(node.rows, node.columns)],
    ["Size", node.size != null && bytes(node.size)],
    ["Kind of source", card.source],
    ["Owners", card.owners.map(({ who, role }) => `${who} (${role})`).join(", ")],
    ["Licences", card.licences.length > 0 && <Licences of={card.licences} />],
    ["Tags", card.tags.length > 0 && <Tags of={card.tags} />],
    ["Freshness", card.freshness?.every_seconds && <Freshness of={card.freshness} />],
    ["Goes no further", card.stops?.join(", ")],
  ];
  const unsaid = [
    card.owners.length === 0 && "an owner",
    card.licences.length === 0 && "a licence",
    card.description === null && "a description",
  ].filter(Boolean);
  return (
    <Stack gap={6}>
      <Facts of={facts} />
      {unsaid.length > 0 && (
        <Text fz="xs" c="dimmed">
          Nobody has given it {unsaid.join(" or ")}.
        </Text>
      )}
    </Stack>
  );
}

function Licences({ of }: { of: Schemas["LicenceFact"][] }) {
  return (
    <Group gap={4}>
      {of.map(({ spdx, terms, way }) => (
        <span key={`${spdx}${way?.source ?? ""}`} title={terms.join(", ")}>
          {spdx}
          {way && <span className="quiet"> from {way.title}</span>}
        </span>
      ))}
    </Group>
  );
}

function Tags({ of }: { of: Schemas["TagFact"][] }) {
  return (
    <Group gap={4}>
      {of.map(({ tag, way }) => (
        <Badge
          key={tag}
          size="sm"
          variant={way ? "outline" : "default"}
          color="gray"
          tt="none"
          title={way ? `came down from ${way.title}` : undefined}
        >
          {way && "↓ "}
          {tag}
        </Badge>
      ))}
    </Group>
  );
}

function Freshness({ of }: { of: Schemas["FreshnessFact"] }) {
  const days = (seconds: number) => many(Math.round(seconds / 8640) / 10, "day");
  return (
    <Group gap={6}>
      {days(of.age_seconds)} old
      <span className="quiet">expected every {days(of.every_seconds ?? 0)}</span>
      {of.overdue && <Verdict tone="warn">overdue</Verdict>}
    </Group>
  );
}

interface MakersProps {
  deeds: Schemas["Deed"][];
  derived: Schemas["Tie"][];
}

function Makers({ deeds, derived }: MakersProps) {
  if (deeds.length === 0 && derived.length === 0)
    return <Empty>Nobody saw it made: it came from outside.</Empty>;
  return (
    <Stack gap={6}>
      {deeds.map((deed) => (
        <Stack key={deed.id} gap={2}>
          <Group gap={6}>
            <Anchor component={Link} to={to.run(deed.run?.id ?? deed.id)} fw={600}>
              {deed.run?.name ?? deed.name}
            </Anchor>
            <span className="quiet">
              {deed.name}
              {deed.where && ` at ${deed.where}`}
            </span>
            {deed.run && <Time at={deed.run.started} />}
            <Evidence grade={deed.evidence} />
          </Group>
          {(deed.inputs?.length ?? 0) > 0 && (
            <Text fz="sm" c="dimmed">
              from {listed(deed.inputs)}
            </Text>
          )}
          {deed.run && deed.run.command.length > 0 && (
            <Code className="wrap">{deed.run.command.join(" ")}</Code>
          )}
        </Stack>
      ))}
      {derived.map((tie) => (
        <Group key={tie.id} gap={6}>
          {tie.relation ?? "derived"} of {tie.title} <Evidence grade={tie.evidence} />
        </Group>
      ))}
    </Stack>
  );
}

const listed = (ties: Schemas["Tie"][] = []) =>
  [...new Set(ties.map(({ title, role }) => (role ? `${title} (${role})` : title)))].join(", ");

function Places({ rows }: { rows: Schemas["LocationRow"][] }) {
  if (rows.length === 0) return <Empty>It was only ever in a program's memory.</Empty>;
  return (
    <Table
      label="Places"
      rows={rows}
      rowKey={({ uri, mode }) => `${mode} ${uri}`}
      columns={[
        { label: "Place", cell: ({ uri }) => <span className="mono wrap">{uri}</span> },
        { label: "How", cell: ({ mode }) => mode },
        { label: "When", cell: ({ at }) => <Time at={at} />, by: ({ at }) => at },
      ]}
    />
  );
}

interface VersionsProps {
  name: string;
  rows: Schemas["VersionRow"][];
  at: number;
}

function Versions({ name, rows, at }: VersionsProps) {
  return (
    <Table
      label="Versions"
      rows={rows}
      rowKey={({ version }) => String(version)}
      columns={[
        {
          label: "Version",
          cell: ({ version }) =>
            version === at ? (
              <b>{version}</b>
            ) : (
              <Anchor component={Link} to={to.dataVersion(name, version)}>
                {version}
              </Anchor>
            ),
          by: ({ version }) => version,
        },
        { label: "Content", cell: ({ digest }) => <Digest of={digest} /> },
        {
          label: "Named by",
          cell: ({ by, automatic }) => by ?? (automatic ? "the recording" : "–"),
        },
        {
          label: "Run",
          cell: ({ run }) =>
            run ? (
              <Anchor component={Link} to={to.run(run)} className="mono nobreak">
                {run.slice(0, 13)}
              </Anchor>
            ) : (
              "–"
            ),
        },
        {
          label: "Recorded",
          cell: ({ created }) => <Time at={created} />,
          by: ({ created }) => created,
        },
      ]}
    />
  );
}
