import { Checkbox, Group } from "@mantine/core";
import type { Schemas } from "../../api/client";
import { to } from "../../app/address";
import { Go } from "../../components/Go";
import { Digest, Time, Verdict } from "../../components/marks";
import { figure, many } from "../../components/said";
import { type Column, inOrder, Table } from "../../components/Table";
import { latest, mainKeys } from "./figures";
import { Alias, Passed, Stage } from "./marks";

type Entry = Schemas["VersionEntry"];

interface VersionsProps {
  name: string;
  rows: Entry[];
  /** There are older ones than these. */
  partly: boolean;
  /** Those that are chosen to be compared. */
  chosen: number[];
  onChoose: (version: number) => void;
}

/** Versions beside each other, with the figures that most of them have. */
export function VersionsTable({ name, rows, partly, chosen, onChoose }: VersionsProps) {
  const measured: Column<Entry>[] = mainKeys(rows).map((key) => ({
    label: key,
    cell: (row) => figure(latest(row.metrics).get(key)),
    by: (row) => latest(row.metrics).get(key),
    number: true,
  }));
  const columns: Column<Entry>[] = [
    {
      label: "Compare",
      cell: ({ version }) => (
        <Checkbox
          size="xs"
          aria-label={`Compare version ${version}`}
          checked={chosen.includes(version)}
          onChange={() => onChoose(version)}
        />
      ),
    },
    {
      label: "Version",
      cell: (row) => <Numbered name={name} row={row} />,
      by: ({ version }) => version,
    },
    { label: "Stage", cell: ({ stage }) => <Stage stage={stage} />, by: ({ stage }) => stage },
    ...measured,
    {
      label: "Validated",
      cell: ({ passed }) => <Passed passed={passed} />,
      by: ({ passed }) => Number(passed),
    },
    { label: "Against it", cell: (row) => <Against row={row} />, by: ({ recalls }) => recalls },
    { label: "Content", cell: ({ digest }) => <Digest of={digest} /> },
    { label: "By", cell: ({ by }) => by ?? <span className="quiet">–</span>, by: ({ by }) => by },
    {
      label: "Named",
      cell: ({ created }) => <Time at={created} />,
      by: ({ created }) => created,
    },
  ];
  return (
    <Table
      label={`Versions of ${name}`}
      columns={partly ? inOrder(columns) : columns}
      rows={rows}
      rowKey={({ version }) => String(version)}
    />
  );
}

function Numbered({ name, row: { version, aliases = [] } }: { name: string; row: Entry }) {
  return (
    <Group gap={6} wrap="nowrap">
      <Go at={{ to: to.version(name, version) }}>
        {name}:{version}
      </Go>
      {aliases.map((alias) => (
        <Alias key={alias} name={name} alias={alias} />
      ))}
    </Group>
  );
}

function Against({ row: { recalls = 0, overridden } }: { row: Entry }) {
  return (
    <Group gap={4} wrap="nowrap">
      {recalls > 0 && <Verdict tone="bad">{many(recalls, "recall")}</Verdict>}
      {overridden && <Verdict tone="warn">override</Verdict>}
    </Group>
  );
}
