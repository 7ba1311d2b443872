import { keepPreviousData, type UseQueryResult, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useEffect, useRef, useState } from "react";
import {
  type Answer as AnswerOf,
  type Asked,
  ask,
  type Name,
  type Problem,
} from "../../api/client";
import type { Shown } from "./graph";
import { laidOut, type Places } from "./layout";
import { type Act, after, read, told, type View } from "./view";

const VISITS = new Set<Act["do"]>(["go", "impact", "path", "compare"]);
/** How long the address waits for further choices, so that walking along the map is light. */
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
      latest.current = after(latest.current, one);
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
      if (one.do === "choose") waiting.current = setTimeout(tell, REST);
      else tell();
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

const NOWHERE: Places = new Map();

/** Where things lie; worked out anew when there are others, as near as can be to where they lay. */
export function usePlaces(
  shown: Shown,
  anchor: string,
  columns: ReadonlyMap<string, number>,
): Places {
  const [places, setPlaces] = useState<Places>(NOWHERE);
  const last = useRef(places);
  const latest = useRef({ shown, anchor, columns });
  latest.current = { shown, anchor, columns };
  const form = formOf(shown, columns);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `form` tells all that matters of the rest
  useEffect(() => {
    let wanted = true;
    const now = latest.current;
    void laidOut(now.shown, last.current, now.anchor, now.columns).then((found) => {
      if (!wanted) return;
      last.current = found;
      setPlaces(found);
    });
    return () => {
      wanted = false;
    };
  }, [form]);
  return places;
}

function formOf({ nodes, links }: Shown, columns: ReadonlyMap<string, number>): string {
  const sizes = nodes.map(({ id }) => `${id}:${columns.get(id) ?? ""}`);
  return [...sizes, ...links.map(({ from, to }) => `${from}>${to}`)].join(" ");
}
