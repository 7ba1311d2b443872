import { afterAll, afterEach, beforeEach, expect, it } from "vitest";
import { leave, URL, type Visit, visit } from "./browser";

let seen: Visit;

beforeEach(async () => {
  seen = await visit();
});
afterEach(() => seen.close());
afterAll(leave);

/** Ask an operation past the pages, as somebody else does. */
async function ask(name: string, request: object): Promise<void> {
  const answer = await fetch(`${URL}/api/v1/${name}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(request),
  });
  expect(answer.status).toBe(200);
}

it("sets an alias with a reason, and tells its history", async () => {
  const { page, go, settled, shot, barriers, complaints } = seen;
  await go("/models/demand-eu");
  await page.getByRole("button", { name: "Set an alias …" }).click();
  const form = page.getByRole("dialog");
  await form.getByLabel("Alias").fill("shadow");
  await form.getByText("Nobody has used that alias yet.").waitFor();
  await form.getByLabel("Points to").click();
  await page.getByRole("option", { name: "version 1", exact: true }).click();
  await form.getByLabel("Why").fill("runs beside the champion for a week");
  expect(await barriers()).toEqual([]);
  await form.getByRole("button", { name: "Set", exact: true }).click();
  await form.waitFor({ state: "detached" });
  await settled();
  expect(await barriers()).toEqual([]);
  const row = page.getByRole("row").filter({ hasText: "runs beside the champion" }).first();
  expect(await row.textContent()).toMatch(/shadow.*1.*grace/);
  await page.getByRole("button", { name: "Take away shadow" }).click();
  await form.getByText("“runs beside the champion for a week”").waitFor();
  await shot("alias-take");
  await form.getByLabel("Why").fill("the week is over");
  await form.getByRole("button", { name: "Take away", exact: true }).click();
  await form.waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Take away shadow" }).waitFor({ state: "detached" });
  expect(complaints).toEqual([]);
});

it("does not move an alias that somebody else has moved meanwhile", async () => {
  const { page, go, settled, shot } = seen;
  await ask("alias", { name: "demand-us", alias: "best", version: 1, why: "it is" });
  await go("/models/demand-us");
  await page.getByRole("button", { name: "Move best" }).click();
  const form = page.getByRole("dialog");
  await form.getByLabel("Why").fill("mine is better");
  await ask("alias", { name: "demand-us", alias: "best", version: 2, why: "no, this one is" });
  await form.getByRole("button", { name: "Set", exact: true }).click();
  await form.getByText("Somebody has moved it meanwhile").waitFor();
  await form.getByText("“no, this one is”").waitFor();
  await shot("alias-moved");
  await form.getByRole("button", { name: "Set", exact: true }).click();
  await form.waitFor({ state: "detached" });
  await settled();
  await page.getByRole("row").filter({ hasText: "mine is better" }).first().waitFor();
});

it("says why a stage is no alias to be set", async () => {
  const { page, go } = seen;
  await go("/models/demand-us");
  await page.getByRole("button", { name: "Set an alias …" }).click();
  const form = page.getByRole("dialog");
  await form.getByLabel("Alias").fill("production");
  await form.getByLabel("Why").fill("quickly");
  await form.getByRole("button", { name: "Set", exact: true }).click();
  await form.getByText(/production is a stage: versions enter it by policy/).waitFor();
});

it("offers only the moves that are open, and says why the others are not", async () => {
  const { page, go, barriers, complaints } = seen;
  await go("/models/churn/1");
  await page.getByRole("button", { name: "Retire" }).waitFor();
  expect(await page.getByRole("button", { name: "Demote", exact: true }).count()).toBe(0);
  expect(await page.getByRole("button", { name: "Roll back", exact: true }).count()).toBe(0);
  await page.getByRole("button", { name: /^Why it cannot be demoted or rolled back/ }).click();
  await page.getByText(/there is nothing to take back/).waitFor();
  expect(await barriers()).toEqual([]);
  expect(complaints).toEqual([]);
});

it("pages through models, and through versions", async () => {
  const { page, go, settled, complaints } = seen;
  await go("/models?filter=DEMAND");
  await page.getByText(/^5 models have “DEMAND” in the name/).waitFor();
  expect(await page.getByRole("row").count()).toBe(6);
  await go("/models?filter=nosuch");
  await page.getByText("No model has “nosuch” in its name.").waitFor();
  for (let n = 0; n < 60; n += 1) {
    await ask("name", { target: { ref: n % 2 ? "churn:1" : "churn:2" }, name: `many-${n}` });
  }
  await go("/models");
  await page.getByRole("button", { name: "Show more" }).click();
  await settled();
  expect(await page.getByRole("row").count()).toBeGreaterThan(101);
  await page.getByRole("button", { name: "Show more" }).waitFor({ state: "detached" });
  expect(complaints).toEqual([]);
});
