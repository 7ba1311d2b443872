// How data is spoken of; one form each.

import type { Schemas } from "../../api/client";
import { figure } from "../../components/said";

/** Say how large a table is: `3,039 × 8`. */
export function shape(rows?: number | null, columns?: number | null): string {
  if (rows === null || rows === undefined) return "–";
  return columns ? `${figure(rows)} × ${figure(columns)}` : `${figure(rows)} rows`;
}

/** Say a share in percent, of which a small one is not nothing: `0.02 %`. */
export function share(part: number, whole: number): string {
  if (whole === 0) return "–";
  const percent = (100 * part) / whole;
  if (percent === 0 || percent === 100) return `${percent} %`;
  return `${percent.toPrecision(percent < 10 ? 2 : 3)} %`;
}

/** Say a number, or what is said in its place. */
export const shown = (value: number | string | null | undefined): string =>
  typeof value === "string" ? value : figure(value);

/** Say in words what became of the columns from one version to the next. */
export function changes(change: Schemas["SchemaChange"]): string[] {
  const listed = (what: string, names: string[]) =>
    names.length ? [`${what} ${names.join(", ")}`] : [];
  return [
    ...listed("added", change.added?.map(({ name, type }) => `${name} (${type})`) ?? []),
    ...listed("removed", change.removed?.map(({ name }) => name) ?? []),
    ...listed("renamed", change.renamed?.map(({ before, after }) => `${before} → ${after}`) ?? []),
    ...listed(
      "another type:",
      change.retyped?.map(({ column, before, after }) => `${column} ${before} → ${after}`) ?? [],
    ),
    ...(change.moved ? ["another order"] : []),
  ];
}
