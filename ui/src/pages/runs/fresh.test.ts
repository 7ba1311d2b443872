import { expect, it } from "vitest";
import { arrived, isLive } from "./fresh";

it("counts runs that came before the first that was there", () => {
  expect(arrived(["d", "c", "b", "a"], new Set(["b", "a"]))).toEqual(["d", "c"]);
  expect(arrived(["b", "a"], new Set(["b", "a"]))).toEqual([]);
  // One that no longer fits the filter is not a reason to call older ones new.
  expect(arrived(["c", "a", "older"], new Set(["b", "a"]))).toEqual(["c"]);
  expect(arrived(["a"], new Set())).toEqual(["a"]);
});

it("follows runs that will end, and no deployments", () => {
  expect(isLive({ status: "running", kind: "run" })).toBe(true);
  expect(isLive({ status: "running", kind: "serve" })).toBe(false);
  expect(isLive({ status: "finished", kind: "run" })).toBe(false);
});
