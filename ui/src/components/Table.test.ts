import { expect, it } from "vitest";
import { ordered } from "./Table";

const columns = [{ label: "n", cell: () => null, by: (row: { n: number | null }) => row.n }];
const rows = [{ n: 2 }, { n: null }, { n: 3 }, { n: 1 }];

it("orders rows both ways, and what has no value comes last either way", () => {
  const values = (down: boolean) =>
    ordered(rows, columns, { label: "n", down }).map((row) => row.n);
  expect(values(false)).toEqual([1, 2, 3, null]);
  expect(values(true)).toEqual([3, 2, 1, null]);
});

it("leaves rows as they came until an order is asked for", () => {
  expect(ordered(rows, columns, undefined)).toBe(rows);
});
