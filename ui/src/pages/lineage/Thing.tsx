import { Handle, type Node, type NodeProps, Position } from "@xyflow/react";
import { type MouseEvent, memo } from "react";
import { bytes } from "../../components/said";
import { type ColumnAt, ColumnList, type ColumnsShown } from "./ColumnList";
import { stubWords } from "./graph";
import { ICONS, LETTERS, SIGNS, worst } from "./sorts";
import { useSpot } from "./spotlight";
import type { Act, Direction, Near, Stub } from "./view";

export interface ThingData extends Record<string, unknown> {
  node: Near;
  up?: Stub;
  down?: Stub;
  /** How many neighbours are shown on each side. */
  nearUp: number;
  nearDown: number;
  /** There is little room for what is said beside it. */
  short: boolean;
  root: boolean;
  onWay: boolean;
  standing?: string;
  columns?: ColumnsShown;
  /** Of a model the column that is followed to it. */
  learns?: ColumnAt;
  act: (act: Act) => void;
}

export type ThingNode = Node<ThingData, "thing">;

/** One thing of the graph: its sort as icon and word, its name, what it is found to be. */
export const Thing = memo(({ data }: NodeProps<ThingNode>) => {
  const { node, root, onWay, standing } = data;
  const chosen = useSpot((spot) => spot.chosen === node.id);
  const faded = useSpot(({ lit }) => lit !== undefined && !lit.has(node.id));
  const marks = [
    "thing",
    `is-${node.sort}`,
    root && "is-root",
    chosen && "is-chosen",
    faded && "is-faded",
    onWay && "is-on-way",
    standing && `is-${standing}`,
    `found-${worst(node) ?? "nothing"}`,
  ];
  return (
    <div className={marks.filter(Boolean).join(" ")}>
      <Inside data={data} />
    </div>
  );
});

/** What does not change while the mouse moves on. */
const Inside = memo(({ data }: { data: ThingData }) => {
  const { node, standing, learns, columns, act } = data;
  const Icon = ICONS[node.sort];
  return (
    <>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <div className="thing-card">
        <Icon size={16} aria-hidden="true" />
        <div className="thing-words">
          <div className="thing-title" title={node.title}>
            {node.title}
          </div>
          <div className="thing-more">
            {standing === "parts" && <b>parts here · </b>}
            {learns?.part ? `${learns.name} as ${learns.part}` : details(node)}
          </div>
        </div>
        <Badges node={node} />
      </div>
      {columns !== undefined && <ColumnList node={node} shown={columns} act={act} />}
      <Handle type="source" position={Position.Right} isConnectable={false} />
      <Side data={data} direction="up" />
      <Side data={data} direction="down" />
    </>
  );
});

/** What is said below a thing's name: its sort, and what tells it from others. */
export function details(node: Near): string {
  const words: (string | undefined)[] = [node.sort];
  if (node.sort === "run" || node.sort === "step")
    words[0] = node.kind === "run" ? "run" : node.kind;
  if (node.status && node.status !== "finished") words.push(node.status);
  for (const alias of node.aliases ?? []) words.push(`@${alias}`);
  if (node.rows) words.push(`${node.rows.toLocaleString("en")} rows`);
  else if (node.size) words.push(bytes(node.size));
  if (node.sort === "run" && node.started) words.push(node.started.slice(0, 16).replace("T", " "));
  return words.filter(Boolean).join(" · ");
}

function Badges({ node }: { node: Near }) {
  const told = (node.badges ?? []).filter(({ status }) => status !== "unknown");
  if (told.length === 0) return null;
  return (
    <div className="thing-badges">
      {told.map(({ about, status, words }) => (
        <span
          key={about}
          role="img"
          className={`badge tone-${status}`}
          title={`${about}: ${words}`}
          aria-label={`${about}: ${words}`}
        >
          {LETTERS[about]}
          {SIGNS[status]}
        </span>
      ))}
    </div>
  );
}

function Side({ data, direction }: { data: ThingData; direction: Direction }) {
  const stub = data[direction];
  const near = direction === "up" ? data.nearUp : data.nearDown;
  const where = direction === "up" ? "above" : "below";
  // The thing itself is not chosen by it.
  const press = (act: Act) => (event: MouseEvent) => {
    event.stopPropagation();
    data.act(act);
  };
  return (
    <div className={`stubs stubs-${direction}`}>
      {stub !== undefined && (
        <button
          type="button"
          className="stub nodrag"
          tabIndex={-1}
          title={stubTitle(stub, where)}
          aria-label={`Show more ${where} ${data.node.title}: ${stubTitle(stub, where)}`}
          onClick={press({ do: "expand", id: data.node.id, direction })}
        >
          {stubWords(stub, near, data.short)}
        </button>
      )}
      {near > 0 && (
        <button
          type="button"
          className="stub stub-close nodrag"
          tabIndex={-1}
          title={`Hide what is ${where}`}
          aria-label={`Hide what is ${where} ${data.node.title}`}
          onClick={press({ do: "collapse", id: data.node.id, direction })}
        >
          −
        </button>
      )}
    </div>
  );
}

function stubTitle({ hidden, links }: Stub, where: string): string {
  const sorts = Object.entries(hidden).map(
    ([sort, count]) => `${count.toLocaleString("en")} ${sort}`,
  );
  const many = links
    ? ` (it has ${links.toLocaleString("en")} links; the newest were looked at)`
    : "";
  return `${sorts.join(", ")} ${where}${many}`;
}
