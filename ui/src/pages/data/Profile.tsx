import { Anchor, Code, Group, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { type Schemas, useAsk } from "../../api/client";
import { Facts } from "../../components/Facts";
import { Time, Verdict } from "../../components/marks";
import { Answered, Empty, Section, Trouble } from "../../components/Page";
import { figure, many } from "../../components/said";
import { Table } from "../../components/Table";
import { Histogram } from "./charts";
import { share, shown } from "./said";
import type { Shown } from "./shown";

type View = Schemas["ColumnView"];

const MOST = 10;

/** What a version holds, column by column. */
export function Profile({ target, one }: Shown) {
  const query = useAsk("profile", one.profiled ? { target: { ref: target } } : null);
  if (!one.profiled)
    return (
      <Empty>
        Nobody has counted what is in it. <Code>forebear profile {target}</Code> does, where the
        content is at hand.
      </Empty>
    );
  if (query.error) return <Trouble problem={query.error} again={() => void query.refetch()} />;
  return (
    <Answered query={query}>
      {(answer) => (
        <Stack gap="lg">
          <Text>
            {answer.verdict}{" "}
            {answer.at && (
              <span className="quiet">
                Counted <Time at={answer.at} />.
              </span>
            )}
          </Text>
          {answer.said?.map((words) => (
            <Text key={words} c="dimmed">
              {words}
            </Text>
          ))}
          <Columns of={answer.columns} />
          {(answer.correlations?.length ?? 0) > 0 && (
            <Section title="Correlations" note="Pearson's, the strongest first">
              <Correlations of={answer.correlations ?? []} />
            </Section>
          )}
        </Stack>
      )}
    </Answered>
  );
}

function Columns({ of }: { of: View[] }) {
  const [words, setWords] = useState("");
  const [open, setOpen] = useState<string>();
  const rows = of.filter(({ name }) => name.toLowerCase().includes(words.toLowerCase()));
  const chosen = of.find(({ name }) => name === open);
  return (
    <Section title="Columns" note={many(of.length, "column")}>
      {of.length > 12 && (
        <TextInput
          maw={240}
          aria-label="Column name contains"
          placeholder="Column name contains …"
          value={words}
          onChange={({ currentTarget }) => setWords(currentTarget.value)}
        />
      )}
      <Table
        label="Profile of the columns"
        rows={rows}
        rowKey={({ name }) => name}
        columns={[
          {
            label: "Column",
            cell: ({ name }) => (
              <Anchor
                component="button"
                type="button"
                fw={600}
                aria-expanded={name === open}
                onClick={() => setOpen(name === open ? undefined : name)}
              >
                {name}
              </Anchor>
            ),
            by: ({ name }) => name,
          },
          {
            label: "Type",
            cell: ({ kind }) => <span className="mono">{kind}</span>,
            by: ({ kind }) => kind,
          },
          { label: "Distribution", cell: (one) => <Distribution of={one} /> },
          {
            label: "Absent",
            cell: ({ nulls, nans = 0, rows }) =>
              nulls + nans ? share(nulls + nans, rows) : <span className="quiet">none</span>,
            by: ({ nulls, nans = 0 }) => nulls + nans,
            number: true,
          },
          {
            label: "Distinct",
            cell: ({ distinct }) => <Estimated of={distinct} />,
            by: ({ distinct }) => distinct?.value,
            number: true,
          },
          { label: "Least", cell: ({ min }) => shown(min), number: true },
          { label: "Mean", cell: ({ mean }) => shown(mean), number: true },
          { label: "Greatest", cell: ({ max }) => shown(max), number: true },
        ]}
      />
      {chosen && <Details of={chosen} />}
    </Section>
  );
}

function Estimated({ of }: { of: View["distinct"] }) {
  if (!of) return <>–</>;
  const exact = of.low === of.high;
  return (
    <span title={exact ? undefined : `${figure(of.low)} to ${figure(of.high)}`}>
      {exact ? "" : "≈ "}
      {figure(Math.round(of.value))}
    </span>
  );
}

function Distribution({ of }: { of: View }) {
  if (of.veiled) return <span className="quiet">{of.veiled}</span>;
  if (of.histogram) return <Histogram of={of.histogram} label={of.name} />;
  const top = of.top ?? [];
  if (top.length === 0) return <span className="quiet">no value that many rows share</span>;
  const words = top.slice(0, 3).map(({ value, rows }) => `${value} ${share(rows, of.rows)}`);
  return <span className="wrap">{words.join(", ")}</span>;
}

function Details({ of }: { of: View }) {
  const quantiles = Object.entries(of.quantiles ?? {});
  return (
    <Stack gap="sm" p="sm" bd="1px solid var(--mantine-color-default-border)" aria-live="polite">
      <Group gap={6}>
        <b>{of.name}</b> <span className="mono quiet">{of.types.join(", ")}</span>
        {of.veiled && <Verdict tone="warn">{of.veiled}</Verdict>}
      </Group>
      <Group gap="xl" align="flex-start">
        {of.histogram && <Histogram of={of.histogram} label={of.name} width={360} height={110} />}
        <Facts
          of={[
            ["Rows", figure(of.rows)],
            ["Absent", figure(of.nulls)],
            ["Not a number", of.nans ? figure(of.nans) : null],
            ["Infinite", of.infinite ? figure(of.infinite) : null],
            ["Zeros", of.zeros == null ? null : figure(of.zeros)],
            ["Negative", of.negatives == null ? null : figure(of.negatives)],
            ["Empty texts", of.empties ? figure(of.empties) : null],
            ["Standard deviation", of.std == null ? null : figure(of.std)],
            ["Skewness", of.skewness && figure(of.skewness.value)],
            ["Kurtosis", of.kurtosis && figure(of.kurtosis.value)],
            [
              "Lengths",
              of.lengths &&
                `${of.lengths.min} to ${of.lengths.max}, mean ${figure(of.lengths.mean)}`,
            ],
            ...quantiles.map(([at, value]): [string, string] => [
              `${figure(Number(at) * 100)} % are below`,
              shown(value),
            ]),
          ]}
        />
      </Group>
      {(of.top?.length ?? 0) > 0 && <Top of={of} />}
    </Stack>
  );
}

function Top({ of }: { of: View }) {
  return (
    <Table
      label={`Commonest values of ${of.name}`}
      rows={of.top ?? []}
      rowKey={({ value }) => value}
      columns={[
        { label: "Value", cell: ({ value }) => <span className="wrap">{value}</span> },
        { label: "Rows", cell: ({ rows }) => figure(rows), number: true },
        { label: "Share", cell: ({ rows }) => share(rows, of.rows), number: true },
      ]}
    />
  );
}

function Correlations({ of }: { of: Schemas["Correlation"][] }) {
  const [all, setAll] = useState(false);
  return (
    <>
      <Table
        label="Correlations"
        rows={all ? of : of.slice(0, MOST)}
        rowKey={({ a, b }) => `${a} ${b}`}
        columns={[
          { label: "Columns", cell: ({ a, b }) => `${a} and ${b}` },
          {
            label: "Correlation",
            cell: ({ value }) => figure(value),
            by: ({ value }) => value,
            number: true,
          },
        ]}
      />
      {of.length > MOST && (
        <Anchor component="button" type="button" onClick={() => setAll(!all)}>
          {all ? "Only the strongest" : `All ${of.length}`}
        </Anchor>
      )}
    </>
  );
}
