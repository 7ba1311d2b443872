import { afterAll, expect, it } from "vitest";
import { leave, visit } from "./browser";

afterAll(leave);

it("tells what needs attention now, and leads to where something can be done", async () => {
  const { page, go, settled, complaints, close } = await visit();
  await go("/");
  const concerns = page.getByRole("region", { name: "Needs attention" }).getByRole("listitem");
  const told = await concerns.allTextContents();
  for (const kind of ["recall, now", "drift, now", "failing checks", "runs out", "below the bar"]) {
    expect(told.some((one) => one.includes(kind))).toBe(true);
  }
  await concerns.filter({ hasText: "below the bar" }).first().getByRole("link").click();
  await page.getByRole("heading", { name: "Audit of fraud-eu:1" }).waitFor();
  await go("/");
  await concerns.filter({ hasText: "The override" }).getByRole("link").click();
  await settled();
  await page.getByText("May it enter production?").waitFor();
  expect(complaints).toEqual([]);
  await close();
});
