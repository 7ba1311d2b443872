import { Select, Stack, Text } from "@mantine/core";
import { type Schemas, useAsk } from "../../api/client";
import { useView } from "../../app/address";
import { type Tone, Verdict } from "../../components/marks";
import { Answered, Empty } from "../../components/Page";
import { figure } from "../../components/said";
import { Table } from "../../components/Table";
import { Histogram } from "./charts";
import { share } from "./said";
import type { Shown } from "./shown";

type Word = Schemas["ColumnDrift"]["verdict"];

const TONES: Record<Word, Tone> = {
  strong: "bad",
  moderate: "warn",
  unsure: "warn",
  none: "good",
  "not compared": "none",
};
const MEASURES: Record<string, string> = {
  psi: "PSI",
  wasserstein: "Wasserstein",
  ks: "KS",
  js: "Jensen-Shannon",
  l_infinity: "L∞",
  nulls: "absent",
};

/** How far a version is from another one, or from what it was made of. */
export function Drift({ name, version, target, of, one }: Shown) {
  const parents = parentsOf(name, version, of, one);
  const [{ against }, change] = useView({ against: "" });
  const before = parents.some(({ value }) => value === against) ? against : parents[0]?.value;
  const query = useAsk("drift", before ? { before: { ref: before }, now: { ref: target } } : null);
  if (!before)
    return <Empty>It is the only version, and nothing is known of what it was made of.</Empty>;
  return (
    <Stack gap="md">
      <Select
        label="Compared with"
        maw={320}
        data={parents}
        value={before}
        allowDeselect={false}
        onChange={(value) => change({ against: value ?? "" })}
      />
      <Answered query={query}>
        {(answer) => (
          <Stack gap="md">
            <Text fw={500}>{answer.verdict}</Text>
            <Text c="dimmed">
              {figure(answer.rows[0])} rows before, {figure(answer.rows[1])} now
              {(answer.new?.length ?? 0) > 0 && `; new: ${answer.new?.join(", ")}`}
              {(answer.vanished?.length ?? 0) > 0 && `; gone: ${answer.vanished?.join(", ")}`}
            </Text>
            {answer.gaps?.map((gap) => (
              <Text key={gap} c="dimmed">
                {gap}
              </Text>
            ))}
            <Columns before={before} now={target} rows={answer.columns} />
          </Stack>
        )}
      </Answered>
    </Stack>
  );
}

function parentsOf(name: string, version: number, of: Shown["of"], one: Shown["one"]) {
  const others = of.versions.filter((row) => row.version !== version);
  const before = others.filter((row) => row.version < version);
  const after = others.filter((row) => row.version > version).reverse();
  const inputs = one.made_by.flatMap(({ inputs = [] }) => inputs);
  const parents = [...one.derived_from, ...inputs].filter(({ kind }) => kind === "data");
  return [
    ...[...before, ...after].map((row) => ({
      value: `data:${name}:${row.version}`,
      label: `version ${row.version}`,
    })),
    ...[...new Map(parents.map((tie) => [tie.id, tie])).values()].map(({ id, title }) => ({
      value: id,
      label: `${title}, of which it was made`,
    })),
  ];
}

interface ColumnsProps {
  before: string;
  now: string;
  rows: Schemas["ColumnDrift"][];
}

function Columns({ before, now, rows }: ColumnsProps) {
  const then = useHistograms(before);
  const since = useHistograms(now);
  return (
    <Table
      label="Drift of the columns"
      rows={rows}
      rowKey={({ column }) => column}
      columns={[
        { label: "Column", cell: ({ column }) => <b>{column}</b>, by: ({ column }) => column },
        {
          label: "Drift",
          cell: ({ verdict }) => <Verdict tone={TONES[verdict]}>{verdict}</Verdict>,
        },
        {
          label: "Before",
          cell: ({ column }) => <Bars of={then.get(column)} label={`${column} before`} before />,
        },
        {
          label: "Now",
          cell: ({ column }) => <Bars of={since.get(column)} label={`${column} now`} />,
        },
        { label: "Measures", cell: (one) => <Measures of={one} /> },
        {
          label: "Absent",
          cell: ({ nulls = [0, 0] }) => nulls.map((part) => share(part, 1)).join(" → "),
          number: true,
        },
        {
          label: "p",
          cell: ({ p_adjusted }) =>
            p_adjusted == null ? "–" : p_adjusted < 0.001 ? "< 0.001" : figure(p_adjusted),
          by: ({ p_adjusted }) => p_adjusted,
          number: true,
        },
      ]}
    />
  );
}

/** Ask for the histograms of a version, if anybody has counted what is in it. */
function useHistograms(target: string): Map<string, Schemas["Histogram"]> {
  const of = { target: { ref: target } };
  const { data: shown } = useAsk("show", of);
  const counted = shown?.thing === "artifact" && Boolean(shown.profiled);
  const { data } = useAsk("profile", counted ? of : null);
  return new Map(
    data?.columns.flatMap(({ name, histogram }) => (histogram ? [[name, histogram] as const] : [])),
  );
}

interface BarsProps {
  of: Schemas["Histogram"] | undefined;
  label: string;
  before?: boolean;
}

function Bars({ of, label, before }: BarsProps) {
  if (!of) return <span className="quiet">–</span>;
  const ends = [of.edges[0], of.edges[of.edges.length - 1]];
  return (
    <>
      <Histogram of={of} label={label} before={before} width={110} height={26} />
      <span className="quiet mono">
        {ends.map((end) => (typeof end === "number" ? figure(end) : end)).join(" … ")}
      </span>
    </>
  );
}

function Measures({
  of: { measures = {}, by, why, new: came = [], vanished = [] },
}: {
  of: Schemas["ColumnDrift"];
}) {
  const told = Object.entries(measures).filter(
    ([name, { value }]) => name !== "nulls" || value > 0,
  );
  return (
    <Text fz="sm" className="wrap">
      {told.map(([name, { value, low, high }], place) => (
        <span
          key={name}
          className={name === by ? undefined : "quiet"}
          title={low === high ? undefined : `${figure(low)} to ${figure(high)}`}
        >
          {place > 0 && " · "}
          {MEASURES[name] ?? name} {figure(value)}
        </span>
      ))}
      {why && <span className="quiet"> {why}</span>}
      {came.length > 0 && <span> new: {came.join(", ")}</span>}
      {vanished.length > 0 && <span> gone: {vanished.join(", ")}</span>}
    </Text>
  );
}
