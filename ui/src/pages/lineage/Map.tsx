import {
  Background,
  Controls,
  MiniMap,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  useStoreApi,
} from "@xyflow/react";
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import type { ColumnsOpen } from "./columns";
import { type Key, keyOf, kin, type Shown, type Standing, step } from "./graph";
import { deedOf } from "./keys";
import { fitting, nudge, type Places } from "./layout";
import { worst } from "./sorts";
import { Thing, type ThingData, type ThingNode } from "./Thing";
import { Tie, type TieData, type TieEdge } from "./Tie";
import { usePlaces } from "./use";
import type { Act, Direction, View } from "./view";
import { refOf } from "./words";

const NODES = { thing: Thing };
const EDGES = { tie: Tie };
const miniMark = ({ data }: ThingNode) => `mini found-${worst(data.node) ?? "nothing"}`;
const MINI = { width: 150, height: 90 };
const CROWDED = 120;
/** Links up to which each says its role. */
const LABELLED = 30;

export interface MapProps {
  label: string;
  shown: Shown;
  roots: string[];
  way: string[];
  view: View;
  act: (act: Act) => void;
  columns: ColumnsOpen;
  standing?: ReadonlyMap<string, Standing>;
  onPlaces?: (places: Places) => void;
  onHelp?: () => void;
  onFind?: () => void;
}

/** The graph, drawn. */
export function GraphMap(props: MapProps) {
  return (
    <ReactFlowProvider>
      <Drawn {...props} />
    </ReactFlowProvider>
  );
}

function Drawn(props: MapProps) {
  const { label, shown, roots, view, act, columns, onPlaces } = props;
  const sizes = useMemo(
    () => new Map([...columns.open].map(([id, one]) => [id, Math.max(one.columns.length, 1)])),
    [columns.open],
  );
  const places = usePlaces(shown, view.at || (roots[0] ?? ""), sizes);
  const [over, setOver] = useState("");
  const nodes = useNodes(props, places, over);
  const edges = useEdges(props, places, over);
  useFitting(places, roots[0] ?? "", view);
  useFollowing(places, view);
  useEffect(() => onPlaces?.(places), [places, onPlaces]);

  const onKeyDown = useKeys(props, places);
  const chosen = shown.nodes.find(({ id }) => id === view.at);
  return (
    <section
      className={`map ${shown.links.length > LABELLED ? "is-crowded" : ""}`}
      aria-label={label}
      aria-describedby="map-help"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the map is walked by the arrow keys
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={NODES}
        edgeTypes={EDGES}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        zoomOnDoubleClick={false}
        disableKeyboardA11y
        onlyRenderVisibleElements={shown.nodes.length > CROWDED}
        minZoom={0.1}
        maxZoom={1.6}
        onNodeClick={(_, { id }) => act({ do: "choose", id })}
        onNodeDoubleClick={(_, { data }) => act({ do: "go", target: refOf(data.node) })}
        onNodeMouseEnter={(_, { id }) => setOver(id)}
        onNodeMouseLeave={() => setOver("")}
        onPaneClick={() => act({ do: "choose", id: "" })}
        proOptions={{ hideAttribution: true }}
      >
        <Background gap={24} size={1} />
        <Controls showInteractive={false} />
        <MiniMap<ThingNode>
          style={MINI}
          pannable
          zoomable
          ariaLabel="Overview"
          nodeClassName={miniMark}
        />
      </ReactFlow>
      {places.size === 0 && (
        <div className="map-wait" role="status" aria-label="Loading">
          Laying out …
        </div>
      )}
      <p id="map-help" className="unseen">
        Arrow keys walk along links, Enter expands, Backspace closes, f focuses, i shows the impact,
        c opens columns, / finds, ? helps. The list has the same as a table.
      </p>
      <p className="unseen" aria-live="polite">
        {chosen && `${chosen.sort} ${chosen.title}`}
      </p>
    </section>
  );
}

/** Which things step back: those that the one in question has nothing to do with. */
function bright(
  { shown, view, way, columns }: MapProps,
  over: string,
): ReadonlySet<string> | undefined {
  if (view.mode === "focus" && view.at) return kin(view.at, shown.links);
  if (over) return kin(over, shown.links);
  if (columns.on !== undefined) return columns.on;
  return way.length > 0 ? new Set(way) : undefined;
}

function useNodes(props: MapProps, places: Places, over: string): ThingNode[] {
  const { shown, roots, view, act, way, columns, standing } = props;
  const before = useRef(new Map<string, { key: string; node: ThingNode }>());
  return useMemo(() => {
    const stubs = new Map(shown.stubs.map((stub) => [`${stub.direction}~${stub.node}`, stub]));
    const near = neighbours(shown);
    const lit = bright(props, over);
    const kept = new Map<string, { key: string; node: ThingNode }>();
    for (const node of shown.nodes) {
      const box = places.get(node.id);
      if (box === undefined) continue;
      const data: ThingData = {
        node,
        up: stubs.get(`up~${node.id}`),
        down: stubs.get(`down~${node.id}`),
        near: near.get(node.id) ?? { up: 0, down: 0 },
        root: roots.includes(node.id),
        chosen: view.at === node.id,
        faded: lit !== undefined && !lit.has(node.id),
        onWay: way.includes(node.id),
        standing: standing?.get(node.id),
        columns: columns.open.get(node.id),
        learns: node.id === columns.model ? columns.followed?.column : undefined,
        act,
      };
      // What looks as before is the very same, so that it is not drawn again.
      const { columns: open, act: _, ...plain } = data;
      const key = JSON.stringify([box, plain, open && [open.columns.length, [...open.followed]]]);
      const known = before.current.get(node.id);
      kept.set(
        node.id,
        known?.key === key
          ? known
          : {
              key,
              node: {
                id: node.id,
                type: "thing",
                position: { x: box.x, y: box.y },
                width: box.width,
                height: box.height,
                data,
              },
            },
      );
    }
    before.current = kept;
    return [...kept.values()].map(({ node }) => node);
  }, [props, shown, roots, view, act, way, columns, standing, places, over]);
}

/** How many neighbours of each thing are shown on each side. */
function neighbours({ links }: Shown): Map<string, Record<Direction, number>> {
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

function useEdges(props: MapProps, places: Places, over: string): TieEdge[] {
  const { shown, way, columns } = props;
  const before = useRef(new Map<string, TieEdge>());
  return useMemo(() => {
    const lit = bright(props, over);
    const steps = new Set(way.slice(1).map((id, place) => `${way[place]}>${id}`));
    const kept = new Map<string, TieEdge>();
    for (const link of shown.links) {
      if (!places.has(link.from) || !places.has(link.to)) continue;
      const id = keyOf(link);
      const data: TieData = {
        link,
        label: shown.links.length <= LABELLED || link.from === over || link.to === over,
        faded: lit !== undefined && !(lit.has(link.from) && lit.has(link.to)),
        onWay: steps.has(id) || Boolean(columns.on?.has(link.from) && columns.on.has(link.to)),
      };
      const known = before.current.get(id);
      const same = known?.data !== undefined && isSame(known.data, data);
      kept.set(id, same ? known : { id, type: "tie", source: link.from, target: link.to, data });
    }
    before.current = kept;
    return [...kept.values()];
  }, [props, shown, way, columns, places, over]);
}

const isSame = (one: TieData, other: TieData) =>
  one.link === other.link &&
  one.label === other.label &&
  one.faded === other.faded &&
  one.onWay === other.onWay;

/** See everything when one has gone elsewhere; where that would be too small to read, the middle. */
function useFitting(places: Places, root: string, view: View): void {
  const flow = useReactFlow();
  const size = useStoreApi();
  const fitted = useRef("");
  const middle = places.get(root);
  const where = [root, view.toward, view.mode === "impact", view.steps].join(" ");
  useEffect(() => {
    if (middle === undefined || fitted.current === where) return;
    fitted.current = where;
    const frame = requestAnimationFrame(() => {
      const { width, height } = size.getState();
      void flow.setViewport(fitting([...places.values()], middle, width, height));
    });
    return () => cancelAnimationFrame(frame);
  }, [middle, where, flow, places, size]);
}

/** Bring what was chosen, or what was opened last, into view. */
function useFollowing(places: Places, { at, columns }: View): void {
  const flow = useReactFlow();
  const size = useStoreApi();
  const opened = columns.at(-1) ?? "";
  const seen = useRef({ at, opened: "" });
  useEffect(() => {
    // Open columns grow while they are awaited.
    const tall = opened && `${opened} ${places.get(opened)?.height}`;
    const id = seen.current.opened !== tall && tall ? opened : at;
    const box = places.get(id);
    if (box === undefined || (seen.current.at === at && seen.current.opened === tall)) return;
    seen.current = { at, opened: tall };
    const { width, height, transform } = size.getState();
    const [x, y, zoom] = transform;
    const [dx, dy] = [
      nudge(box.x * zoom + x, box.width * zoom, width),
      nudge(box.y * zoom + y, box.height * zoom, height),
    ];
    if (dx !== 0 || dy !== 0) {
      void flow.setViewport({ x: x + dx, y: y + dy, zoom }, { duration: 150 });
    }
  }, [at, opened, places, flow, size]);
}

function useKeys(
  { shown, view, act, roots, onHelp, onFind }: MapProps,
  places: Places,
): (event: KeyboardEvent) => void {
  return (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target instanceof HTMLInputElement) return;
    // Enter on a button of the map presses it.
    if (event.key === "Enter" && event.target instanceof HTMLButtonElement) return;
    const id = view.at || (roots[0] ?? "");
    const deed = deedOf(event.key, id, shown);
    const arrow = event.key.startsWith("Arrow");
    if (deed === undefined && !arrow) return;
    event.preventDefault();
    event.stopPropagation();
    if (deed === undefined) {
      const next = view.at ? step(id, event.key as Key, shown.links, places) : id;
      if (next !== undefined) act({ do: "choose", id: next });
    } else if (deed.do === "find") onFind?.();
    else if (deed.do === "help") onHelp?.();
    else act(deed);
  };
}
