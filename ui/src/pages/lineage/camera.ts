// Where the map is looked at from.
import { useReactFlow, useStore, useStoreApi, type Viewport } from "@xyflow/react";
import { type RefObject, useCallback, useEffect, useMemo, useRef } from "react";
import { type Box, CLOSE, fitting, type Layout, revealing } from "./layout";
import type { View } from "./view";

const STILL = matchMedia("(prefers-reduced-motion: reduce)");

export interface Sight {
  layout: Layout;
  /** What is in the middle at first. */
  root: string;
  view: View;
  /** What was opened or closed last. */
  touched: RefObject<string>;
  /** Something else to be brought into the middle. */
  closeUp?: string;
  /** Told how the map is looked at now; empty where it is as it is from the start. */
  onLook?: (eye: string) => void;
}

/** Look at the map: at all of it first, later at what changed; the return is for when it was moved. */
export function useCamera({
  layout,
  root,
  view,
  touched,
  closeUp = "",
  onLook,
}: Sight): () => void {
  const flow = useReactFlow();
  const store = useStoreApi();
  const [width, height] = [useStore((state) => state.width), useStore((state) => state.height)];
  const boxes = useMemo(() => [...layout.things.values(), ...layout.frames.values()], [layout]);
  const middle = layout.things.get(root);
  const { eye, at } = view;
  const opened = view.columns.at(-1) ?? "";
  // Whoever goes elsewhere sees all of what is there.
  const where = [root, view.toward, view.mode === "impact", view.steps].join(" ");
  const seen = useRef({ where: "", closeUp, eye, at, opened, layout, width });

  const tell = useCallback(() => {
    if (middle === undefined || onLook === undefined || seen.current.where === "") return;
    const [x, y, zoom] = store.getState().transform;
    const { width, height } = store.getState();
    // A window that has just got another width is about to be moved.
    if (width !== seen.current.width) return;
    const now = said({ x, y, zoom }, middle);
    const first = said(fitting(boxes, middle, width, height), middle);
    seen.current.eye = now === first ? "" : now;
    onLook(seen.current.eye);
  }, [middle, boxes, onLook, store]);

  useEffect(() => {
    if (middle === undefined || width === 0) return;
    const was = seen.current;
    seen.current = { where, closeUp, eye, at, opened, layout, width };
    const [x, y, zoom] = store.getState().transform;
    const look = (next: Viewport, duration = 0) =>
      void flow.setViewport(next, { duration: STILL.matches ? 0 : duration });
    const box = layout.things.get(closeUp);
    // A window of another width that shows all of it shall show all of it again.
    const again = eye === "" && closeUp === "" && was.width !== width;
    if (was.where !== where || was.eye !== eye || again) {
      const kept = meant(eye, middle, boxes, width, height);
      look(
        kept ??
          (box ? fitting(boxes, box, width, height, CLOSE) : fitting(boxes, middle, width, height)),
      );
    } else if (was.closeUp !== closeUp && box) {
      look(fitting(boxes, box, width, height, CLOSE), 150);
    } else {
      const [anchor, fresh, least = zoom] = news(was, seen.current, touched.current);
      if (anchor) look(revealing(fresh, anchor, { x, y, zoom }, width, height, least), 150);
    }
    // A frame later the window has moved.
    const frame = requestAnimationFrame(tell);
    return () => cancelAnimationFrame(frame);
  }, [
    where,
    closeUp,
    eye,
    at,
    opened,
    layout,
    middle,
    boxes,
    width,
    height,
    flow,
    store,
    touched,
    tell,
  ]);
  return tell;
}

interface Seen {
  width: number;
  at: string;
  opened: string;
  layout: Layout;
}

/** What is to be brought into view: the thing in question, what is new beside it, and how large. */
function news(was: Seen, now: Seen, touched: string): [Box | undefined, Box[], number?] {
  const { things, frames } = now.layout;
  // What is told beside the map takes some of its width.
  if (was.at !== now.at || was.width > now.width) return [things.get(now.at), []];
  // Open columns grow while they are awaited.
  const open = things.get(now.opened);
  if (open && open.height !== was.layout.things.get(now.opened)?.height) return [open, [], CLOSE];
  if (was.layout === now.layout) return [undefined, []];
  // A frame grows by what comes into it.
  const fresh = [
    ...[...things].filter(([id]) => !was.layout.things.has(id)),
    ...[...frames].filter(([id, { width, height }]) =>
      grew(was.layout.frames.get(id), width, height),
    ),
  ];
  return [things.get(touched), fresh.map(([, box]) => box)];
}

const grew = (was: Box | undefined, width: number, height: number) =>
  was?.width !== width || was.height !== height;

/** How something is looked at in short: where the first thing lies in the window, and how large. */
const said = ({ x, y, zoom }: Viewport, { x: left, y: top }: Box) =>
  [Math.round(left * zoom + x), Math.round(top * zoom + y), Number(zoom.toFixed(4))].join(",");

/** Read it again; nothing where nothing would be seen, as in a much smaller window. */
function meant(
  eye: string,
  { x: left, y: top }: Box,
  boxes: Box[],
  width: number,
  height: number,
): Viewport | undefined {
  const [atX, atY, zoom] = eye.split(",").map(Number);
  if (!(Number.isFinite(atX) && Number.isFinite(atY) && zoom && zoom > 0)) return undefined;
  const [x, y] = [Number(atX) - left * zoom, Number(atY) - top * zoom];
  const isSeen = (box: Box) =>
    (box.x + box.width) * zoom + x > 0 &&
    box.x * zoom + x < width &&
    (box.y + box.height) * zoom + y > 0 &&
    box.y * zoom + y < height;
  return boxes.some(isSeen) ? { x, y, zoom } : undefined;
}
