// What is drawn of runs as lines through parallel axes, and as points between two.

import type { Schemas } from "../../api/client";
import { told } from "./fields";

export interface Axis {
  field: string;
  /** What stands at the bottom and at the top; all values of what is no number. */
  ticks: { at: number; label: string }[];
  /** Where each run is, from 0 at the bottom to 1 at the top; null where it has no value. */
  places: (number | null)[];
}

const MOST_VALUES = 12;

/** Return the facts that can be an axis: settings and figures that differ. */
export function axesOf({ facts }: Schemas["CompareRunsResponse"]): Axis[] {
  return facts
    .filter(({ what, differs }) => differs && (what === "parameter" || what === "metric"))
    .sort((one, other) => Number(one.what === "metric") - Number(other.what === "metric"))
    .flatMap(({ key, values }) => axis(key, values) ?? []);
}

/** Return an axis for the values of a fact; none where too many texts would stand on it. */
export function axis(field: string, values: unknown[]): Axis | undefined {
  const given = values.filter((value) => value !== null && value !== undefined);
  if (given.length > 0 && given.every((value) => typeof value === "number")) {
    return numeric(field, values as (number | null)[]);
  }
  const words = [...new Set(given.map(told))].sort();
  if (words.length === 0 || words.length > MOST_VALUES) return undefined;
  const place = (word: string) =>
    words.length === 1 ? 0.5 : words.indexOf(word) / (words.length - 1);
  return {
    field,
    ticks: words.map((label) => ({ at: place(label), label })),
    places: values.map((value) =>
      value === null || value === undefined ? null : place(told(value)),
    ),
  };
}

function numeric(field: string, values: (number | null)[]): Axis {
  const given = values.filter((value): value is number => typeof value === "number");
  const [low, high] = [Math.min(...given), Math.max(...given)];
  const place = (value: number) => (low === high ? 0.5 : (value - low) / (high - low));
  return {
    field,
    ticks:
      low === high
        ? [{ at: 0.5, label: told(low) }]
        : [low, high].map((value) => ({ at: place(value), label: told(value) })),
    places: values.map((value) => (typeof value === "number" ? place(value) : null)),
  };
}

/** Return the values of a fact that are numbers, by its name. */
export function numbersOf({
  facts,
}: Schemas["CompareRunsResponse"]): Map<string, (number | null)[]> {
  return new Map(
    facts
      .filter(({ what }) => what === "parameter" || what === "metric")
      .filter(({ values }) => values.some((value) => typeof value === "number"))
      .map(({ key, values }) => [
        key,
        values.map((value) => (typeof value === "number" ? value : null)),
      ]),
  );
}
