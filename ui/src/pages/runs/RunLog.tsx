import "./runs.css";
import { Stack, Text } from "@mantine/core";
import { type Schemas, useAsk } from "../../api/client";
import { Answered, Section } from "../../components/Page";
import { moment } from "../../components/said";
import { Table } from "../../components/Table";
import { told } from "./fields";
import type { ShownRun } from "./Run";
import { Scrolled } from "./Scrolled";

interface Happened {
  at: string;
  what: string;
  more: string;
}

/** What a run printed, as far as it was kept, and what was seen to happen in it. */
export function RunLog({ view }: ShownRun) {
  return (
    <Stack gap="lg">
      <Section title="Printed">
        <Printed run={view.run.id} />
      </Section>
      <Section title="Seen" note="from the first moment to the last">
        <Table
          label="What happened"
          rows={happened(view)}
          rowKey={({ at, what }, place) => `${at} ${what} ${place}`}
          columns={[
            {
              label: "When",
              cell: ({ at }) => (
                <time className="mono" dateTime={at}>
                  {moment(at)}
                </time>
              ),
            },
            { label: "What", cell: ({ what }) => <b>{what}</b> },
            { label: "More", cell: ({ more }) => <span className="wrap">{more}</span> },
          ]}
        />
      </Section>
    </Stack>
  );
}

function Printed({ run }: { run: string }) {
  const query = useAsk("output", { target: { ref: `run:${run}` } });
  return (
    <Answered query={query}>
      {({ verdict, text }) => (
        <Stack gap="xs">
          <Text c={text === null ? "dimmed" : undefined}>{verdict}</Text>
          {text !== null && (
            <Scrolled className="code printed" label="What it printed">
              <div>{text}</div>
            </Scrolled>
          )}
        </Stack>
      )}
    </Answered>
  );
}

/** Return what happened in a run, in order. */
export function happened({ run, steps, metrics, gaps }: Schemas["RunView"]): Happened[] {
  const lines: Happened[] = [
    { at: run.started, what: "started", more: run.command.join(" ") },
    ...steps.map(({ started, name, where, status, error }) => ({
      at: started,
      what: name,
      more: [where, status === "finished" ? "" : status, error].filter(Boolean).join(", "),
    })),
    ...metrics.map(({ at, key, value, split, step }) => ({
      at,
      what: `${key} = ${told(value)}`,
      more: [split, step != null && `step ${step}`].filter(Boolean).join(", "),
    })),
  ];
  lines.sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
  const end = run.ended ?? lines[lines.length - 1]?.at ?? run.started;
  return [
    ...lines,
    ...gaps.map((gap) => ({ at: end, what: "not seen", more: gap })),
    ...(run.ended
      ? [{ at: run.ended, what: run.status, more: run.error ?? exit(run.exit_code) }]
      : []),
  ];
}

const exit = (code: number | null | undefined) => (code == null ? "" : `exit code ${code}`);
