import {
  Background,
  Controls,
  MiniMap,
  ReactFlow,
  ReactFlowProvider,
  useStore,
} from "@xyflow/react";
import {
  type KeyboardEvent,
  type MouseEvent,
  memo,
  type RefObject,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { useCamera } from "./camera";
import type { ColumnsOpen } from "./columns";
import { LABELLED, useFrames, useThings, useTies } from "./drawn";
import { Frame, type FrameNode } from "./Frame";
import { type Key, type Shown, type Standing, step } from "./graph";
import { type Drawing, folded } from "./groups";
import { deedOf } from "./keys";
import { around, type Layout, type Places } from "./layout";
import { worst } from "./sorts";
import { Spotlight, SpotlightContext, useSpotlight } from "./spotlight";
import { Thing, type ThingNode } from "./Thing";
import { Tie, type TieEdge } from "./Tie";
import { useLayout } from "./use";
import type { Act, View } from "./view";
import { refOf } from "./words";

const NODES = { thing: Thing, frame: Frame };
const EDGES = { tie: Tie };
type MapNode = ThingNode | FrameNode;
const miniMark = (node: MapNode) =>
  node.type === "frame" ? "mini-frame" : `mini found-${worst(node.data.node) ?? "nothing"}`;
const MINI = { width: 150, height: 90 };
const CROWDED = 120;
/** The zoom below which words are no more than dust. */
const FAR = 0.4;
const ATTRIBUTION = { hideAttribution: true };

export interface MapProps {
  label: string;
  shown: Shown;
  roots: string[];
  way: string[];
  view: View;
  act: (act: Act) => void;
  columns: ColumnsOpen;
  standing?: ReadonlyMap<string, Standing>;
  /** What is looked at closely from the start. */
  closeUp?: string;
  /** There is little room. */
  compact?: boolean;
  /** The address tells how the map is looked at. */
  told?: boolean;
  onLayout?: (drawing: Drawing, layout: Layout) => void;
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
  const {
    label,
    shown,
    roots,
    way,
    view,
    act,
    columns,
    standing,
    closeUp,
    compact = false,
    told,
    onLayout,
  } = props;
  const root = roots[0] ?? "";
  const sizes = useMemo(
    () => new Map([...columns.open].map(([id, one]) => [id, Math.max(one.columns.length, 1)])),
    [columns.open],
  );
  const drawing = useMemo(
    () => folded(shown, new Set([...roots, ...way, ...sizes.keys()])),
    [shown, roots, way, sizes],
  );
  // What people did something to stays where it is.
  const touched = useRef(view.at || root);
  const { busy, layout } = useLayout(drawing, touched, sizes, compact);
  const touch = useCallback(
    (one: Act) => {
      if ("id" in one) touched.current = one.id || root;
      act(one);
    },
    [act, root],
  );
  const scene = { drawing, layout, roots, way, columns, standing, compact, act: touch };
  const things = useThings(scene);
  const frames = useFrames(scene);
  const nodes = useMemo<MapNode[]>(() => [...frames, ...things], [frames, things]);
  const edges = useTies(scene);
  const [light] = useState(() => new Spotlight());
  useSpotlight(light, view, shown.links, way, columns);
  const onLook = useCallback((eye: string) => act({ do: "look", eye }), [act]);
  const onMoveEnd = useCamera({
    layout,
    root,
    view,
    touched,
    closeUp,
    onLook: told ? onLook : undefined,
  });
  useEffect(() => onLayout?.(drawing, layout), [drawing, layout, onLayout]);

  const onKeyDown = useKeys({ ...props, act: touch }, layout.things, touched);
  // The map may have moved after the first click, so that the second one is somewhere else.
  const onDoubleClick = ({ target }: MouseEvent) => {
    if (chosen && target instanceof Element && target.closest(".react-flow__pane, .thing-card"))
      act({ do: "go", target: refOf(chosen) });
  };
  const chosen = shown.nodes.find(({ id }) => id === view.at);
  return (
    <section
      className={`map ${edges.length > LABELLED ? "is-crowded" : ""}`}
      aria-label={label}
      aria-describedby="map-help"
      aria-busy={busy}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the map is walked by the arrow keys
      tabIndex={0}
      onKeyDown={onKeyDown}
      onDoubleClick={onDoubleClick}
    >
      <SpotlightContext value={light}>
        <Canvas
          nodes={nodes}
          edges={edges}
          layout={layout}
          light={light}
          act={touch}
          onMoveEnd={onMoveEnd}
        />
      </SpotlightContext>
      {layout.things.size === 0 && (
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

/** All that is drawn; what is chosen or pointed to leaves it as it is. */
const Canvas = memo(function Canvas({
  nodes,
  edges,
  layout,
  light,
  act,
  onMoveEnd,
}: {
  nodes: MapNode[];
  edges: TieEdge[];
  layout: Layout;
  light: Spotlight;
  act: (act: Act) => void;
  onMoveEnd: () => void;
}) {
  const isFar = useStore(({ transform }) => transform[2] < FAR);
  const idOf = ({ type, id }: MapNode) => (type === "thing" ? id : "");
  return (
    <ReactFlow<MapNode, TieEdge>
      className={isFar ? "is-far" : ""}
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
      onlyRenderVisibleElements={nodes.length > CROWDED}
      minZoom={0.1}
      maxZoom={1.6}
      onMoveEnd={onMoveEnd}
      onNodeClick={(_, node) => act({ do: "choose", id: idOf(node) })}
      onNodeMouseEnter={(_, node) => light.point(idOf(node))}
      onNodeMouseLeave={() => light.point("")}
      onPaneClick={() => act({ do: "choose", id: "" })}
      proOptions={ATTRIBUTION}
    >
      <Background gap={24} size={1} />
      <Controls showInteractive={false} />
      <Overview layout={layout} />
    </ReactFlow>
  );
});

/** A small map of the whole, where not all of it is in the window. */
function Overview({ layout }: { layout: Layout }) {
  const all = useMemo(
    () => around([...layout.things.values(), ...layout.frames.values()]),
    [layout],
  );
  const isSeen = useStore(({ transform: [x, y, zoom], width, height }) => {
    const [left, top] = [all.x * zoom + x, all.y * zoom + y];
    return (
      left > -1 &&
      top > -1 &&
      left + all.width * zoom < width + 1 &&
      top + all.height * zoom < height + 1
    );
  });
  if (isSeen) return null;
  return (
    <MiniMap<MapNode>
      style={MINI}
      pannable
      zoomable
      ariaLabel="Overview"
      nodeClassName={miniMark}
    />
  );
}

function useKeys(
  { shown, view, act, roots, onHelp, onFind }: MapProps,
  places: Places,
  touched: RefObject<string>,
): (event: KeyboardEvent) => void {
  return (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target instanceof HTMLInputElement) return;
    // Enter on a button of the map presses it.
    if (event.key === "Enter" && event.target instanceof HTMLButtonElement) return;
    const id = view.at || touched.current;
    const deed = deedOf(event.key, id, shown);
    const arrow = event.key.startsWith("Arrow");
    if (deed === undefined && !arrow) return;
    event.preventDefault();
    event.stopPropagation();
    if (deed === undefined) {
      const next =
        view.at || id !== roots[0] ? step(id, event.key as Key, shown.links, places) : id;
      if (next !== undefined) act({ do: "choose", id: next });
    } else if (deed.do === "find") onFind?.();
    else if (deed.do === "help") onHelp?.();
    else act(deed);
  };
}
