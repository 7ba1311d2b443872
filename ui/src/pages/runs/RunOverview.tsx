import { Anchor, Code, Group, Stack } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { Schemas } from "../../api/client";
import { to } from "../../app/address";
import { Facts } from "../../components/Facts";
import { Digest, Evidence, Time } from "../../components/marks";
import { Empty, Section } from "../../components/Page";
import { figure } from "../../components/said";
import { Table } from "../../components/Table";
import { told, took } from "./fields";
import type { LiveFigure } from "./live";
import type { ShownRun } from "./Run";

type Tie = Schemas["Tie"];

/** What a run was given, what it measured, and what it left behind. */
export function RunOverview({ view, live }: ShownRun) {
  const { run } = view;
  const settings = settingsOf(view);
  return (
    <Stack gap="lg">
      <About run={run} />
      <Section title="Figures" note={live ? "as they come in" : "the last of each"}>
        {live ? <LiveFigures rows={live.metrics} /> : <Figures rows={view.metrics} />}
      </Section>
      <Section title="Settings" note="of the run and its steps">
        {settings.length === 0 ? (
          <Empty>No setting was seen.</Empty>
        ) : (
          <Table
            label="Settings"
            rows={settings}
            rowKey={({ key, where }) => `${where} ${key}`}
            columns={[
              {
                label: "Setting",
                cell: ({ key }) => <span className="mono">{key}</span>,
                by: ({ key }) => key,
              },
              {
                label: "Value",
                cell: ({ value }) => <span className="mono wrap">{told(value)}</span>,
              },
              { label: "Of", cell: ({ where }) => where, by: ({ where }) => where },
            ]}
          />
        )}
      </Section>
      <Section title="Used">
        <Ties rows={view.inputs} none="Nothing that it used was seen." />
      </Section>
      <Section title="Left behind">
        <Ties rows={view.outputs} none="It left nothing behind that was seen." />
      </Section>
      {view.gaps.length > 0 && (
        <Section title="What was not seen">
          <ul className="plain">
            {view.gaps.map((gap) => (
              <li key={gap}>{gap}</li>
            ))}
          </ul>
        </Section>
      )}
    </Stack>
  );
}

function About({ run }: { run: Schemas["RunFacts"] }) {
  const attrs = (run.attrs ?? {}) as Record<string, unknown>;
  const git = (attrs.git ?? {}) as Git;
  return (
    <Stack gap="sm">
      {run.command.length > 0 && <Code className="wrap">{run.command.join(" ")}</Code>}
      <Facts
        of={[
          ["Kind", run.kind === "run" ? null : run.kind],
          ["Started", <Time key="started" at={run.started} />],
          ["Took", run.ended && took(run.started, run.ended)],
          ["Exit code", run.exit_code == null ? null : String(run.exit_code)],
          ["Steps", run.steps ? String(run.steps) : null],
          ["By", typeof attrs.by === "string" ? attrs.by : null],
          ["On", typeof attrs.host === "string" ? attrs.host : null],
          ["In", run.cwd],
          ["Commit", commit(git)],
          ["Branch", git.branch],
          ["Id", <Digest key="id" of={`run:${run.id}`} />],
        ]}
      />
    </Stack>
  );
}

interface Git {
  commit?: string;
  branch?: string;
  dirty?: boolean;
  /** The script, where git does not track it. */
  untracked?: string;
}

function commit({ commit, dirty, untracked }: Git): string | undefined {
  if (!commit) return undefined;
  const changes = dirty ? " and changes" : "";
  return `${commit.slice(0, 10)}${changes}${untracked ? `, ${untracked} is not in it` : ""}`;
}

interface Setting {
  key: string;
  value: unknown;
  where: string;
}

function settingsOf({ run, steps }: Schemas["RunView"]): Setting[] {
  const own = Object.entries(run.params).map(([key, value]) => ({ key, value, where: "the run" }));
  const inner = steps.flatMap(({ name, where, params = {} }) =>
    Object.entries(params).map(([key, value]) => ({
      key,
      value,
      where: where ? `${name} at ${where}` : name,
    })),
  );
  const seen = new Set<string>();
  return [...own, ...inner].filter(({ key, where }) => {
    const id = `${where} ${key}`;
    return !seen.has(id) && seen.add(id);
  });
}

function Figures({ rows }: { rows: Schemas["Figure"][] }) {
  const last = new Map(
    rows.map((row) => [[row.key, row.split, row.data, row.model].join(" "), row]),
  );
  if (last.size === 0) return <Empty>It measured nothing that was seen.</Empty>;
  return (
    <Table
      label="Figures"
      rows={[...last.values()]}
      rowKey={(row) => [row.key, row.split, row.data, row.model].join(" ")}
      columns={[
        { label: "Figure", cell: ({ key }) => <b>{key}</b>, by: ({ key }) => key },
        {
          label: "Value",
          cell: ({ value }) => told(value),
          by: ({ value }) => value,
          number: true,
        },
        { label: "Step", cell: ({ step }) => figure(step), number: true },
        {
          label: "Measured on",
          cell: ({ split, data_name }) => [data_name, split].filter(Boolean).join(", "),
        },
        { label: "Evidence", cell: ({ evidence }) => <Evidence grade={evidence} /> },
      ]}
    />
  );
}

function LiveFigures({ rows }: { rows: LiveFigure[] }) {
  if (rows.length === 0) return <Empty>Nothing was measured yet.</Empty>;
  return (
    <div aria-live="polite">
      <Table
        label="Figures as they come in"
        rows={rows}
        rowKey={({ metric, split }, place) => `${metric.key} ${split} ${place}`}
        columns={[
          {
            label: "Figure",
            cell: ({ metric, split }) => <b>{[metric.key, split].filter(Boolean).join(" ")}</b>,
          },
          { label: "Value", cell: ({ metric }) => told(metric.value), number: true },
          { label: "Step", cell: ({ metric }) => figure(metric.step), number: true },
          { label: "When", cell: ({ at }) => <Time at={at} /> },
        ]}
      />
    </div>
  );
}

function Ties({ rows, none }: { rows: Tie[]; none: string }) {
  if (rows.length === 0) return <Empty>{none}</Empty>;
  return (
    <Table
      label="Things"
      rows={rows}
      rowKey={({ id, role }) => `${id} ${role}`}
      columns={[
        { label: "What", cell: (tie) => <Thing of={tie} />, by: ({ title }) => title },
        {
          label: "Kind",
          cell: ({ kind, in_memory }) => (in_memory ? `${kind} in memory` : kind),
          by: ({ kind }) => kind,
        },
        { label: "As", cell: ({ role, relation }) => role ?? relation ?? "–" },
        { label: "Content", cell: ({ digest }) => (digest ? <Digest of={digest} /> : "–") },
        { label: "Evidence", cell: ({ evidence }) => <Evidence grade={evidence} /> },
      ]}
    />
  );
}

const NAMED = /^(.+):(\d+)$/;

/** A thing with the way to its page, where it has one. */
function Thing({ of: { title, kind } }: { of: Tie }) {
  const [, name, version] = NAMED.exec(title) ?? [];
  if (!name || (kind !== "model" && kind !== "data")) return <>{title}</>;
  const address =
    kind === "model" ? to.version(name, Number(version)) : to.dataVersion(name, Number(version));
  return (
    <Group gap={4}>
      <Anchor component={Link} to={address}>
        {title}
      </Anchor>
    </Group>
  );
}
