import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { type Answer, ask, type Problem, type Schemas } from "../../api/client";

type Entry = Schemas["RunEntry"];

const LIVE = 3_000;
const NEW = 10_000;
/** What took long to find is looked for more seldom. */
const REST = 20;
const MOST = 200;
const FIRST = 50;
const NONE: ReadonlyMap<string, Entry> = new Map();

/** Runs that go on and will end; a deployment goes on for months. */
export const isLive = ({ status, kind }: Pick<Entry, "status" | "kind">) =>
  status === "running" && kind !== "serve";

/** Return these runs as they are now, each in its place, as long as any of them goes on. */
export function useRenewed(runs: Entry[]): Entry[] {
  const [news, setNews] = useState(NONE);
  const now = useMemo(() => runs.map((run) => news.get(run.id) ?? run), [runs, news]);
  const ids = now
    .filter(isLive)
    .slice(0, MOST)
    .map(({ id }) => id);
  const { data } = useQuery<Answer<"runs">, Problem>({
    queryKey: ["runs", "live", ids],
    queryFn: ({ signal }) => ask("runs", { ids, figures: true }, signal),
    enabled: ids.length > 0,
    refetchInterval: ({ state }) => (state.error ? false : LIVE),
    gcTime: 0,
  });
  useEffect(() => {
    if (data) setNews((before) => new Map([...before, ...data.runs.map(byId)]));
  }, [data]);
  return now;
}

const byId = (run: Entry): [string, Entry] => [run.id, run];

/** Count the runs that fit and have come since a list was asked for, without putting them in. */
export function useArrived(where: string, list: string, shown: Entry[]): number {
  const [pause, setPause] = useState(NEW);
  const { data } = useQuery<Entry[], Problem>({
    queryKey: ["runs", "newest", where, list],
    queryFn: async ({ signal }) => {
      const begun = performance.now();
      const { runs } = await ask("runs", { where: where || null, limit: FIRST }, signal);
      setPause(Math.max(NEW, REST * (performance.now() - begun)));
      return runs;
    },
    refetchInterval: ({ state }) => (state.error ? false : pause),
    gcTime: 0,
  });
  const [first, setFirst] = useState<{ list: string; ids: ReadonlySet<string> }>();
  const newest = data?.map(({ id }) => id);
  useEffect(() => {
    if (data && first?.list !== list) setFirst({ list, ids: new Set(data.map(({ id }) => id)) });
  }, [data, first, list]);
  if (newest === undefined || first?.list !== list) return 0;
  const here = new Set(shown.map(({ id }) => id));
  return arrived(newest, first.ids).filter((id) => !here.has(id)).length;
}

/** Return the newest runs that were not there before; they stand before the first that was. */
export function arrived(newest: string[], before: ReadonlySet<string>): string[] {
  const known = newest.findIndex((id) => before.has(id));
  return known < 0 ? newest : newest.slice(0, known);
}
