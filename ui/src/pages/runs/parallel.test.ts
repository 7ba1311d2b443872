import { describe, expect, it } from "vitest";
import type { Schemas } from "../../api/client";
import { axesOf, axis, numbersOf } from "./parallel";

const fact = (
  what: Schemas["ComparedFact"]["what"],
  key: string,
  values: unknown[],
  differs = true,
) => ({
  what,
  key,
  values,
  differs,
});
const of: Schemas["CompareRunsResponse"] = {
  verdict: "",
  runs: [],
  facts: [
    fact("metric", "f1", [0.5, 1, 0.75]),
    fact("parameter", "depth", [2, null, 4]),
    fact("parameter", "loss", ["log", "hinge", "log"]),
    fact("parameter", "seed", [7, 7, 7], false),
    fact("data", "clean", ["clean:1", "clean:2", "clean:2"]),
  ],
};

describe("axes", () => {
  it("are settings, then figures, as far as they differ", () => {
    expect(axesOf(of).map(({ field }) => field)).toEqual(["depth", "loss", "f1"]);
  });

  it("have numbers between the least and the greatest", () => {
    expect(axis("f1", [0.5, 1, 0.75])).toEqual({
      field: "f1",
      ticks: [
        { at: 0, label: "0.5" },
        { at: 1, label: "1" },
      ],
      places: [0, 1, 0.5],
    });
    expect(axis("f1", [3, 3])?.places).toEqual([0.5, 0.5]);
  });

  it("have texts in their order, and what has no value has no place", () => {
    expect(axis("loss", ["log", "hinge", null])?.places).toEqual([1, 0, null]);
    expect(
      axis(
        "id",
        Array.from({ length: 40 }, (_, n) => `x${n}`),
      ),
    ).toBeUndefined();
    expect(axis("none", [null, null])).toBeUndefined();
  });
});

it("knows which facts are numbers", () => {
  expect([...numbersOf(of).keys()]).toEqual(["f1", "depth", "seed"]);
  expect(numbersOf(of).get("depth")).toEqual([2, null, 4]);
});
