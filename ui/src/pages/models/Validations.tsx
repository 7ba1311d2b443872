import { Stack, Text } from "@mantine/core";
import { type Schemas, useAsk } from "../../api/client";
import { Time, type Tone, Verdict } from "../../components/marks";
import { Answered, Section } from "../../components/Page";
import { figure, many } from "../../components/said";
import { Table } from "../../components/Table";
import { Passed } from "./marks";

type Row = Schemas["ValidationRow"];
type Estimate = Schemas["Estimate"];

/** How a version was validated: thresholds, figures with their intervals, slices and groups. */
export function Validations({ target }: { target: string }) {
  const query = useAsk("validations", { target: { ref: target } });
  return (
    <Answered
      query={query}
      empty={({ validations }) =>
        validations.length === 0 &&
        "It was never validated. `forebear validate` says how good it is on data."
      }
    >
      {({ validations, next, gaps = [] }) => (
        <Stack gap="lg">
          {validations.map((row) => (
            <OneValidation key={`${row.at} ${row.validation.data}`} row={row} />
          ))}
          {next && (
            <Text c="dimmed">
              and earlier ones, which `forebear validations` lists page by page
            </Text>
          )}
          {gaps.map((gap) => (
            <Text key={gap} c="dimmed">
              {gap}
            </Text>
          ))}
        </Stack>
      )}
    </Answered>
  );
}

function OneValidation({ row: { at, current, validation } }: { row: Row }) {
  const {
    data_title,
    rows,
    weight,
    passed,
    metrics,
    main,
    thresholds = [],
    notes = [],
  } = validation;
  return (
    <Section
      title={`Validated on ${data_title ?? "data"}`}
      note={
        <>
          <Passed passed={passed} /> {many(rows, "row")}
          {weight && ` weighted by ${weight}`}, <Time at={at} />
          {!current && ", since replaced"}
        </>
      }
    >
      {thresholds.length > 0 && <Thresholds of={thresholds} />}
      <Slices validation={validation} />
      <Estimates of={metrics} main={main} />
      {notes.map((note) => (
        <Text key={note} c="dimmed" fz="xs">
          {note}
        </Text>
      ))}
    </Section>
  );
}

function Thresholds({ of }: { of: Schemas["Threshold"][] }) {
  return (
    <Table
      label="Thresholds"
      rows={of}
      rowKey={({ metric, slice, op, value }) => `${metric} ${slice} ${op} ${value}`}
      columns={[
        {
          label: "Has to hold",
          cell: ({ metric, slice, op, value }) =>
            `${metric}${slice ? `[${slice}]` : ""} ${op} ${value}`,
        },
        { label: "Measured", cell: ({ measured }) => interval(measured) },
        { label: "State", cell: ({ passed }) => <Passed passed={passed} /> },
      ]}
    />
  );
}

function Estimates({ of, main }: { of: Record<string, Estimate>; main: string }) {
  const rows = Object.entries(of).sort(
    ([one], [other]) => Number(other === main) - Number(one === main),
  );
  return (
    <Table
      label="Figures on these rows"
      rows={rows}
      rowKey={([key]) => key}
      columns={[
        { label: "Figure", cell: ([key]) => key, by: ([key]) => key },
        { label: "Value", cell: ([, one]) => figure(one.value), number: true },
        { label: "95 of 100 times within", cell: ([, one]) => bounds(one) },
      ]}
    />
  );
}

const SLICES: Record<string, Tone> = { worse: "bad", better: "good" };

function Slices({
  validation: { slices = [], groups = [], fairness = [] },
}: {
  validation: Row["validation"];
}) {
  return (
    <>
      {slices.length > 0 && (
        <Table
          label="Slices"
          rows={slices}
          rowKey={({ where, metric }) => `${where} ${metric}`}
          columns={[
            { label: "Slice", cell: ({ where }) => where },
            { label: "Rows", cell: ({ n }) => figure(n), number: true },
            { label: "Figure", cell: ({ metric }) => metric },
            { label: "Inside", cell: ({ inside }) => interval(inside) },
            { label: "Outside", cell: ({ outside }) => interval(outside) },
            {
              label: "Against the rest",
              cell: ({ verdict }) =>
                verdict && <Verdict tone={SLICES[verdict] ?? "none"}>{verdict}</Verdict>,
            },
          ]}
        />
      )}
      {groups.length > 0 && <Groups of={groups} />}
      {fairness.length > 0 && (
        <Table
          label="How groups differ"
          rows={fairness}
          rowKey={({ by, metric }) => `${by} ${metric}`}
          columns={[
            { label: "How groups differ", cell: ({ metric, by }) => `${metric} by ${by}` },
            { label: "Value", cell: ({ estimate }) => interval(estimate) },
            { label: "Between", cell: ({ between = [] }) => between.join(" and ") },
          ]}
        />
      )}
    </>
  );
}

function Groups({ of }: { of: Schemas["GroupSummary"][] }) {
  const keys = [...new Set(of.flatMap(({ metrics = {} }) => Object.keys(metrics)))].slice(0, 5);
  return (
    <Table
      label="Groups"
      rows={of}
      rowKey={({ by, value }) => `${by} ${value}`}
      columns={[
        { label: "Group", width: 180, cell: ({ by, value }) => `${by} = ${value}` },
        {
          label: "Rows",
          cell: ({ n, small }) => `${figure(n)}${small ? " (few)" : ""}`,
          number: true,
        },
        ...keys.map((key) => ({
          label: key,
          cell: ({ metrics = {} }: Schemas["GroupSummary"]) => figure(metrics[key]?.value),
          number: true,
        })),
      ]}
    />
  );
}

function bounds(one: Estimate | null | undefined): string {
  const [low, high] = [one?.low, one?.high];
  return typeof low === "number" && typeof high === "number"
    ? `${figure(low)} to ${figure(high)}`
    : (one?.why ?? "");
}

function interval(one: Estimate | null | undefined): string {
  if (!one) return "–";
  const said = bounds(one);
  return said ? `${figure(one.value)} (${said})` : figure(one.value);
}
