// Where things lie: layered from left to right, worked out beside the page in a worker.
import type { ElkNode } from "elkjs/lib/elk-api";
import Elk from "elkjs/lib/elk-api";
import workerUrl from "elkjs/lib/elk-worker.min.js?url";
import type { Place, Shown } from "./graph";
import type { Drawing, Group } from "./groups";

export interface Box extends Place {
  width: number;
  height: number;
}
export type Places = ReadonlyMap<string, Box>;

/** Where all that is drawn lies. */
export interface Layout {
  things: Places;
  frames: Places;
}

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
  "elk.spacing.nodeNode": "18",
  "elk.spacing.componentComponent": "40",
  "elk.layered.considerModelOrder.strategy": "NODES_AND_EDGES",
  "elk.layered.nodePlacement.strategy": "NETWORK_SIMPLEX",
};

let elk: InstanceType<typeof Elk> | undefined;

/** Lay things out; `anchor` stays where it lay before. */
export async function laidOut(
  drawing: Drawing,
  before: Places,
  anchor: string,
  columns: ReadonlyMap<string, number>,
  compact = false,
): Promise<Layout> {
  elk ??= new Elk({ workerUrl });
  const blocks = new Map(drawing.groups.map((group) => [group.id, blockOf(group, drawing)]));
  const between = { "elk.layered.spacing.nodeNodeBetweenLayers": compact ? "60" : "104" };
  const graph = await elk.layout(asElk(drawing, blocks, columns), { layoutOptions: between });
  const { things, frames } = found(graph, blocks);
  const [x, y] = shift(things, before, anchor);
  return { things: moved(things, x, y), frames: moved(frames, x, y) };
}

function asElk(
  { nodes, ties }: Drawing,
  blocks: ReadonlyMap<string, Block>,
  columns: ReadonlyMap<string, number>,
): ElkNode {
  const inside = new Set([...blocks.values()].flatMap(({ cells }) => [...cells.keys()]));
  const alone = nodes.filter(({ id }) => !inside.has(id));
  return {
    id: "all",
    layoutOptions: OPTIONS,
    children: [
      ...alone.map(({ id }) => ({ id, ...sized(columns.get(id)) })),
      ...[...blocks].map(([id, { width, height }]) => ({ id, width, height })),
    ],
    edges: ties.map(({ from, to }) => ({ id: `${from}>${to}`, sources: [from], targets: [to] })),
  };
}

function found(
  graph: ElkNode,
  blocks: ReadonlyMap<string, Block>,
): { things: Map<string, Box>; frames: Map<string, Box> } {
  const [things, frames] = [new Map<string, Box>(), new Map<string, Box>()];
  for (const { id, x = 0, y = 0, width = WIDTH, height = HEIGHT } of graph.children ?? []) {
    const block = blocks.get(id);
    (block ? frames : things).set(id, { x, y, width, height });
    for (const [one, cell] of block?.cells ?? []) {
      things.set(one, { x: x + cell.x, y: y + cell.y, width: WIDTH, height: HEIGHT });
    }
  }
  return { things, frames };
}

/** A group as it lies: row by row, about twice as wide as high. */
export interface Block {
  width: number;
  height: number;
  cells: Map<string, Place>;
}

const HEAD = 30;
const PAD = 14;
/** Room for a stub beside a thing of a group. */
const STUB = 46;
const GAP = 28;
/** Rows that are seen at once in a window of 800 pixels when they can just be read. */
const MOST_HIGH = 10;

export function blockOf({ members }: Group, { stubs }: Shown): Block {
  const inside = new Set(members);
  const room = (direction: string) =>
    stubs.some((stub) => stub.direction === direction && inside.has(stub.node)) ? STUB : 0;
  const [left, right] = [room("up"), room("down")];
  const [across, down] = [left + WIDTH + right + GAP, HEIGHT + 10];
  const wide = Math.ceil(Math.sqrt((2 * members.length * down) / across));
  const perRow = Math.max(2, wide, Math.ceil(members.length / MOST_HIGH));
  const rows = Math.ceil(members.length / perRow);
  return {
    width: 2 * PAD + perRow * across - GAP,
    height: HEAD + rows * down - 10 + PAD,
    cells: new Map(
      members.map((id, place) => [
        id,
        {
          x: PAD + left + (place % perRow) * across,
          y: HEAD + Math.floor(place / perRow) * down,
        },
      ]),
    ),
  };
}

/** How far everything has to move so that one thing lies where it lay. */
export function shift(places: Places, before: Places, anchor: string): [number, number] {
  const id =
    before.has(anchor) && places.has(anchor)
      ? anchor
      : [...places.keys()].find((one) => before.has(one));
  const [was, is] = [id && before.get(id), id && places.get(id)];
  return was && is ? [was.x - is.x, was.y - is.y] : [0, 0];
}

const moved = (places: Places, x: number, y: number): Places =>
  new Map([...places].map(([id, box]) => [id, { ...box, x: box.x + x, y: box.y + y }]));

/** The zoom at which a place is looked at closely. */
export const CLOSE = 0.85;
/** The zoom below which words can't be read. */
const READABLE = 0.75;
/** Room for the stubs beside the outermost things. */
const MARGIN = 80;

/** Return how a window has to look at things to see all, or else what is around one, no smaller than `least`. */
export function fitting(
  boxes: Box[],
  middle: Box,
  width: number,
  height: number,
  least = READABLE,
): Gaze {
  const all = around(boxes);
  const [left, right] = [all.x - MARGIN, all.x + all.width + MARGIN];
  const [top, bottom] = [all.y - MARGIN / 2, all.y + all.height + MARGIN / 2];
  const whole = Math.min(1, width / (right - left), height / (bottom - top));
  const zoom = Math.max(whole, least);
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

export interface Gaze extends Place {
  zoom: number;
}

/** Move a window no further than it must to see some things, and the one they hang from, at least so large. */
export function revealing(
  boxes: Box[],
  anchor: Box,
  { x, y, zoom }: Gaze,
  width: number,
  height: number,
  least = zoom,
): Gaze {
  const all = around([...boxes, anchor]);
  const whole = Math.min((width - 2 * EDGE) / all.width, (height - 2 * EDGE) / all.height);
  const next = Math.min(Math.max(zoom, least), Math.max(whole, READABLE));
  // What things hang from stays where it is while all is made smaller.
  const at = { x: x + anchor.x * (zoom - next), y: y + anchor.y * (zoom - next) };
  for (const box of [all, anchor]) {
    at.x += nudge(box.x * next + at.x, box.width * next, width);
    at.y += nudge(box.y * next + at.y, box.height * next, height);
  }
  return { ...at, zoom: next };
}

/** The box around some boxes. */
export function around(boxes: Box[]): Box {
  const [x, y] = [Math.min(...boxes.map((box) => box.x)), Math.min(...boxes.map((box) => box.y))];
  const right = Math.max(...boxes.map((box) => box.x + box.width));
  const bottom = Math.max(...boxes.map((box) => box.y + box.height));
  return { x, y, width: right - x, height: bottom - y };
}

/** How far a window has to move along one axis so that what begins at `start` lies within it. */
export function nudge(start: number, length: number, room: number): number {
  if (start < EDGE) return EDGE - start;
  const over = start + length + EDGE - room;
  return over > 0 ? -Math.min(over, start - EDGE) : 0;
}
