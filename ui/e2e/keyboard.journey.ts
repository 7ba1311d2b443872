import { afterAll, expect, it } from "vitest";
import { leave, visit } from "./browser";

afterAll(leave);

it("finds anything from anywhere by `/`", async () => {
  const { page, go, settled, complaints, close } = await visit();
  await go("/models");
  await page.keyboard.press("/");
  await page.keyboard.type("customers");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Search for “customers”" }).waitFor();
  await settled();
  await page.getByRole("main").getByRole("link", { name: "customers", exact: true }).click();
  await page.waitForURL(/\/ui\/data\/customers/);
  expect(complaints).toEqual([]);
  await close();
});

it("goes to any thing by the palette", async () => {
  const { page, go, shot, barriers, complaints, close } = await visit();
  await go("/");
  const field = page.getByPlaceholder("Go to …");
  // The palette is loaded after the page: until then nobody hears the keys.
  while (!(await field.isVisible())) {
    await page.keyboard.press("Control+k");
    await page.waitForTimeout(300);
  }
  await page.keyboard.type("fraud-eu");
  await page.getByRole("button", { name: /^fraud-eu model/ }).waitFor();
  await shot("palette");
  expect(await barriers()).toEqual([]);
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/ui\/models\/fraud-eu$/);
  expect(complaints).toEqual([]);
  await close();
});

it("is walked by the keyboard alone: to the content, and through the areas", async () => {
  const { page, go, settled, close } = await visit();
  await go("/");
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe(
    "Skip to the content",
  );
  await page.getByRole("link", { name: "Models", exact: true }).focus();
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/ui\/models$/);
  await settled();
  await page.getByRole("heading", { name: "Models", level: 1 }).waitFor();
  await close();
});
