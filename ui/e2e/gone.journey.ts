import { afterAll, expect, it } from "vitest";
import { leave, visit } from "./browser";

afterAll(leave);

it("says plainly that the server is gone, keeps what was shown, and goes on when it is back", async () => {
  const { page, go, shot, barriers, close } = await visit();
  await go("/models/churn");
  await page.route("**/api/**", (route) => route.abort());
  await page.getByRole("link", { name: "Data", exact: true }).click();
  const alert = page.getByRole("alert").filter({ hasText: "The server does not answer" });
  await alert.waitFor();
  await page.getByText("Not known while the server does not answer.").first().waitFor();
  expect(await page.getByRole("alert").count()).toBe(1);
  expect(await barriers()).toEqual([]);
  await shot("gone");
  await page.goBack();
  await page.getByRole("heading", { name: "churn", exact: true }).waitFor();
  await page.getByRole("row").filter({ hasText: "churn:3" }).first().waitFor();
  await page.unroute("**/api/**");
  await alert.waitFor({ state: "detached" });
  await page.getByRole("link", { name: "Data", exact: true }).click();
  await page.getByRole("link", { name: "customers", exact: true }).waitFor();
  await close();
});

it("says that a page could not be loaded", async () => {
  const { page, go, barriers, close } = await visit();
  await go("/models");
  await page.route("**/assets/**", (route) => route.abort());
  await page.getByRole("link", { name: "Runs", exact: true }).click();
  await page.getByRole("heading", { name: "This page cannot be shown" }).waitFor();
  expect(await barriers()).toEqual([]);
  await close();
});
