import { describe, expect, it } from "vitest";
import {
  and,
  fieldOf,
  fieldsOf,
  fieldValue,
  partsOf,
  type Told,
  told,
  took,
  turned,
  usualFields,
} from "./fields";

const runs: Told[] = [
  { metrics: { f1: 0.8, "my loss": 1 }, params: { depth: 2, seed: 7 } },
  { metrics: { f1: 0.9 }, params: { depth: 4, seed: 7 } },
];

describe("fields of runs", () => {
  it("are named as in filters, and found again by that name", () => {
    expect(fieldOf("metrics", "val.f1")).toBe("metrics.val.f1");
    expect(fieldOf("params", "my depth")).toBe("params.`my depth`");
    expect(partsOf("params.`my depth`")).toEqual(["params", "my depth"]);
    expect(partsOf("metrics.val.f1")).toEqual(["metrics", "val.f1"]);
    expect(fieldValue({ metrics: { "my loss": 1 } }, "metrics.`my loss`")).toBe(1);
    expect(fieldValue({}, "params.depth")).toBeUndefined();
  });

  it("are listed with the common ones first", () => {
    expect(fieldsOf(runs)).toEqual([
      "metrics.f1",
      "metrics.`my loss`",
      "params.depth",
      "params.seed",
    ]);
  });

  it("are shown where they differ", () => {
    expect(usualFields(runs)).toEqual(["metrics.f1", "metrics.`my loss`", "params.depth"]);
  });

  it("are not lists, of which each would be one of its own", () => {
    const piped = [60, 90].map((rounds) => ({ params: { parts: [["a", 1]], rounds } }));
    expect(usualFields(piped)).toEqual(["params.rounds"]);
  });
});

describe("what is said of runs", () => {
  it("joins comparisons", () => {
    expect(and(" ", "a = 1")).toBe("a = 1");
    expect(and("a = 1 ", "b = 2")).toBe("a = 1 and b = 2");
    expect(and("a = 1 or c = 3", "b = 2")).toBe("(a = 1 or c = 3) and b = 2");
    expect(and("colour = 1", "b = 2")).toBe("colour = 1 and b = 2");
  });

  it("turns the order when a heading is pressed again", () => {
    const first = turned("", "metrics.f1");
    expect(first).toBe("metrics.f1 desc");
    expect(turned(first, "metrics.f1")).toBe("metrics.f1 asc");
    expect(turned("metrics.f1 asc", "metrics.f1")).toBe("");
    expect(turned("duration desc", "metrics.f1")).toBe("metrics.f1 desc");
  });

  it("tells values and how long it took", () => {
    expect([told(null), told(0.123456), told("x"), told([1, 2])]).toEqual([
      "–",
      "0.1235",
      "x",
      "[1,2]",
    ]);
    const at = "2026-03-01T12:00:00Z";
    expect(took(at, "2026-03-01T12:00:03.21Z")).toBe("3.2 s");
    expect(took(at, "2026-03-01T12:02:05Z")).toBe("2 min 5 s");
    expect(took(at, "2026-03-01T14:00:00Z")).toBe("2 h 0 min");
    expect(took(at, null)).toBe("–");
  });
});
