import { expect, it } from "vitest";
import type { Schemas } from "../../api/client";
import { linesOf } from "./Waterfall";

const cut = { where: "prepare.py:7", line: "raw.dropna()", by: ["age"] };
const stage: Schemas["Stage"] = {
  step: "s",
  kind: "transform",
  name: "to_parquet",
  where: "prepare.py:9",
  line: null,
  artifact: "a",
  title: "clean:1",
  rows: 80,
  reached: 80,
  lost: 20,
  set_aside: { test: 5 },
  operations: [
    { ...cut, name: "dropna", rows_in: 100, rows_out: 80 },
    { ...cut, name: "assign", rows_in: 80, rows_out: 80 },
    { ...cut, name: "pipe", rows_in: null, rows_out: null, unknown: true },
  ],
};

it("tells the source, then what took rows, then the step that it was done in", () => {
  const lines = linesOf("customers:1", 100, [stage]);
  expect(lines.map(({ what, left, lost, inner }) => [what, left, lost, inner])).toEqual([
    ["customers:1", 100, null, false],
    ["dropna", 80, 20, true],
    ["pipe", null, null, true],
    ["to_parquet", 80, 20, false],
  ]);
  expect(lines[1]?.by).toEqual(["age"]);
  expect(lines[3]?.aside).toEqual({ test: 5 });
});
