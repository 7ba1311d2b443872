import { Anchor, Button, Group, Stack } from "@mantine/core";
import { Download } from "lucide-react";
import { Evidence } from "../../components/marks";
import { Section } from "../../components/Page";
import { type Column, Table } from "../../components/Table";
import { download, linksCsv, nodesCsv } from "./export";
import type { Shown } from "./graph";
import { details } from "./Thing";
import type { Act, Link, Near } from "./view";
import { linkWords } from "./words";

/** The same graph as tables: for who can't see the map, and for what is better counted. */
export function ListTwin({
  shown,
  title,
  act,
}: {
  shown: Shown;
  title: string;
  act: (act: Act) => void;
}) {
  const names = new Map(shown.nodes.map(({ id, title }) => [id, title]));
  const beyond = (id: string) =>
    shown.stubs
      .filter(({ node }) => node === id)
      .flatMap(({ hidden, direction }) =>
        Object.entries(hidden).map(
          ([sort, count]) => `+${count} ${sort} ${direction === "up" ? "above" : "below"}`,
        ),
      )
      .join(", ");
  const things: Column<Near>[] = [
    {
      label: "Thing",
      by: ({ title }) => title,
      cell: (node) => (
        <Anchor
          component="button"
          type="button"
          ta="left"
          onClick={() => act({ do: "choose", id: node.id })}
        >
          {node.title}
        </Anchor>
      ),
    },
    { label: "What", by: ({ sort }) => sort, cell: details },
    { label: "Distance", by: ({ depth }) => depth, cell: ({ depth }) => depth, number: true },
    {
      label: "Judged",
      cell: ({ badges = [] }) => badges.map(({ about, words }) => `${about}: ${words}`).join("; "),
    },
    { label: "Beyond", cell: ({ id }) => beyond(id) },
  ];
  const ties: Column<Link>[] = [
    { label: "From", by: ({ from }) => names.get(from), cell: ({ from }) => names.get(from) },
    { label: "To", by: ({ to }) => names.get(to), cell: ({ to }) => names.get(to) },
    { label: "How", cell: (link) => linkWords(link) || link.type },
    {
      label: "Evidence",
      by: ({ evidence }) => evidence,
      cell: ({ evidence }) => <Evidence grade={evidence} />,
    },
  ];
  const button = (name: string, text: () => string) => (
    <Button
      size="compact-xs"
      variant="default"
      leftSection={<Download size={12} />}
      onClick={() => download(`${name}.csv`, "text/csv", text())}
    >
      {name}.csv
    </Button>
  );
  return (
    <Stack gap="md">
      <Group gap={6}>
        {button("things", () => nodesCsv(shown))}
        {button("links", () => linksCsv(shown))}
      </Group>
      <Section title={`Things around ${title}`}>
        <Table label="Things" columns={things} rows={shown.nodes} rowKey={({ id }) => id} />
      </Section>
      <Section title="Links">
        <Table
          label="Links"
          columns={ties}
          rows={shown.links}
          rowKey={({ from, to }) => `${from} ${to}`}
        />
      </Section>
    </Stack>
  );
}
