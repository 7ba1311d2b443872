import { describe, expect, it } from "vitest";
import { visit } from "./browser";
import { forEverybody } from "./everybody";

forEverybody({
  data: "/data",
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

  it("is described, with what is refused beside its field", async () => {
    const { page, go, settled, shot, barriers, complaints, close } = await visit();
    await go("/data/plans");
    await page.getByRole("button", { name: "Describe …" }).click();
    const form = page.getByRole("dialog");
    await form.getByLabel("Description").fill("What each plan costs.");
    await form.getByLabel("Owner").fill("the pricing team");
    await form.getByLabel("Licence").fill("");
    await form.getByLabel("Tags").fill("no such, tag!");
    await form.getByRole("button", { name: "Save" }).click();
    await form.getByText("Not all of it was saved").waitFor();
    expect(await form.textContent()).toContain("cannot be a tag");
    expect(await barriers()).toEqual([]);
    await shot("data-describe");
    // What was not refused is saved, and what was is mended and sent alone.
    while (await form.locator(".mantine-Pill-remove").count()) {
      await form.locator(".mantine-Pill-remove").first().click();
    }
    await form.getByLabel("Tags").fill("pricing");
    await form.getByRole("button", { name: "Save" }).click();
    await form.waitFor({ state: "detached" });
    await settled();
    const main = page.getByRole("main");
    for (const said of ["What each plan costs.", "the pricing team (owner)", "pricing"]) {
      await main
        .getByText(said, { exact: said !== "What each plan costs." })
        .first()
        .waitFor();
    }
    await main.getByText("Nobody has given it a licence.").waitFor();
    // What went wrong is in the console too; nothing else is.
    expect(complaints.filter((one) => !one.includes("400"))).toEqual([]);
    await close();
  });

  it("has its columns documented", async () => {
    const { page, go, settled, shot, barriers, complaints, close } = await visit();
    await go("/data/customers?part=schema");
    await page.getByRole("button", { name: "Document age" }).click();
    const form = page.getByRole("dialog");
    await form.getByLabel("What it holds").fill("Age in years; empty where not told.");
    await form.getByLabel("Is it sensitive?").click();
    await page.getByRole("option", { name: "personal", exact: true }).click();
    expect(await barriers()).toEqual([]);
    await form.getByRole("button", { name: "Save" }).click();
    await form.waitFor({ state: "detached" });
    await settled();
    const row = page.getByRole("row").filter({ hasText: "Age in years" });
    expect(await row.textContent()).toContain("personal");
    await shot("data-documented");
    await page.getByRole("button", { name: "Document age" }).click();
    await form.getByLabel("Take back all that was said of it").check();
    await form.getByRole("button", { name: "Save" }).click();
    await form.waitFor({ state: "detached" });
    await row.waitFor({ state: "detached" });
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
