import { Code, Group, Stack, Text } from "@mantine/core";
import { type Schemas, useAsk } from "../../api/client";
import { Time, Verdict } from "../../components/marks";
import { Answered, Empty, Section } from "../../components/Page";
import { figure, many } from "../../components/said";
import { Table } from "../../components/Table";
import { Cleansing } from "./Cleansing";
import { Trend } from "./charts";
import type { Shown } from "./shown";

type Version = Schemas["VersionQuality"];

/** What checks found over the versions, what fails now, and the incidents. */
export function Quality({ name, target, one }: Shown) {
  const query = useAsk("quality-show", { target: { ref: `data:${name}` } });
  return (
    <Answered query={query}>
      {(answer) => (
        <Stack gap="lg">
          <Text fw={500}>{answer.verdict}</Text>
          {answer.failing.length > 0 && (
            <Section title="Failing now">
              <Failing rows={answer.failing} />
            </Section>
          )}
          <Section
            title="Versions"
            note={answer.checks ? `${many(answer.checks, "check")} are in force` : undefined}
          >
            <Versions rows={answer.versions} />
            {answer.versions.every(({ at }) => !at) && (
              <Empty>
                No version was checked.{" "}
                <Code>
                  forebear quality suggest data:{name} -o quality/{name}.toml
                </Code>{" "}
                makes checks of what it is like.
              </Empty>
            )}
          </Section>
          {answer.suite && one.made_by.length > 0 && (
            <Section title="Cleansing" note="what the steps that made it changed about its quality">
              <Cleansing target={target} />
            </Section>
          )}
          {answer.incidents.length > 0 && (
            <Section title="Incidents">
              <Incidents rows={answer.incidents} />
            </Section>
          )}
        </Stack>
      )}
    </Answered>
  );
}

function Failing({ rows }: { rows: Schemas["CheckTrend"][] }) {
  return (
    <Table
      label="Failing now"
      rows={rows}
      rowKey={({ id }) => id}
      columns={[
        {
          label: "Check",
          cell: ({ id, severity }) => (
            <Group gap={6} wrap="nowrap">
              <Verdict tone={severity === "error" ? "bad" : "warn"}>{severity}</Verdict>
              <span className="mono">{id}</span>
            </Group>
          ),
          by: ({ id }) => id,
        },
        { label: "What it says", cell: ({ message }) => <span className="wrap">{message}</span> },
        {
          label: "Rows",
          cell: ({ offending }) => figure(offending),
          by: ({ offending }) => offending,
          number: true,
        },
        { label: "Over the versions", cell: ({ over }) => <Trend of={over} /> },
      ]}
    />
  );
}

function Versions({ rows }: { rows: Version[] }) {
  return (
    <Table
      label="Quality of the versions"
      rows={rows}
      rowKey={({ artifact, version }) => `${version} ${artifact}`}
      columns={[
        { label: "Version", cell: ({ version }) => version ?? "–", by: ({ version }) => version },
        { label: "Verdict", cell: (one) => <State of={one} /> },
        { label: "Passed", cell: ({ passed = 0 }) => passed, number: true },
        { label: "Failed", cell: ({ failed = 0 }) => failed, number: true },
        { label: "Not done", cell: ({ undone = 0 }) => undone, number: true },
        { label: "Also by", cell: ({ tools = [] }) => tools.join(", ") },
        { label: "Checked", cell: ({ at }) => <Time at={at} />, by: ({ at }) => at },
      ]}
    />
  );
}

function State({ of: { at, failed = 0, errors = 0 } }: { of: Version }) {
  if (!at) return <Verdict tone="none">not checked</Verdict>;
  if (errors) return <Verdict tone="bad">fails</Verdict>;
  return failed ? <Verdict tone="warn">warns</Verdict> : <Verdict tone="good">passes</Verdict>;
}

function Incidents({ rows }: { rows: Schemas["IncidentView"][] }) {
  return (
    <Table
      label="Incidents"
      rows={rows}
      rowKey={({ id, opened }) => `${id} ${opened}`}
      columns={[
        {
          label: "Incident",
          cell: ({ title, closed }) => (
            <Group gap={6}>
              <Verdict tone={closed ? "none" : "bad"}>{closed ? "closed" : "open"}</Verdict>
              {title}
            </Group>
          ),
        },
        { label: "Why", cell: ({ why, why_closed }) => why_closed ?? why ?? "" },
        { label: "Opened", cell: ({ opened }) => <Time at={opened} />, by: ({ opened }) => opened },
        { label: "Closed", cell: ({ closed }) => <Time at={closed} /> },
      ]}
    />
  );
}
