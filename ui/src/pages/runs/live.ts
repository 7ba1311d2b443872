import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { Schemas } from "../../api/client";

/** A figure as the server tells it while a run goes on. */
export interface LiveFigure {
  metric: { key: string; value: number | string; step?: number | null };
  split?: string | null;
  at: string;
}

export interface Live {
  run: Pick<Schemas["RunRow"], "status" | "started" | "ended" | "steps" | "params">;
  metrics: LiveFigure[];
}

const EVERY = 2000;

/** Follow a run as it goes on; what else is shown of it is asked again every two seconds. */
export function useLive(id: string, running: boolean): Live | undefined {
  const [live, setLive] = useState<Live>();
  const queries = useQueryClient();
  useEffect(() => {
    if (!running) return;
    const source = new EventSource(`/api/v1/live/${encodeURIComponent(id)}`);
    let asked = Date.now();
    const askAgain = () => {
      asked = Date.now();
      void queries.invalidateQueries({
        predicate: ({ queryKey }) => queryKey[0] === "series" || queryKey[0] === "show",
      });
    };
    source.addEventListener("run", (event) => {
      setLive(JSON.parse((event as MessageEvent<string>).data) as Live);
      if (Date.now() - asked >= EVERY) askAgain();
    });
    source.addEventListener("end", () => {
      source.close();
      askAgain();
    });
    return () => source.close();
  }, [id, running, queries]);
  return live;
}
