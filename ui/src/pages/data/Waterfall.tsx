import "./charts.css";
import { Code, Stack, Text } from "@mantine/core";
import type { Schemas } from "../../api/client";
import { figure } from "../../components/said";
import { Table } from "../../components/Table";
import { share } from "./said";

type Stage = Schemas["Stage"];

interface Line {
  key: string;
  what: string;
  where: string | null;
  line: string | null;
  made: string | null;
  rows: number | null;
  /** Of the source's rows. */
  left: number | null;
  lost: number | null;
  aside: Record<string, number>;
  inner: boolean;
  by: string[];
}

interface WaterfallProps {
  title: string;
  rows: number | null;
  stages: Stage[];
}

/** The steps in order, each with what was left after it of the source's rows. */
export function Waterfall({ title, rows, stages }: WaterfallProps) {
  return (
    <Table
      label="Rows along the pipeline"
      rows={linesOf(title, rows, stages)}
      rowKey={({ key }) => key}
      columns={[
        { label: "Step", cell: (line) => <Step of={line} /> },
        { label: "Rows left", cell: ({ left }) => figure(left), number: true },
        { label: "Of the source", cell: (line) => <Shares of={line} whole={rows} />, width: 220 },
        { label: "Lost", cell: ({ lost }) => <Lost count={lost} of={rows} />, number: true },
        { label: "Set aside", cell: ({ aside }) => asides(aside) },
      ]}
    />
  );
}

/** Return the lines of the table: each step, and below it those of its operations that took rows. */
export function linesOf(title: string, rows: number | null, stages: Stage[]): Line[] {
  const nothing = { lost: null, aside: {}, inner: false, by: [], line: null, where: null };
  return [
    { ...nothing, key: "source", what: title, made: null, rows, left: rows },
    ...stages.flatMap((stage) => {
      const step: Line = {
        key: stage.artifact,
        what: stage.name,
        where: stage.where,
        line: stage.line,
        made: stage.title,
        rows: stage.rows,
        left: stage.reached,
        lost: stage.lost,
        aside: stage.set_aside ?? {},
        inner: false,
        by: [],
      };
      const cuts = (stage.operations ?? []).filter(
        ({ rows_in, rows_out, unknown, beside }) => unknown || (rows_in !== rows_out && !beside),
      );
      const inner = cuts.map(
        (cut, place): Line => ({
          ...nothing,
          key: `${stage.artifact} ${place}`,
          what: cut.name + ((cut.times ?? 1) > 1 ? ` × ${cut.times}` : ""),
          where: cut.where,
          line: cut.line,
          made: null,
          rows: cut.rows_out,
          left: cut.rows_out,
          lost: cut.rows_in === null || cut.rows_out === null ? null : cut.rows_in - cut.rows_out,
          inner: true,
          by: cut.by ?? [],
        }),
      );
      return [...inner, step];
    }),
  ];
}

function Step({ of }: { of: Line }) {
  return (
    <Stack gap={2} pl={of.inner ? "md" : 0}>
      <span>
        {of.inner ? of.what : <b>{of.what}</b>}
        {of.by.length > 0 && ` by ${of.by.join(", ")}`}
        {of.made && <span className="quiet"> → {of.made}</span>}
        {of.where && <span className="quiet"> {of.where}</span>}
      </span>
      {of.line && <Code className="wrap">{of.line}</Code>}
    </Stack>
  );
}

function Lost({ count, of }: { count: number | null; of: number | null }) {
  if (!count) return <span className="quiet">{count === 0 ? "none" : "–"}</span>;
  if (count < 0) return <>+{figure(-count)}</>;
  return (
    <>
      −{figure(count)} {of ? <span className="quiet">{share(count, of)}</span> : ""}
    </>
  );
}

function Shares({ of, whole }: { of: Line; whole: number | null }) {
  if (!whole || of.left === null || of.inner) return null;
  const aside = Object.values(of.aside).reduce((sum, count) => sum + count, 0);
  const lost = Math.max(0, (of.lost ?? 0) - aside);
  const width = (count: number) => ({ width: `${(100 * Math.min(count, whole)) / whole}%` });
  return (
    <div className="shares" role="img" aria-label={`${share(of.left, whole)} of the rows are left`}>
      <div className="kept" style={width(of.left)} />
      <div className="aside" style={width(aside)} />
      <div className="lost" style={width(lost)} />
    </div>
  );
}

const asides = (of: Record<string, number>) => (
  <Text fz="sm">
    {Object.entries(of)
      .map(([part, count]) => `${figure(count)} to ${part}`)
      .join(", ")}
  </Text>
);
