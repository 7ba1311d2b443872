import { expect, it } from "vitest";
import { pageOf } from "./Concerns";

it("leads to where something can be done", () => {
  expect(pageOf({ kind: "audit", ref: "churn:7" })).toEqual({ to: "/models/churn/7/audit" });
  expect(pageOf({ kind: "expiry", ref: "churn:7" })).toEqual({
    to: "/models/churn/7",
    search: { part: "policy" },
  });
  expect(pageOf({ kind: "incident", ref: "data:adult" })).toEqual({ to: "/data/adult" });
});
