// Where things lie: layered from left to right, worked out beside the page in a worker.
import type { ElkNode } from "elkjs/lib/elk-api";
import Elk from "elkjs/lib/elk-api";
import workerUrl from "elkjs/lib/elk-worker.min.js?url";
import type { Place, Shown } from "./graph";

export interface Box extends Place {
  width: number;
  height: number;
}
export type Places = ReadonlyMap<string, Box>;

export const WIDTH = 190;
export const HEIGHT = 50;
const ROW = 20;
const MOST_ROWS = 10;

/** How large a thing is drawn: as high as its open columns need. */
export function sized(columns: number | undefined): { width: number; height: number } {
  if (columns === undefined) return { width: WIDTH, height: HEIGHT };
  const rows = Math.min(columns, MOST_ROWS);
  return { width: WIDTH, height: HEIGHT + 30 + rows * ROW };
}

const OPTIONS = {
  "elk.algorithm": "layered",
  "elk.direction": "RIGHT",
  "elk.layered.spacing.nodeNodeBetweenLayers": "96",
  "elk.spacing.nodeNode": "18",
  "elk.spacing.componentComponent": "40",
  "elk.layered.considerModelOrder.strategy": "NODES_AND_EDGES",
  "elk.layered.nodePlacement.strategy": "NETWORK_SIMPLEX",
};

let elk: InstanceType<typeof Elk> | undefined;

/** Lay things out; those that lay somewhere keep their order, and `anchor` does not move at all. */
export async function laidOut(
  shown: Shown,
  before: Places,
  anchor: string,
  columns: ReadonlyMap<string, number>,
): Promise<Places> {
  elk ??= new Elk({ workerUrl });
  const graph = await elk.layout(asElk(shown, before, columns));
  return anchored(found(graph), before, anchor);
}

function asElk(shown: Shown, before: Places, columns: ReadonlyMap<string, number>): ElkNode {
  const height = (id: string) => before.get(id)?.y ?? Number.POSITIVE_INFINITY;
  const nodes = [...shown.nodes].sort((one, other) => height(one.id) - height(other.id) || 0);
  return {
    id: "all",
    layoutOptions: OPTIONS,
    children: nodes.map(({ id }) => ({ id, ...sized(columns.get(id)) })),
    edges: shown.links.map(({ from, to }) => ({
      id: `${from}>${to}`,
      sources: [from],
      targets: [to],
    })),
  };
}

function found(graph: ElkNode): Map<string, Box> {
  return new Map(
    (graph.children ?? []).map(({ id, x = 0, y = 0, width = WIDTH, height = HEIGHT }) => [
      id,
      { x, y, width, height },
    ]),
  );
}

/** Move everything so that one thing lies where it lay. */
export function anchored(places: Map<string, Box>, before: Places, anchor: string): Places {
  const id =
    before.has(anchor) && places.has(anchor)
      ? anchor
      : [...places.keys()].find((one) => before.has(one));
  const [was, is] = [id && before.get(id), id && places.get(id)];
  if (!was || !is) return places;
  const [x, y] = [was.x - is.x, was.y - is.y];
  return new Map([...places].map(([one, box]) => [one, { ...box, x: box.x + x, y: box.y + y }]));
}

/** The zoom below which words can't be read. */
const READABLE = 0.65;
/** Room for the stubs beside the outermost things. */
const MARGIN = 80;

/** Return how a window has to look at things to see all, or else as much as can be read around one. */
export function fitting(
  boxes: Box[],
  middle: Box,
  width: number,
  height: number,
): { x: number; y: number; zoom: number } {
  const left = Math.min(...boxes.map(({ x }) => x)) - MARGIN;
  const right = Math.max(...boxes.map((box) => box.x + box.width)) + MARGIN;
  const top = Math.min(...boxes.map(({ y }) => y)) - MARGIN / 2;
  const bottom = Math.max(...boxes.map((box) => box.y + box.height)) + MARGIN / 2;
  const whole = Math.min(1, width / (right - left), height / (bottom - top));
  const zoom = Math.max(whole, READABLE);
  const at = (low: number, high: number, wanted: number, room: number) => {
    const half = room / zoom / 2;
    if (high - low <= 2 * half) return (low + high) / 2;
    return Math.min(Math.max(wanted, low + half), high - half);
  };
  const x = at(left, right, middle.x + middle.width / 2, width);
  const y = at(top, bottom, middle.y + middle.height / 2, height);
  return { x: width / 2 - x * zoom, y: height / 2 - y * zoom, zoom };
}

const EDGE = 16;

/** How far a window has to move along one axis so that what begins at `start` lies within it. */
export function nudge(start: number, length: number, room: number): number {
  if (start < EDGE) return EDGE - start;
  const over = start + length + EDGE - room;
  return over > 0 ? -Math.min(over, start - EDGE) : 0;
}
