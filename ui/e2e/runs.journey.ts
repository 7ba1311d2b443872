import { describe, expect, it } from "vitest";
import { URL, visit } from "./browser";
import { forEverybody, isForEverybody } from "./everybody";

const TRAININGS = "name = 'train.py'";

forEverybody({
  runs: "/runs",
  "runs-found": `/runs?where=${encodeURIComponent("metrics.accuracy > 0.9")}&order=metrics.accuracy%20desc`,
});

/** Tell the server of a run as an MLflow client does. */
async function told(call: string, body: object) {
  const answer = await fetch(`${URL}/api/2.0/mlflow/${call}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(200);
  return (await answer.json()) as { run: { info: Record<string, unknown> } };
}

describe("runs", () => {
  it("are found by a filter, chosen and compared", async () => {
    const { page, go, settled, shot, barriers, complaints, close } = await visit();
    await go("/runs");
    const filter = page.getByLabel("Filter of runs");
    await filter.fill(TRAININGS);
    await filter.press("Enter");
    await page.getByText("3 runs fit.").waitFor();
    await page.getByRole("button", { name: "f1" }).click();
    await page.waitForURL(/order=metrics\.f1/);
    await page.getByRole("row").nth(1).filter({ hasText: "churn:2" }).waitFor();
    await page.getByLabel("Choose all, at most 200").check();
    await page.getByRole("link", { name: "Compare" }).click();
    await settled();
    await page.getByText(/differ in 1 parameter \(max_depth\)/).waitFor();
    expect(await page.getByRole("row").filter({ hasText: "max_depth" }).textContent()).toMatch(
      /max_depth692/,
    );
    for (const part of ["Parallel coordinates", "Scatter", "Code and environment"]) {
      await page.getByRole("tab", { name: part }).click();
      await settled();
      expect(await barriers()).toEqual([]);
      await shot(`compare-${part.toLowerCase().replaceAll(" ", "-")}`);
    }
    await page.getByText("Both ran the same 1 source file.").waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  it("are looked at by a view that was saved", async () => {
    const { page, go, barriers, settled, shot, complaints, close } = await visit();
    await go(`/runs?where=${encodeURIComponent(TRAININGS)}&order=metrics.f1%20desc`);
    await page.getByRole("button", { name: "Views" }).click();
    await page.getByRole("button", { name: "Save this view …" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("trainings");
    expect(await barriers()).toEqual([]);
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.waitFor({ state: "hidden" });
    await go("/runs");
    await page.getByRole("button", { name: "Views" }).click();
    await page.getByRole("button", { name: "trainings", exact: true }).waitFor();
    await settled();
    expect(await barriers()).toEqual([]);
    await shot("runs-views");
    await page.getByRole("button", { name: "trainings", exact: true }).click();
    await page.getByText("3 runs fit.").waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  it("are followed while they go on", async () => {
    const { page, go, complaints, close } = await visit();
    const { run } = await told("runs/create", { run_name: "live.py" });
    const id = run.info.run_id as string;
    const log = (step: number, value: number) =>
      told("runs/log-metric", { run_id: id, key: "loss", value, step, timestamp: Date.now() });
    await log(1, 0.75);
    await log(2, 0.5);
    await go(`/runs/${id.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-")}`);
    await page.getByText("live", { exact: true }).waitFor();
    await page.getByRole("row").filter({ hasText: "loss" }).filter({ hasText: "0.5" }).waitFor();
    await log(3, 0.25);
    await page.getByRole("row").filter({ hasText: "loss" }).filter({ hasText: "0.25" }).waitFor();
    await told("runs/update", { run_id: id, status: "FINISHED" });
    await page.getByText("finished", { exact: true }).waitFor();
    await page.getByRole("tab", { name: "Figures" }).click();
    await page.getByRole("img", { name: "loss over the steps" }).waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  it("are kept fresh in the list, and new ones wait until somebody asks for them", async () => {
    const { page, go, shot, barriers, complaints, close } = await visit();
    const { run } = await told("runs/create", { run_name: "going.py" });
    await go("/runs");
    const row = page.getByRole("row").filter({ hasText: "going.py" });
    await row.getByText("running").waitFor();
    const top = await row.boundingBox();
    await told("runs/create", { run_name: "later.py" });
    await told("runs/update", { run_id: run.info.run_id, status: "FINISHED" });
    await row.getByText("finished").waitFor();
    await page.getByRole("button", { name: "Show 1 new run" }).waitFor();
    expect(await page.getByRole("row").filter({ hasText: "later.py" }).count()).toBe(0);
    expect((await row.boundingBox())?.y).toBe(top?.y);
    expect(await barriers()).toEqual([]);
    await shot("runs-new");
    await page.getByRole("button", { name: "Show 1 new run" }).click();
    await page.getByRole("row").filter({ hasText: "later.py" }).waitFor();
    await page.getByRole("button", { name: /^Show \d+ new run/ }).waitFor({ state: "detached" });
    expect(complaints).toEqual([]);
    await close();
  });

  it("are found by filters with or and brackets", async () => {
    const { page, go, complaints, close } = await visit();
    await go("/runs");
    const filter = page.getByLabel("Filter of runs");
    await filter.fill("(name = 'train.py' or name = 'report.py') and not params.max_depth = 2");
    await filter.press("Enter");
    await page.getByText("3 runs fit.").waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  it("say how to keep what is printed where it was not kept", async () => {
    const { page, go, close } = await visit();
    await go(`/runs?where=${encodeURIComponent(TRAININGS)}`);
    await page.getByRole("link", { name: "train.py" }).last().click();
    await page.getByRole("tab", { name: "Log" }).click();
    await page.getByText("forebear run --keep-output train.py --depth 2").waitFor();
    await close();
  });

  it("are told not to be there where they are not", async () => {
    const { page, go, barriers, close } = await visit();
    await go("/runs/01990000-0000-7000-8000-000000000000");
    await page.getByRole("alert").waitFor();
    expect(await barriers()).toEqual([]);
    await go("/runs/compare");
    await page.getByText("Choose two or more runs").waitFor();
    await go(`/runs?where=${encodeURIComponent("name = 'nobody.py'")}`);
    await page.getByText("No run fits.").waitFor();
    await close();
  });

  it("say what is wrong with a filter, and keep what was written", async () => {
    const { page, go, close } = await visit();
    await go("/runs");
    const filter = page.getByLabel("Filter of runs");
    await filter.fill("status = finished");
    await filter.press("Enter");
    const alert = page.getByRole("alert");
    await alert.waitFor();
    expect(await alert.textContent()).toContain("A text stands in quotes: 'finished'");
    expect(await filter.inputValue()).toBe("status = finished");
    await close();
  });

  it("scroll to the last of two thousand, of which few are in the page", async () => {
    const { page, go, complaints, close } = await visit();
    await go("/runs");
    const every = page.getByText(/^2,0\d\d runs\.$/);
    for (let pressed = 0; pressed < 200 && !(await every.count()); pressed += 1) {
      await page.keyboard.press("End");
      await page.waitForTimeout(200);
    }
    expect(await every.count()).toBe(1);
    expect(await page.getByRole("row").count()).toBeLessThan(100);
    expect(complaints).toEqual([]);
    await close();
  });

  it("are told with their figures, steps, code and environment", async () => {
    const seen = await visit();
    const { page, go, settled, complaints, close } = seen;
    await go(`/runs?where=${encodeURIComponent(TRAININGS)}`);
    await page.getByRole("link", { name: "train.py" }).first().click();
    await settled();
    await page.getByText(/It finished and took/).waitFor();
    for (const part of ["Overview", "Figures", "Steps", "Log", "Code", "Environment"]) {
      await page.getByRole("tab", { name: part }).click();
      await settled();
      await isForEverybody(seen, `run-${part.toLowerCase()}`);
      if (part === "Code") {
        await page.getByRole("button", { name: "train.py" }).click();
        await page.getByText("RandomForestClassifier(n_estimators=20").waitFor();
      }
    }
    expect(complaints).toEqual([]);
    await close();
  });
});
