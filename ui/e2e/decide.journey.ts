import { afterAll, afterEach, beforeEach, expect, it } from "vitest";
import { leave, type Visit, visit } from "./browser";

let seen: Visit;

beforeEach(async () => {
  seen = await visit();
});
afterEach(async () => {
  expect(seen.complaints).toEqual([]);
  await seen.close();
});
afterAll(leave);

/** Press a button, say why in the form that opens, and send it. */
async function decide(button: string, why: string): Promise<string> {
  const { page } = seen;
  await page.getByRole("button", { name: button, exact: true }).click();
  const form = page.getByRole("dialog");
  await form.getByLabel("Why").fill(why);
  await form.getByRole("button", { name: button, exact: true }).click();
  const said = await form.getByRole("status").textContent();
  await form.getByRole("button", { name: "Close" }).last().click();
  await form.waitFor({ state: "detached" });
  await seen.settled();
  return said ?? "";
}

it("promotes a version with an approval, and rolls it back", async () => {
  const { page, go, shot, settled } = seen;
  await go("/models/churn/3?part=policy");
  await page.getByText("Approved by 0 of the 1 person it takes.").waitFor();
  await shot("decide-1-missing");
  expect(await decide("Approve", "the report looks sound")).toContain("grace approved churn:3");
  await page.getByText("Approved by grace.").waitFor();
  expect(await decide("Promote to production", "better on young customers")).toContain(
    "churn:3 is in production",
  );
  await shot("decide-2-promoted");
  await go("/models/churn");
  await page.getByText("production → 3").first().waitFor();
  await page.getByText("better on young customers").first().waitFor();
  await go("/models/churn/3");
  expect(await decide("Roll back", "it fails at night")).toContain("churn:2");
  await go("/models/churn");
  await settled();
  await page.getByText("production → 2").first().waitFor();
  await shot("decide-3-rolled-back");
});

it("does not let a version in that lacks something, and says what it lacks", async () => {
  const { page, go } = seen;
  await go("/models/churn/1?part=policy");
  const said = await decide("Promote to production", "I like it");
  expect(said).toContain("churn:1 stays in candidate");
  expect(said).toContain("not met");
  await page.getByText("candidate").first().waitFor();
});

it("compares two versions, and marks where their ancestries part", async () => {
  const { page, go, settled, shot } = seen;
  await go("/models/churn");
  await page.getByLabel("Compare version 2").check();
  await page.getByLabel("Compare version 3").check();
  await page.getByRole("link", { name: "Compare 2 with 3" }).click();
  await settled();
  await page.getByRole("heading", { name: "churn:2 and churn:3" }).waitFor();
  const row = page.getByRole("row").filter({ hasText: "max_depth" });
  expect(await row.first().textContent()).toMatch(/max_depth.*69/);
  await shot("compare");
});
