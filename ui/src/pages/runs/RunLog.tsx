import "./runs.css";
import { Code, Group, Stack, Text } from "@mantine/core";
import { type Schemas, useAsk } from "../../api/client";
import { Answered, Section } from "../../components/Page";
import { moment } from "../../components/said";
import { Table } from "../../components/Table";
import { Worded } from "../../components/Worded";
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
        <Printed run={view.run.id} again={again(view.run)} />
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
                <time className="mono nobreak" dateTime={at}>
                  {moment(at)}
                </time>
              ),
            },
            { label: "What", cell: ({ what }) => <b>{what}</b> },
            { label: "More", width: 220, cell: ({ more }) => <span className="wrap">{more}</span> },
          ]}
        />
      </Section>
    </Stack>
  );
}

/** Return how the same program is run so that what it prints is kept; null for what was no program. */
export function again({ command, name }: Pick<Schemas["RunFacts"], "command" | "name">) {
  const place = command.findIndex((word) => word === name || word.endsWith(`/${name}`));
  if (place < 0) return null;
  const words = command.slice(place).map((word) => (PLAIN.test(word) ? word : `'${word}'`));
  return ["forebear run --keep-output", ...words].join(" ");
}

const PLAIN = /^[\w./=:@%+,-]+$/;

interface PrintedProps {
  run: string;
  again: string | null;
}

function Printed({ run, again }: PrintedProps) {
  const query = useAsk("output", { target: { ref: `run:${run}` } });
  return (
    <Answered query={query}>
      {({ verdict, text }) => (
        <Stack gap="xs">
          <Text c={text === null ? "dimmed" : undefined}>
            <Worded>{verdict}</Worded>
          </Text>
          {text === null && again !== null && (
            <Group gap="xs">
              <Text c="dimmed">The next time:</Text>
              <Code className="wrap">{again}</Code>
            </Group>
          )}
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
