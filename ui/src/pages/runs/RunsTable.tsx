import "./runs.css";
import { Anchor, UnstyledButton } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { ChevronDown, ChevronUp } from "lucide-react";
import {
  type Dispatch,
  memo,
  type ReactNode,
  type SetStateAction,
  useCallback,
  useEffect,
  useRef,
} from "react";
import type { Schemas } from "../../api/client";
import { to } from "../../app/address";
import { Time } from "../../components/marks";
import { fieldValue, partsOf, told, took, turned } from "./fields";
import { Scrolled } from "./Scrolled";
import { Status } from "./Status";

type Entry = Schemas["RunEntry"];

const HEIGHT = 34;
const AHEAD = 30;
/** So many can be compared. */
const MOST_CHOSEN = 200;

interface RunsTableProps {
  runs: Entry[];
  fields: string[];
  order: string;
  onOrder: (order: string) => void;
  chosen: ReadonlySet<string>;
  onChosen: Dispatch<SetStateAction<ReadonlySet<string>>>;
  /** There are more to be asked for. */
  more: boolean;
  onMore: () => void;
}

/** Runs in lines, of which only those in sight are drawn; near the end more are asked for. */
export function RunsTable(props: RunsTableProps) {
  const { runs, fields, order, onOrder, chosen, onChosen, more, onMore } = props;
  const body = useRef<HTMLDivElement>(null);
  const rows = useWindowVirtualizer({
    count: runs.length,
    estimateSize: () => HEIGHT,
    overscan: 12,
    scrollMargin: body.current?.offsetTop ?? 0,
  });
  const shown = rows.getVirtualItems();
  const first = shown[0]?.index ?? 0;
  const last = shown[shown.length - 1]?.index ?? -1;
  useEffect(() => {
    if (more && last >= runs.length - AHEAD) onMore();
  }, [more, last, runs.length, onMore]);
  const toggle = useCallback(
    (id: string) =>
      onChosen((before) => {
        const next = new Set(before);
        if (!next.delete(id)) next.add(id);
        return next;
      }),
    [onChosen],
  );
  const width = 6 + fields.length;
  return (
    <div ref={body}>
      <Scrolled className="runs" label="Runs">
        <table aria-label="Runs" aria-rowcount={more ? -1 : runs.length + 1}>
          <thead>
            <tr>
              <th>
                <input
                  type="checkbox"
                  checked={
                    chosen.size > 0 && runs.slice(0, MOST_CHOSEN).every(({ id }) => chosen.has(id))
                  }
                  onChange={({ currentTarget }) =>
                    onChosen(
                      new Set(
                        currentTarget.checked ? runs.slice(0, MOST_CHOSEN).map(({ id }) => id) : [],
                      ),
                    )
                  }
                  aria-label={`Choose all, at most ${MOST_CHOSEN}`}
                />
              </th>
              <Head field="name" label="Run" order={order} onOrder={onOrder} />
              <Head field="status" label="Status" order={order} onOrder={onOrder} />
              <Head field="started" label="Started" order={order} onOrder={onOrder} />
              <Head field="duration" label="Took" order={order} onOrder={onOrder} number />
              <th>Made</th>
              {fields.map((field) => (
                <Head
                  key={field}
                  field={field}
                  label={partsOf(field)[1]}
                  order={order}
                  onOrder={onOrder}
                  number
                >
                  {partsOf(field)[0] === "params" && <span className="quiet">set </span>}
                </Head>
              ))}
            </tr>
          </thead>
          <tbody>
            <Gap height={first * HEIGHT} width={width} />
            {shown.map(({ index }) => {
              const run = runs[index];
              if (!run) return null;
              return (
                <Line
                  key={run.id}
                  place={index}
                  run={run}
                  fields={fields}
                  chosen={chosen.has(run.id)}
                  onToggle={toggle}
                />
              );
            })}
            <Gap height={Math.max(0, runs.length - last - 1) * HEIGHT} width={width} />
          </tbody>
        </table>
      </Scrolled>
    </div>
  );
}

interface HeadProps {
  field: string;
  label: string;
  order: string;
  onOrder: (order: string) => void;
  number?: boolean;
  children?: ReactNode;
}

function Head({ field, label, order, onOrder, number, children }: HeadProps) {
  const down = order === `${field} desc`;
  const mine = down || order === `${field} asc`;
  return (
    <th
      className={number ? "number" : undefined}
      aria-sort={mine ? (down ? "descending" : "ascending") : undefined}
      title={field}
    >
      <UnstyledButton fz="inherit" fw="inherit" onClick={() => onOrder(turned(order, field))}>
        {children}
        {label}
        {mine && (down ? <ChevronDown size={12} /> : <ChevronUp size={12} />)}
      </UnstyledButton>
    </th>
  );
}

/** Stands for the lines that are out of sight. */
function Gap({ height, width }: { height: number; width: number }) {
  if (height === 0) return null;
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a line of a table can't be focused
    <tr aria-hidden="true">
      <td colSpan={width} style={{ height, padding: 0, border: 0 }} />
    </tr>
  );
}

interface LineProps {
  place: number;
  run: Entry;
  fields: string[];
  chosen: boolean;
  onToggle: (id: string) => void;
}

/** One run; it is drawn anew only when something about it is another. */
const Line = memo(function Line({ place, run, fields, chosen, onToggle }: LineProps) {
  return (
    <tr aria-rowindex={place + 2} aria-selected={chosen} style={{ height: HEIGHT }}>
      <td>
        <input
          type="checkbox"
          checked={chosen}
          onChange={() => onToggle(run.id)}
          aria-label={`Choose ${run.name} ${run.id}`}
        />
      </td>
      <td className="name" title={run.command?.join(" ") || run.name}>
        <Anchor component={Link} to={to.run(run.id)} fw={600}>
          {run.name}
        </Anchor>{" "}
        <span className="quiet">{words(run)}</span>
      </td>
      <td>
        <Status of={run.status} />
      </td>
      <td>
        <Time at={run.started} />
      </td>
      <td className="number">{took(run.started, run.ended)}</td>
      <td className="made">
        {run.made?.slice(0, 3).map((made, place) => (
          <span key={made.id}>
            {place > 0 && ", "}
            {address(made) ? (
              <Anchor component={Link} to={address(made)}>
                {made.title}
              </Anchor>
            ) : (
              made.title
            )}
          </span>
        ))}
        {(run.made?.length ?? 0) > 3 && (
          <span className="quiet"> and {(run.made?.length ?? 0) - 3} more</span>
        )}
      </td>
      {fields.map((field) => (
        <td key={field} className="number value" title={told(fieldValue(run, field))}>
          {told(fieldValue(run, field))}
        </td>
      ))}
    </tr>
  );
});

/** Return what was said to the program on its command line. */
function words({ command = [], name }: Entry): string {
  const place = command.findIndex((word) => word === name || word.endsWith(`/${name}`));
  return place < 0 ? "" : command.slice(place + 1).join(" ");
}

function address({ kind, name, version }: Schemas["Made"]): string | undefined {
  if (!name || !version) return undefined;
  return kind === "model"
    ? to.version(name, version)
    : kind === "data"
      ? to.dataVersion(name, version)
      : undefined;
}
