import { Button, Stack, Text } from "@mantine/core";
import { useState } from "react";
import type { Schemas } from "../../api/client";
import { useMay } from "../../app/may";
import { Verdict } from "../../components/marks";
import { Empty, Section } from "../../components/Page";
import { many } from "../../components/said";
import { type Column, Table } from "../../components/Table";
import { ColumnForm } from "./ColumnForm";
import { changes } from "./said";
import type { Shown } from "./shown";

/** The columns of a version with what is said of them, and how they changed over the versions. */
export function Schema({ one, of, name }: Shown) {
  const notes = new Map((one.card.columns ?? []).map((note) => [note.name, note]));
  const [noted, setNoted] = useState<string>();
  const may = useMay("write");
  const columns = one.schema;
  return (
    <Stack gap="lg">
      <Section title="Columns" note={columns.length > 0 && many(columns.length, "column")}>
        {columns.length === 0 ? (
          <Empty>Its columns are not recorded: no program has read it as a table.</Empty>
        ) : (
          <Table
            label="Columns"
            rows={columns}
            rowKey={({ name }) => name}
            columns={[
              { label: "Column", cell: ({ name }) => <b>{name}</b>, by: ({ name }) => name },
              {
                label: "Type",
                cell: ({ type }) => <span className="mono">{type}</span>,
                by: ({ type }) => type,
              },
              ...(notes.size === 0 ? [] : said(notes)),
              ...(may ? [noting(setNoted)] : []),
            ]}
          />
        )}
        {noted !== undefined && (
          <ColumnForm
            target={`data:${name}`}
            column={noted}
            note={notes.get(noted)}
            onClose={() => setNoted(undefined)}
          />
        )}
      </Section>
      <Section title="History" note="what became of the columns, the newest version first">
        <History of={of.schemas ?? []} />
      </Section>
    </Stack>
  );
}

/** The column of the table that opens the form for a column. */
const noting = (onNote: (column: string) => void): Column<Schemas["Column"]> => ({
  label: "Documentation",
  cell: ({ name }) => (
    <Button
      size="compact-xs"
      variant="default"
      aria-label={`Document ${name}`}
      onClick={() => onNote(name)}
    >
      Document …
    </Button>
  ),
});

/** The columns of the table that tell what is said of columns. */
const said = (notes: Map<string, Schemas["ColumnFact"]>): Column<Schemas["Column"]>[] => [
  {
    label: "Sensitive",
    cell: ({ name }) => <Sensitive note={notes.get(name)} />,
    by: ({ name }) => notes.get(name)?.sensitivity,
  },
  {
    label: "Note",
    cell: ({ name }) => <span className="wrap">{notes.get(name)?.text ?? ""}</span>,
  },
  { label: "Comes from", cell: ({ name }) => source(notes.get(name)) },
];

function Sensitive({ note }: { note: Schemas["ColumnFact"] | undefined }) {
  if (!note?.sensitivity || note.sensitivity === "none") return null;
  return (
    <span>
      <Verdict tone="warn">{note.sensitivity}</Verdict>{" "}
      {note.found_by && <span className="quiet">by {note.found_by}</span>}
    </span>
  );
}

const source = (note: Schemas["ColumnFact"] | undefined) =>
  note?.source ? `${note.source_column ?? note.name} of ${note.source}` : "";

function History({ of }: { of: Schemas["SchemaVersion"][] }) {
  if (of.length === 0) return <Empty>Nothing is known of its columns.</Empty>;
  return (
    <Table
      label="Schema history"
      rows={of}
      rowKey={({ version }) => String(version)}
      columns={[
        { label: "Version", cell: ({ version }) => version },
        { label: "Columns", cell: ({ columns }) => columns ?? "–", number: true },
        { label: "What changed", cell: (one) => <Change of={one} /> },
      ]}
    />
  );
}

function Change({ of: { change, columns } }: { of: Schemas["SchemaVersion"] }) {
  if (columns === null) return <span className="quiet">not recorded</span>;
  if (!change) return <span className="quiet">the first that is known</span>;
  const said = changes(change);
  const changed = change.changed ?? [];
  return (
    <Text fz="sm" className="wrap">
      {said.length > 0 ? said.join("; ") : <span className="quiet">the same columns</span>}
      {changed.length > 0 && (
        <span className="quiet">
          ; other values in {changed.length === columns ? "all" : changed.join(", ")}
        </span>
      )}
    </Text>
  );
}
