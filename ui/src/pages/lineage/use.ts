import { keepPreviousData, type UseQueryResult, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import {
  type Answer as AnswerOf,
  type Asked,
  ask,
  type Name,
  type Problem,
} from "../../api/client";
import type { Drawing } from "./groups";
import { type Layout, laidOut } from "./layout";
import { type Act, after, read, told, type View } from "./view";

const VISITS = new Set<Act["do"]>(["go", "impact", "path", "compare"]);
/** How long the address waits for more, so that walking along the map is light. */
const REST = 150;

/** What is shown, as the address tells it, and what changes it. */
export function useLineageView(): [View, (act: Act) => void] {
  const said = useSearch({ strict: false }) as Record<string, unknown>;
  const navigate = useNavigate();
  const [view, setView] = useState(() => read(said));
  const latest = useRef(view);
  const waiting = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    // Whoever goes back, or follows a link, is shown what that address tells.
    if (waiting.current === undefined && formed(read(said)) !== formed(latest.current)) {
      latest.current = read(said);
      setView(latest.current);
    }
  }, [said]);
  const act = useCallback(
    (one: Act) => {
      const before = latest.current;
      latest.current = after(before, one);
      if (one.do === "look" && latest.current.eye === before.eye) return;
      setView(latest.current);
      clearTimeout(waiting.current);
      const tell = () => {
        waiting.current = undefined;
        void navigate({
          to: ".",
          search: told(latest.current) as never,
          // Only where one goes elsewhere is there something to come back to.
          replace: !VISITS.has(one.do),
          resetScroll: false,
        });
      };
      if (VISITS.has(one.do)) tell();
      else waiting.current = setTimeout(tell, REST);
    },
    [navigate],
  );
  useEffect(() => () => clearTimeout(waiting.current), []);
  return [view, act];
}

const formed = (view: View) => JSON.stringify(told(view));

/** Ask an operation, and show the answer before until the next is there. */
export function useSteady<N extends Name>(
  name: N,
  request: Asked<N> | null,
): UseQueryResult<AnswerOf<N>, Problem> {
  return useQuery<AnswerOf<N>, Problem>({
    queryKey: [name, request],
    queryFn: ({ signal }) => ask(name, request as Asked<N>, signal),
    enabled: request !== null,
    placeholderData: keepPreviousData,
  });
}

const NOWHERE: Layout = { things: new Map(), frames: new Map() };

/** Where things lie, worked out anew when there are others; until then `busy`. */
export function useLayout(
  drawing: Drawing,
  anchor: RefObject<string>,
  columns: ReadonlyMap<string, number>,
  compact: boolean,
): { layout: Layout; busy: boolean } {
  const form = formOf(drawing, columns);
  const [laid, setLaid] = useState({ layout: NOWHERE, form: "" });
  const last = useRef(NOWHERE);
  const latest = useRef({ drawing, anchor, columns, compact });
  latest.current = { drawing, anchor, columns, compact };
  useEffect(() => {
    let wanted = true;
    const now = latest.current;
    void laidOut(now.drawing, last.current.things, now.anchor.current, now.columns).then(
      (layout) => {
        if (!wanted) return;
        last.current = layout;
        setLaid({ layout, form });
      },
    );
    return () => {
      wanted = false;
    };
  }, [form]);
  return { layout: laid.layout, busy: laid.form !== form };
}

function formOf({ nodes, groups, ties }: Drawing, columns: ReadonlyMap<string, number>): string {
  const sizes = nodes.map(({ id }) => `${id}:${columns.get(id) ?? ""}`);
  const blocks = groups.map(({ id, members }) => `${id}:${members.length}`);
  return [...sizes, ...blocks, ...ties.map(({ from, to }) => `${from}>${to}`)].join(" ");
}
