import { describe, expect, it } from "vitest";
import { visit } from "./browser";
import { forEverybody } from "./everybody";

forEverybody({
  data: "/data",
  "data-recalled": "/data/fraud-eu-events",
  "data-profile": "/data/clean?part=profile",
  "data-quality": "/data/clean?part=quality",
  "data-drift": "/data/clean?part=drift",
  "data-rows": "/data/clean?part=rows",
});

describe("the catalog", () => {
  it("finds what a bad data set reaches, and recalls it", async () => {
    const { page, go, settled, shot, barriers, complaints, close } = await visit();
    await go("/data?name=custom");
    await page.getByRole("link", { name: "customers" }).click();
    await settled();
    await page.getByRole("tab", { name: "Uses" }).click();
    await settled();
    expect(await page.getByText(/customers:2 reaches/).textContent()).toContain("churn:3");
    await page.getByRole("button", { name: "Recall …" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Why").fill("prices of the second month are in cents");
    expect(await barriers()).toEqual([]);
    await shot("data-recall-form");
    await dialog.getByRole("button", { name: "Recall", exact: true }).click();
    await dialog.getByRole("status").waitFor();
    expect(await dialog.getByRole("status").textContent()).toMatch(/churn:3.*retrain/);
    await shot("data-recall-done");
    await page.keyboard.press("Escape");
    await page.getByRole("alert").waitFor();
    expect(await page.getByRole("alert").textContent()).toContain("in cents");
    expect(complaints).toEqual([]);
    await close();
  });

  it("says that there is no such data, and none like that", async () => {
    const { page, go, barriers, close } = await visit();
    await go("/data/nosuch");
    await page.getByRole("alert").waitFor();
    expect(await barriers()).toEqual([]);
    await go("/data?tag=nosuch");
    await page.getByText("No data set is like that.").waitFor();
    await close();
  });

  it("tells what a column holds and how far it is from the version before", async () => {
    const { page, go, settled, complaints, close } = await visit();
    await go("/data/clean?part=profile");
    await page.getByRole("button", { name: "monthly" }).click();
    await page.getByText("50 % are below").waitFor();
    await page.getByRole("tab", { name: "Drift" }).click();
    await settled();
    const row = page.getByRole("row").filter({ hasText: "monthly" });
    expect(await row.textContent()).toContain("strong");
    await page.getByLabel("Version", { exact: true }).first().click();
    await page.getByRole("option", { name: "version 1" }).click();
    await page.waitForURL(/data\/clean\/1\?part=drift/);
    expect(complaints).toEqual([]);
    await close();
  });
});
