import type { Schemas } from "../../api/client";
import type { Point } from "../../components/Chart";

type Figure = Schemas["Figure"];
interface Measured {
  version: number;
  metrics?: Figure[];
}

/** Return each figure as it was measured last, numbers only. */
export function latest(metrics: Figure[] = []): Map<string, number> {
  const numbers = metrics.filter(({ value }) => typeof value === "number");
  return new Map(numbers.map(({ key, value }) => [key, value as number]));
}

/** Return the keys that most of these have, at most so many of them. */
export function mainKeys(rows: Measured[], most = 3): string[] {
  const counts = new Map<string, number>();
  for (const { metrics } of rows) {
    for (const key of latest(metrics).keys()) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  // The order in which figures were measured breaks ties: what people log first is the main one.
  const keys = [...counts].sort((one, other) => other[1] - one[1]).map(([key]) => key);
  return keys.slice(0, most);
}

/** Return what a chart of some figures over the versions draws, the oldest version first. */
export function overVersions(rows: Measured[], keys: string[]): Point[] {
  return [...rows]
    .sort((one, other) => one.version - other.version)
    .map(({ version, metrics }) => {
      const values = latest(metrics);
      return { at: String(version), ...Object.fromEntries(keys.map((k) => [k, values.get(k)])) };
    });
}
