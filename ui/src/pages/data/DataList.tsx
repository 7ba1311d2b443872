import { Anchor, Badge, Group, Select, TextInput } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Search } from "lucide-react";
import type { Schemas } from "../../api/client";
import { usePages } from "../../api/pages";
import { to, useView } from "../../app/address";
import { More } from "../../components/More";
import { Time, Verdict } from "../../components/marks";
import { Answered, Page } from "../../components/Page";
import { bytes, many } from "../../components/said";
import { type Column, inOrder, Table } from "../../components/Table";
import { shape } from "./said";

type Entry = Schemas["DataEntry"];
type Missing = NonNullable<Schemas["DataRequest"]["missing"]>;

const PAGE = 100;
const LACKING: Record<Missing, string> = {
  owner: "No owner",
  licence: "No licence",
  description: "No description",
  checks: "No checks",
};
const NOTHING = { name: "", tag: "", owner: "", missing: "" };

/** The catalog: data sets by name, narrowed by what is said of them. */
export default function DataList() {
  const [view, change] = useView(NOTHING);
  const query = usePages(
    "data",
    {
      name: String(view.name) || null,
      tag: String(view.tag) || null,
      owner: String(view.owner) || null,
      missing: (view.missing || null) as Missing | null,
      limit: PAGE,
    },
    ({ next }) => (next ? { after: next } : null),
  );
  const count = query.data?.pages[0]?.count;
  const narrowed = Object.values(view).some(Boolean);
  return (
    <Page title="Data" verdict={Boolean(count) && said(count ?? 0, narrowed)}>
      <Narrowing view={view} change={change} />
      <Answered query={query} empty={() => count === 0 && nothing(narrowed)}>
        {({ pages }) => (
          <Table
            label="Data sets"
            columns={query.hasNextPage ? inOrder(COLUMNS) : COLUMNS}
            rows={pages.flatMap(({ data }) => data)}
            rowKey={({ name }) => name}
          />
        )}
      </Answered>
      <More query={query} />
    </Page>
  );
}

const nothing = (narrowed: boolean) =>
  narrowed
    ? "No data set is like that."
    : "There is no data yet. What a program reads is recorded by `forebear run`.";

const said = (count: number, narrowed: boolean) =>
  narrowed
    ? `${many(count, "data set")} ${count === 1 ? "is" : "are"} like that.`
    : `${many(count, "data set")} in this store.`;

interface NarrowingProps {
  view: typeof NOTHING;
  change: (change: Partial<typeof NOTHING>) => void;
}

function Narrowing({ view, change }: NarrowingProps) {
  return (
    <Group gap="xs" role="search" aria-label="Narrow the list">
      <TextInput
        aria-label="Name contains"
        placeholder="Name contains …"
        leftSection={<Search size={13} />}
        value={String(view.name)}
        onChange={({ currentTarget }) => change({ name: currentTarget.value })}
      />
      {(["tag", "owner"] as const).map((field) => (
        <TextInput
          key={field}
          w={150}
          aria-label={field === "tag" ? "Tag" : "Owner"}
          placeholder={field === "tag" ? "Tag" : "Owner"}
          defaultValue={String(view[field])}
          onBlur={({ currentTarget }) => change({ [field]: currentTarget.value.trim() })}
          onKeyDown={({ key, currentTarget }) =>
            key === "Enter" && change({ [field]: currentTarget.value.trim() })
          }
        />
      ))}
      <Select
        aria-label="What is missing"
        placeholder="Whatever is said of it"
        clearable
        data={Object.entries(LACKING).map(([value, label]) => ({ value, label }))}
        value={view.missing || null}
        onChange={(value) => change({ missing: value ?? "" })}
      />
    </Group>
  );
}

const COLUMNS: Column<Entry>[] = [
  {
    label: "Data set",
    cell: ({ name }) => (
      <Anchor component={Link} to={to.data(name)} fw={600}>
        {name}
      </Anchor>
    ),
    by: ({ name }) => name,
  },
  {
    label: "Versions",
    cell: ({ versions }) => versions,
    by: ({ versions }) => versions,
    number: true,
  },
  {
    label: "Rows × columns",
    cell: ({ rows, columns }) => shape(rows, columns),
    by: ({ rows }) => rows,
    number: true,
  },
  {
    label: "Size",
    cell: ({ size }) => (size ? bytes(size) : "–"),
    by: ({ size }) => size,
    number: true,
  },
  { label: "Quality", cell: (entry) => <State entry={entry} />, by: failing },
  {
    label: "Owner",
    cell: ({ owners }) => Object.values(owners ?? {}).join(", ") || <Nothing />,
    by: ({ owners }) => Object.values(owners ?? {})[0],
  },
  {
    label: "Licence",
    cell: ({ licence }) => licence ?? <Nothing />,
    by: ({ licence }) => licence,
  },
  { label: "Tags", cell: (entry) => <Tags entry={entry} /> },
  {
    label: "Last version",
    cell: ({ created }) => <Time at={created} />,
    by: ({ created }) => created,
  },
];

function Nothing() {
  return <span className="quiet">–</span>;
}

function failing({ checks = {} }: Entry): number | undefined {
  return Object.keys(checks).length ? (checks.failed ?? 0) + (checks.error ?? 0) : undefined;
}

function State({ entry }: { entry: Entry }) {
  const { checks = {}, incidents = 0, freshness } = entry;
  const failed = failing(entry);
  const all = Object.values(checks).reduce((sum, count) => sum + count, 0);
  return (
    <Group gap={4} wrap="nowrap">
      {failed === undefined && <span className="quiet">not checked</span>}
      {failed === 0 && <Verdict tone="good">{many(all, "check")} pass</Verdict>}
      {failed !== undefined && failed > 0 && (
        <Verdict tone="bad">
          {failed} of {many(all, "check")} fail
        </Verdict>
      )}
      {incidents > 0 && <Verdict tone="bad">{many(incidents, "incident")}</Verdict>}
      {freshness?.overdue && <Verdict tone="warn">overdue</Verdict>}
    </Group>
  );
}

function Tags({ entry: { tags = [], inherited = [], sensitive = [] } }: { entry: Entry }) {
  return (
    <Group gap={4}>
      {tags.map((tag) => (
        <Badge key={tag} size="sm" variant="default" tt="none">
          {tag}
        </Badge>
      ))}
      {inherited.map((tag) => (
        <Badge key={tag} size="sm" variant="outline" color="gray" tt="none" title="came down to it">
          ↓ {tag}
        </Badge>
      ))}
      {sensitive.length > 0 && <Verdict tone="warn">{sensitive.join(", ")}</Verdict>}
    </Group>
  );
}
