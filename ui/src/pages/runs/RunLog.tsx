import { Stack, Text } from "@mantine/core";
import type { Schemas } from "../../api/client";
import { moment } from "../../components/said";
import { Table } from "../../components/Table";
import { told } from "./fields";
import type { ShownRun } from "./Run";

interface Happened {
  at: string;
  what: string;
  more: string;
}

/** What was seen to happen, from the first moment to the last. */
export function RunLog({ view }: ShownRun) {
  return (
    <Stack gap="sm">
      <Text c="dimmed">
        What was seen to happen. What the program printed is not recorded: it stays where it was
        printed to.
      </Text>
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
    </Stack>
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
