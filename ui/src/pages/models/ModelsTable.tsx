import { Group, Text } from "@mantine/core";
import type { Schemas } from "../../api/client";
import { to } from "../../app/address";
import { Go } from "../../components/Go";
import { Time } from "../../components/marks";
import { figure } from "../../components/said";
import { type Column, inOrder, Table } from "../../components/Table";
import { Alias } from "./marks";

type Entry = Schemas["NameEntry"];

const COLUMNS: Column<Entry>[] = [
  {
    label: "Model",
    cell: ({ name }) => (
      <span className="nobreak">
        <Go at={{ to: to.model(name) }}>{name}</Go>
      </span>
    ),
    by: ({ name }) => name,
  },
  {
    label: "Newest",
    cell: ({ name, version }) => <Go at={{ to: to.version(name, version) }}>{version}</Go>,
    by: ({ version }) => version,
    number: true,
  },
  { label: "Aliases", cell: (entry) => <Aliases of={entry} /> },
  { label: "Figures", cell: ({ metrics = [] }) => <Newest of={metrics} /> },
  {
    label: "Named",
    cell: ({ created }) => <Time at={created} />,
    by: ({ created }) => created,
  },
];

interface ModelsProps {
  rows: Entry[];
  brief?: boolean;
  /** There are more than these. */
  partly?: boolean;
}

/** Models by name. */
export function Models({ rows, brief, partly }: ModelsProps) {
  const columns = brief ? COLUMNS.filter(({ label }) => label !== "Figures") : COLUMNS;
  return (
    <Table
      label="Models"
      columns={partly ? inOrder(columns) : columns}
      rows={rows}
      rowKey={({ name }) => name}
    />
  );
}

function Aliases({ of: { name, aliases, overridden = [] } }: { of: Entry }) {
  return (
    <Group gap={4}>
      {Object.entries(aliases).map(([alias, version]) => (
        <Alias
          key={alias}
          name={name}
          alias={alias}
          version={version}
          overridden={overridden.includes(version)}
        />
      ))}
    </Group>
  );
}

/** The first two figures, each as it was measured last. */
function Newest({ of }: { of: Schemas["Figure"][] }) {
  const last = new Map(of.map(({ key, value }) => [key, value]));
  return (
    <Text span fz="sm" className="nobreak">
      {[...last].slice(0, 2).map(([key, value]) => (
        <span key={key} className="apart">
          <span className="quiet">{key}</span> {said(value)}
        </span>
      ))}
    </Text>
  );
}

const said = (value: number | string) => (typeof value === "number" ? figure(value) : value);
