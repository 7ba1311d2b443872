// Fields of runs that lists and comparisons may show: figures and settings, as filters name them.

import type { Schemas } from "../../api/client";
import { figure } from "../../components/said";

/** What a run was set to and measured. */
export type Told = Pick<Schemas["RunEntry"], "metrics" | "params">;

const PLAIN = /^[\w-]+(\.[\w-]+)*$/;
const MOST_METRICS = 3;
const MOST_PARAMS = 3;

/** Return how a filter names a figure or a setting: `metrics.f1`, metrics.`my metric`. */
export function fieldOf(kind: "metrics" | "params", key: string): string {
  return `${kind}.${PLAIN.test(key) ? key : `\`${key}\``}`;
}

/** Return the kind and the key of a field. */
export function partsOf(field: string): ["metrics" | "params", string] {
  const dot = field.indexOf(".");
  const key = field.slice(dot + 1).replace(/^`(.*)`$/, "$1");
  return [field.startsWith("metrics") ? "metrics" : "params", key];
}

/** Return the value of a field of a run, if it has one. */
export function fieldValue(run: Told, field: string): unknown {
  const [kind, key] = partsOf(field);
  return run[kind]?.[key];
}

/** Return the fields that any of these runs has, the most common ones first, figures before settings. */
export function fieldsOf(runs: Told[]): string[] {
  return (["metrics", "params"] as const).flatMap((kind) => {
    const counts = new Map<string, number>();
    for (const run of runs)
      for (const key of Object.keys(run[kind] ?? {})) counts.set(key, (counts.get(key) ?? 0) + 1);
    const keys = [...counts.entries()].sort((one, other) => other[1] - one[1]);
    return keys.map(([key]) => fieldOf(kind, key));
  });
}

/** Return the fields that are shown until others are chosen: common ones that differ. */
export function usualFields(runs: Told[]): string[] {
  const known = fieldsOf(runs);
  const metrics = known.filter((field) => field.startsWith("metrics")).slice(0, MOST_METRICS);
  const params = known.filter((field) => {
    const values = runs.map((run) => fieldValue(run, field)).filter((value) => value !== undefined);
    return (
      field.startsWith("params") &&
      values.every((value) => typeof value !== "object") && // lists and the like fill a line each
      new Set(values).size > 1
    );
  });
  return [...metrics, ...params.slice(0, MOST_PARAMS)];
}

/** Say a value of a setting or figure. */
export function told(value: unknown): string {
  if (value === undefined || value === null) return "–";
  if (typeof value === "number") return figure(value);
  return typeof value === "string" ? value : JSON.stringify(value);
}

const OR = /\bor\b/i;

/** Return a filter with one more comparison; what has an `or` in it is put in brackets. */
export function and(where: string, more: string): string {
  const before = where.trim();
  if (!before) return more;
  return `${OR.test(before) ? `(${before})` : before} and ${more}`;
}

/** Return the order that is asked for when the heading of a field is pressed. */
export function turned(order: string, field: string): string {
  if (order === `${field} desc`) return `${field} asc`;
  return order === `${field} asc` ? "" : `${field} desc`;
}

/** Say how long something took: `2 min 5 s`. */
export function took(started: string, ended: string | null | undefined, now?: number): string {
  const end = ended ? Date.parse(ended) : now;
  if (end === undefined) return "–";
  const seconds = Math.max(0, (end - Date.parse(started)) / 1000);
  if (seconds < 60) return seconds < 10 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
