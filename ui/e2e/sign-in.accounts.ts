import { afterAll, expect, it } from "vitest";
import { leave, visit } from "./browser";

const TOKEN = process.env.FOREBEAR_TOKEN ?? "";

afterAll(leave);

it("lets in who has a token, and forgets it at the end", async () => {
  const { page, go, settled, shot, barriers, close } = await visit();
  await go("/models/churn");
  await page.getByRole("heading", { name: "Sign in to forebear" }).waitFor();
  await shot("sign-in");
  expect(await barriers()).toEqual([]);
  await page.getByRole("textbox", { name: "Token" }).fill("fbr_api_wrong");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").waitFor();
  await page.getByRole("textbox", { name: "Token" }).fill(TOKEN);
  await page.getByRole("button", { name: "Sign in" }).click();
  // Who asked for a page gets it, not the first one.
  await page.getByRole("heading", { name: "churn", exact: true }).waitFor();
  await settled();
  expect(await page.evaluate(() => document.cookie)).toBe("");
  await go("/sign-in?problem=forbidden");
  await page.getByRole("heading", { name: "Home" }).waitFor();
  await page.getByRole("button", { name: "grace" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByText("an admin can add one").waitFor();
  await close();
});
