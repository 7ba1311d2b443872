import { Badge, Group } from "@mantine/core";
import type { Schemas } from "../../api/client";
import { Time } from "../../components/marks";
import { type Column, Table } from "../../components/Table";

type Entry = Schemas["NameEntry"];

const COLUMNS: Column<Entry>[] = [
  { label: "Model", cell: ({ name }) => name, by: ({ name }) => name },
  {
    label: "Versions",
    cell: ({ versions }) => versions,
    by: ({ versions }) => versions,
    number: true,
  },
  { label: "Aliases", cell: ({ aliases }) => <Aliases of={aliases} /> },
  {
    label: "Last version",
    cell: ({ created }) => <Time at={created} />,
    by: ({ created }) => created,
  },
];

/** Models by name. */
export function Models({ rows }: { rows: Entry[] }) {
  return <Table label="Models" columns={COLUMNS} rows={rows} rowKey={({ name }) => name} />;
}

function Aliases({ of }: { of: Record<string, number> }) {
  return (
    <Group gap={4}>
      {Object.entries(of).map(([alias, version]) => (
        <Badge key={alias} size="sm" variant="light" tt="none">
          {alias} → {version}
        </Badge>
      ))}
    </Group>
  );
}
