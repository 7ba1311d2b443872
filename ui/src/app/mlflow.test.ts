import { expect, test } from "vitest";
import { fromMlflow } from "./mlflow";

test("a link that MLflow's clients print leads to our page of the same thing", () => {
  const run = "0192a4c1000070008000000000000001";
  expect(fromMlflow(`#/experiments/7/runs/${run}`)).toBe(
    "/runs/0192a4c1-0000-7000-8000-000000000001",
  );
  expect(fromMlflow(`#/experiments/7/runs/${run}/artifacts/model`)).toContain("/runs/0192a4c1-");
  expect(fromMlflow("#/experiments/7")).toBe("/runs");
  expect(fromMlflow("#/models/churn/versions/3")).toBe("/models/churn/3");
  expect(fromMlflow("#/models/churn")).toBe("/models/churn");
});

test("what is no such link is left alone", () => {
  for (const hash of ["", "#part", "#/experiments", "#/runs/7", "#/models/"]) {
    expect(fromMlflow(hash)).toBeNull();
  }
});
