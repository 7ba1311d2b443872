// What the map is made of: things, frames and ties with all that tells how each of them looks.
import type { Edge } from "@xyflow/react";
import { useMemo, useRef } from "react";
import type { ColumnsOpen } from "./columns";
import type { FrameNode } from "./Frame";
import { keyOf, type Shown, type Standing } from "./graph";
import { type Drawing, groupWords } from "./groups";
import type { Box, Layout } from "./layout";
import type { ThingData, ThingNode } from "./Thing";
import type { TieData, TieEdge } from "./Tie";
import type { Act, Direction } from "./view";

/** Links up to which each says its role. */
export const LABELLED = 30;

export interface Scene {
  drawing: Drawing;
  layout: Layout;
  roots: string[];
  way: string[];
  columns: ColumnsOpen;
  standing?: ReadonlyMap<string, Standing>;
  /** There is little room between things. */
  compact: boolean;
  act: (act: Act) => void;
}

export function useThings(scene: Scene): ThingNode[] {
  const { drawing, layout, roots, way, columns, standing, compact, act } = scene;
  const before = useRef(new Map<string, ThingNode>());
  const stubs = useMemo(
    () => new Map(drawing.stubs.map((stub) => [`${stub.direction}~${stub.node}`, stub])),
    [drawing],
  );
  const near = useMemo(() => neighbours(drawing), [drawing]);
  const grouped = useMemo(
    () => new Set(drawing.groups.flatMap(({ members }) => members)),
    [drawing],
  );
  return useMemo(() => {
    const kept = new Map<string, ThingNode>();
    for (const node of drawing.nodes) {
      const { id } = node;
      const box = layout.things.get(id);
      if (box === undefined) continue;
      const data: ThingData = {
        node,
        up: stubs.get(`up~${id}`),
        down: stubs.get(`down~${id}`),
        nearUp: near.get(id)?.up ?? 0,
        nearDown: near.get(id)?.down ?? 0,
        short: compact || grouped.has(id),
        root: roots.includes(id),
        onWay: way.includes(id),
        standing: standing?.get(id),
        columns: columns.open.get(id),
        learns: id === columns.model ? columns.followed?.column : undefined,
        act,
      };
      kept.set(id, asBefore(before.current.get(id), { id, type: "thing", ...lies(box), data }));
    }
    before.current = kept;
    return [...kept.values()];
  }, [drawing, layout.things, stubs, near, grouped, roots, way, columns, standing, compact, act]);
}

export function useFrames({ drawing, layout, act }: Scene): FrameNode[] {
  return useMemo(
    () =>
      drawing.groups.flatMap((group) => {
        const box = layout.frames.get(group.id);
        if (box === undefined) return [];
        const data = { ...groupWords(group, drawing), members: group.members, act };
        return [{ id: group.id, type: "frame" as const, ...lies(box), data }];
      }),
    [drawing, layout.frames, act],
  );
}

export function useTies({ drawing, layout, way, columns }: Scene): TieEdge[] {
  const before = useRef(new Map<string, TieEdge>());
  const members = useMemo(
    () => new Map(drawing.groups.map((group) => [group.id, group.members])),
    [drawing],
  );
  return useMemo(() => {
    const steps = new Set(way.slice(1).map((id, place) => `${way[place]}>${id}`));
    const isLaid = (id: string) => layout.things.has(id) || layout.frames.has(id);
    const fans = neighbours({ links: drawing.ties });
    const kept = new Map<string, TieEdge>();
    for (const link of drawing.ties) {
      const { from, to } = link;
      if (!isLaid(from) || !isLaid(to)) continue;
      const id = keyOf(link);
      const near = (fans.get(from)?.down ?? 0) < (fans.get(to)?.up ?? 0) ? "start" : "end";
      const data: TieData = {
        link,
        crowded: drawing.ties.length > LABELLED,
        members,
        near,
        onWay: steps.has(id) || Boolean(columns.on?.has(from) && columns.on.has(to)),
      };
      kept.set(
        id,
        asBefore(before.current.get(id), { id, type: "tie", source: from, target: to, data }),
      );
    }
    before.current = kept;
    return [...kept.values()];
  }, [drawing, members, layout, way, columns.on]);
}

const lies = ({ x, y, width, height }: Box) => ({ position: { x, y }, width, height });

/** What looks as before is the very same, so that it is not drawn again. */
function asBefore<One extends ThingNode | Edge<TieData, "tie">>(
  known: One | undefined,
  one: One,
): One {
  if (known === undefined) return one;
  const { position: was, data: told, ...rest } = known as ThingNode;
  const { position: is, data, ...others } = one as ThingNode;
  const same = is?.x === was?.x && is?.y === was?.y && isSame(rest, others) && isSame(told, data);
  return same ? known : one;
}

function isSame(one: object, other: object): boolean {
  const [here, there] = [Object.entries(one), Object.entries(other)];
  return (
    here.length === there.length && here.every(([, value], place) => value === there[place]?.[1])
  );
}

/** How many neighbours of each thing are shown on each side. */
function neighbours({ links }: Pick<Shown, "links">): Map<string, Record<Direction, number>> {
  const found = new Map<string, Record<Direction, number>>();
  const add = (id: string, direction: Direction) => {
    const one = found.get(id) ?? { up: 0, down: 0 };
    one[direction] += 1;
    found.set(id, one);
  };
  for (const { from, to } of links) {
    add(to, "up");
    add(from, "down");
  }
  return found;
}
