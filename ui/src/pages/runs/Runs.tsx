import { Button, Group, MultiSelect, Popover, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Columns3 } from "lucide-react";
import { useMemo, useState } from "react";
import { usePages } from "../../api/pages";
import { useView } from "../../app/address";
import { useMay } from "../../app/may";
import { Answered, Empty, Page } from "../../components/Page";
import { many } from "../../components/said";
import { FilterBox } from "./FilterBox";
import { fieldsOf, usualFields } from "./fields";
import { useArrived, useRenewed } from "./fresh";
import { RunsTable } from "./RunsTable";
import { Views } from "./Views";

const PAGE = 100;
/** For an order all runs are looked at, for each page anew. */
const ORDERED = 500;
const SUGGESTED = 200;

/** The list of runs: found by a filter, in any order, chosen to be compared. */
export default function Runs() {
  const [view, change] = useView({ where: "", order: "", fields: [] as string[] });
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const where = String(view.where);
  const may = useMay("write");
  const query = usePages(
    "runs",
    {
      where: where || null,
      order: String(view.order) || null,
      figures: true,
      limit: view.order ? ORDERED : PAGE,
    },
    ({ next }) => (next ? { before: next } : null),
  );
  const [round, setRound] = useState(0);
  const listed = useMemo(
    () => query.data?.pages.flatMap((page) => page.runs) ?? [],
    [query.data?.pages],
  );
  const runs = useRenewed(listed);
  const arrived = useArrived(where, `${where} ${view.order} ${round}`, listed);
  const cut = query.data?.pages.some((page) => page.cut) ?? false;
  const known = fieldsOf(runs.slice(0, SUGGESTED));
  const fields = view.fields.length ? view.fields : usualFields(runs.slice(0, SUGGESTED));
  return (
    <Page title="Runs" verdict={query.data && said(runs.length, query.hasNextPage, where, cut)}>
      <FilterBox where={where} fields={known} onWhere={(text) => change({ where: text })}>
        <Columns fields={fields} known={known} onFields={(chosen) => change({ fields: chosen })} />
        <Views
          now={{ where, order: String(view.order), fields: view.fields }}
          onView={(saved) => change(saved)}
          may={may}
        />
      </FilterBox>
      <Arrived
        count={arrived}
        onShow={() => {
          void query.refetch();
          setRound(round + 1);
          window.scrollTo(0, 0);
        }}
      />
      <Chosen ids={chosen} onClear={() => setChosen(new Set())} />
      <Answered query={query}>
        {() =>
          runs.length === 0 && !query.hasNextPage ? (
            <Empty>
              {where ? "No run fits." : "There is no run yet. `forebear run train.py` records one."}
            </Empty>
          ) : (
            <RunsTable
              runs={runs}
              fields={fields}
              order={String(view.order)}
              onOrder={(order) => change({ order })}
              chosen={chosen}
              onChosen={setChosen}
              more={query.hasNextPage && !query.isFetchingNextPage}
              onMore={() => void query.fetchNextPage()}
            />
          )
        }
      </Answered>
      {query.isFetchingNextPage && (
        <Text c="dimmed" role="status">
          More are asked for …
        </Text>
      )}
    </Page>
  );
}

function said(count: number, more: boolean, where: string, cut: boolean): string {
  const runs = many(count, "run");
  const told = more
    ? `The first ${runs}${where ? " that fit" : ""}.`
    : `${runs}${where ? (count === 1 ? " fits" : " fit") : ""}.`;
  return cut ? `${told} Only the newest are in this order; older ones were not looked at.` : told;
}

/** Says that runs have come meanwhile; they are put in when somebody asks for them. */
function Arrived({ count, onShow }: { count: number; onShow: () => void }) {
  return (
    <div role="status" className="arrived">
      {count > 0 && <Button onClick={onShow}>Show {many(count, "new run")}</Button>}
    </div>
  );
}

function Chosen({ ids, onClear }: { ids: ReadonlySet<string>; onClear: () => void }) {
  if (ids.size === 0) return null;
  return (
    <Group gap="xs" role="status">
      <Text fz="sm">{many(ids.size, "run")} chosen</Text>
      <Button
        component={Link}
        to="/runs/compare"
        search={{ run: [...ids] } as never}
        disabled={ids.size < 2}
        data-disabled={ids.size < 2 || undefined}
      >
        Compare
      </Button>
      <Button variant="default" onClick={onClear}>
        Choose none
      </Button>
    </Group>
  );
}

interface ColumnsProps {
  fields: string[];
  known: string[];
  onFields: (fields: string[]) => void;
}

/** Which figures and settings have a column of their own. */
function Columns({ fields, known, onFields }: ColumnsProps) {
  return (
    <Popover width={360} position="bottom-start" shadow="md">
      <Popover.Target>
        <Button variant="default" leftSection={<Columns3 size={13} />}>
          Columns
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <MultiSelect
          label="Figures and settings with a column"
          size="xs"
          searchable
          clearable
          comboboxProps={{ withinPortal: false }}
          data={[...new Set([...fields, ...known])]}
          value={fields}
          onChange={onFields}
          hidePickedOptions
        />
      </Popover.Dropdown>
    </Popover>
  );
}
