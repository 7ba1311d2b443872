import { expect, it } from "vitest";
import type { Schemas } from "../../api/client";
import { latest, mainKeys, overVersions } from "./figures";

const measured = (key: string, value: number | string) =>
  ({ key, value, at: "", run: "", evidence: "observed" }) as Schemas["Figure"];
const rows = [
  { version: 2, metrics: [measured("f1", 0.9), measured("note", "good")] },
  { version: 1, metrics: [measured("f1", 0.7), measured("f1", 0.8), measured("auc", 0.6)] },
];

it("takes of each figure the last that is a number", () => {
  expect(latest(rows[1]?.metrics).get("f1")).toBe(0.8);
  expect(latest(rows[0]?.metrics).has("note")).toBe(false);
  expect(latest().size).toBe(0);
});

it("puts first what most versions have", () => {
  expect(mainKeys(rows)).toEqual(["f1", "auc"]);
  expect(mainKeys(rows, 1)).toEqual(["f1"]);
});

it("draws the oldest version first, and leaves out what was not measured", () => {
  expect(overVersions(rows, ["f1", "auc"])).toEqual([
    { at: "1", f1: 0.8, auc: 0.6 },
    { at: "2", f1: 0.9, auc: undefined },
  ]);
});
