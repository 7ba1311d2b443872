import { expect, it } from "vitest";
import { addressOf } from "./Go";

const ID = "01a21a59-4f49-7001-b242-9af58b88e298";

it.each([
  ["churn", "/models/churn"],
  ["model:churn:7", "/models/churn/7"],
  ["team/churn:7", "/models/team%2Fchurn/7"],
  ["data:adult", "/data/adult"],
  ["data:adult:3", "/data/adult/3"],
  [`run:${ID}`, `/runs/${ID}`],
])("the page of %s is %s", (ref, address) => {
  expect(addressOf(ref)).toEqual({ to: address });
});

it.each([ID, `sha256:${"0".repeat(64)}`, "churn@champion"])("%s is shown by its lineage", (ref) => {
  expect(addressOf(ref)).toEqual({ to: "/lineage", search: { target: ref } });
});
