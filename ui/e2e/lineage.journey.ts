import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { leave, type Visit, visit } from "./browser";
import { forEverybody } from "./everybody";
import { base, fan, inputs } from "./record";

const query = (view: Record<string, unknown>) =>
  `/lineage?${new URLSearchParams(
    Object.entries(view).map(([name, value]) => [
      name,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  )}`;

forEverybody({
  "lineage-start": "/lineage",
  "lineage-map": query({ target: "churn:2", up: 9, down: 9 }),
  "lineage-list": query({ target: "churn:2", up: 2, down: 2, list: true }),
  "lineage-compare": query({ target: "churn:1", with: "churn:3", up: 4, down: 0 }),
});

it("says plainly that a thing is not known", async () => {
  const { page, go, barriers, close } = await visit();
  await go("/lineage?target=churnn");
  await page
    .getByRole("alert")
    .getByText(/churnn/)
    .first()
    .waitFor();
  expect(await barriers()).toEqual([]);
  await close();
});

describe("the explorer", () => {
  let seen: Visit;

  beforeEach(async () => {
    seen = await visit();
  });
  afterEach(async () => {
    expect(seen.complaints).toEqual([]);
    await seen.close();
  });
  afterAll(leave);

  const thing = (title: string) =>
    seen.page.locator(".thing", { has: seen.page.getByTitle(title, { exact: true }) }).first();
  const titles = () => seen.page.locator(".thing-title").allTextContents();
  const map = () => seen.page.getByRole("region", { name: /^Lineage of/ });

  it("traces a production model to raw data, with the mouse and with the keyboard", async () => {
    const { page, go, shot, settled } = seen;
    await go("/lineage?target=churn@production");
    await thing("churn:2").waitFor();
    // One link each side, and what lies beyond is counted.
    expect((await titles()).sort()).toEqual([
      "churn:2",
      "churn:2 in prod",
      "report.py",
      "train.py",
      "validate churn:2",
    ]);
    await shot("lineage-1-start");
    await page.getByRole("button", { name: /^Show more above train.py/ }).click();
    await thing("clean:1").waitFor();
    await map().focus();
    for (const [key, title] of [
      ["ArrowLeft", "clean:1"],
      ["Enter", "prepare.py"],
      ["ArrowLeft", "prepare.py"],
      ["Enter", "customers:1"],
      ["ArrowLeft", ""],
    ] as const) {
      await page.keyboard.press(key);
      await settled();
      if (title) await thing(title).waitFor();
    }
    expect(await titles()).toContain("plans:1");
    await page.waitForURL(/at=sha256/);
    await shot("lineage-2-raw");
    // The address leads back to the very same view.
    const before = (await titles()).sort();
    await page.goto(page.url());
    await settled();
    await thing("customers:1").waitFor();
    expect((await titles()).sort()).toEqual(before);
    await page.getByRole("button", { name: "Path from start" }).click();
    await page.getByText(/leads to churn:2 in \d+ links/).waitFor();
    await shot("lineage-3-path");
  });

  it("brings what is opened into view, and moves no more than it must", async () => {
    const { page, go, settled } = seen;
    await go("/lineage?target=churn:2");
    const where = async (title: string) => {
      const { x = 0, y = 0, width = 0 } = (await thing(title).boundingBox()) ?? {};
      return { x: Math.round(x), y: Math.round(y), right: Math.round(x + width) };
    };
    await thing("train.py").waitFor();
    const before = await where("train.py");
    await page.getByRole("button", { name: /^Show more above train.py/ }).click();
    await thing("clean:1").waitFor();
    await settled();
    const [frame, opened, after] = [
      await map().boundingBox(),
      await where("clean:1"),
      await where("train.py"),
    ];
    expect(opened.x).toBeGreaterThanOrEqual(frame?.x ?? 0);
    expect(after.y).toBe(before.y);
    // What was opened is at the edge of the window.
    expect(opened.x - (frame?.x ?? 0)).toBeLessThan(20);
  });

  it("finds what bad data reaches, and recalls it", async () => {
    const { page, go, shot, settled } = seen;
    await go("/lineage?target=data:plans:1");
    await thing("plans:1").click();
    await map().focus();
    await page.keyboard.press("i");
    await page.getByText(/plans:1 reaches 3 models .* 1 deployment/).waitFor();
    await thing("churn:2 in prod").waitFor();
    await shot("lineage-4-impact");
    await thing("plans:1").click();
    await page.getByRole("button", { name: "Recall …" }).click();
    await page.getByLabel("Why is it recalled?").fill("the prices were those of last year");
    await page.getByRole("button", { name: "Recall plans:1" }).click();
    await page.getByRole("status").getByText(/plans/).waitFor();
    await settled();
    await thing("churn:2")
      .getByTitle(/recall: .*last year/)
      .waitFor();
    await shot("lineage-5-recalled");
  });

  it("travels in time", async () => {
    const { page, go, shot } = seen;
    await go("/lineage?target=churn:2");
    await thing("churn:2 in prod").waitFor();
    const slider = page.getByRole("slider", { name: "Moment" });
    await slider.focus();
    await page.keyboard.press("Home");
    await page.getByText(/^As it was known on/).waitFor();
    await shot("lineage-6-earlier");
    for (let n = 0; n < 40 && !(await titles()).includes("train.py"); n += 1) {
      await page.keyboard.press("ArrowRight");
      await page.waitForTimeout(100);
    }
    expect(await titles()).not.toContain("churn:2 in prod");
    await page.getByRole("button", { name: "Now" }).click();
    await thing("churn:2 in prod").waitFor();
  });

  it("follows a column from its source to the model", async () => {
    const { page, go, shot } = seen;
    await go(query({ target: "churn:2", up: 4, down: 0 }));
    for (const title of ["customers:1", "clean:1"]) {
      await thing(title).click();
      await page.getByRole("button", { name: "Columns", exact: true }).click();
      // What was opened grows and is moved into view: a click meanwhile would miss.
      await thing(title).locator(".column").first().waitFor();
      await page.waitForTimeout(400);
    }
    await thing("customers:1")
      .getByRole("button", { name: /^tenure/ })
      .click();
    await page.getByText(/Reaches churn:2 as feature/).waitFor();
    await thing("clean:1").locator(".column.is-followed").first().waitFor();
    await thing("churn:2").getByText("tenure as feature").waitFor();
    // What has nothing to do with it steps back.
    expect(await page.locator(".thing.is-faded .thing-title").allTextContents()).toEqual([
      "plans:1",
    ]);
    await shot("lineage-7-column");
  });

  it("finds, focuses, filters and hides", async () => {
    const { page, go, settled } = seen;
    await go(query({ target: "churn:2", up: 4, down: 2 }));
    await thing("customers:1").waitFor();
    await map().focus();
    await page.keyboard.press("/");
    await page.keyboard.type("report");
    await page.keyboard.press("Enter");
    await page.getByRole("complementary", { name: "About report.py" }).waitFor();
    await map().focus();
    await page.keyboard.press("f");
    await page.locator(".thing.is-faded", { hasText: "validate churn:2" }).waitFor();
    expect(await page.locator(".thing.is-faded", { hasText: "customers:1" }).count()).toBe(0);
    await page.keyboard.press("Escape");
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keys of the map" }).waitFor();
    await page.keyboard.press("Escape");
    await thing("train.py").hover();
    await page.getByRole("button", { name: "Hide what is above train.py" }).click();
    await thing("customers:1").waitFor({ state: "detached" });
    await page.getByRole("button", { name: /^Show more above train.py/ }).click();
    await thing("customers:1").waitFor();
    await page.getByRole("button", { name: /^Filter/ }).click();
    await page.getByRole("checkbox", { name: "data" }).check();
    await page.getByRole("checkbox", { name: "model" }).check();
    await settled();
    await thing("train.py").waitFor({ state: "detached" });
    expect((await titles()).sort()).toContain("customers:1");
  });

  it("shows two ancestries with the place where they part", async () => {
    const { page, go, shot } = seen;
    await go(query({ target: "churn:1", with: "churn:3", up: 4, down: 0 }));
    await page.locator(".thing.is-parts", { hasText: "customers:1" }).waitFor();
    await page.locator(".thing.is-parts", { hasText: "customers:2" }).waitFor();
    expect(await page.locator(".thing.is-shared").allTextContents()).toHaveLength(2);
    await page.getByRole("cell", { name: "max_depth" }).waitFor();
    await shot("lineage-8-compare");
  });

  it("keeps what is shown as a picture and as a table", async () => {
    const { page, go } = seen;
    await go("/lineage?target=churn:2");
    await thing("churn:2").waitFor();
    for (const form of ["SVG", "PNG", "CSV"]) {
      await page.getByRole("button", { name: "Export" }).click();
      const [file] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("menuitem", { name: form }).click(),
      ]);
      expect(file.suggestedFilename()).toBe(`churn-2.${form.toLowerCase()}`);
    }
  });

  it("folds long fans, so that they fit a window", async () => {
    const { page, go, settled, shot } = seen;
    await base(2, "llm", 300);
    await inputs(3, "wide", 60);
    const frames = () => page.locator(".frame-head").allTextContents();
    const isInside = (selector: string) =>
      page.evaluate((one) => {
        const map = document.querySelector(".map")?.getBoundingClientRect() ?? new DOMRect();
        return [...document.querySelectorAll(one)]
          .map((each) => each.getBoundingClientRect())
          .every((box) => box.top >= map.top - 1 && box.bottom <= map.bottom + 1);
      }, selector);
    await go("/lineage?target=llm:1");
    expect(await isInside(".thing")).toBe(true);
    for (const most of [12, 24, 48, 96]) {
      await page.getByRole("button", { name: /^Show more below llm:1/ }).click();
      await settled();
      expect(await frames()).toEqual([`${most} of 300 runsmore`]);
      // One line leads to all of them, and none of them is above or below the window.
      expect(await page.locator(".map .tie").count()).toBe(1);
      expect(await isInside(".frame")).toBe(true);
    }
    await shot("lineage-11-fan");
    await go("/lineage?target=wide:1&up=2");
    for (const _ of [12, 24, 48, 96]) {
      await page.getByRole("button", { name: /^Show more above wide.py/ }).click();
      await settled();
      if ((await page.getByRole("button", { name: /^Show more above wide.py/ }).count()) === 0)
        break;
    }
    expect((await frames()).sort()).toEqual(["20 data", "40 data"]);
    expect(await titles()).toHaveLength(62);
    await shot("lineage-12-inputs");
  });

  it("has an address that leads back to the very same view", async () => {
    const { page, go, settled } = seen;
    const places = () =>
      page.evaluate(() =>
        [...document.querySelectorAll(".thing")].map((one) => {
          const { x, y, width } = one.getBoundingClientRect();
          return { x, y, width, looks: `${one.className} ${one.textContent}` };
        }),
      );
    await go(query({ target: "churn:2", up: 3 }));
    await page.getByRole("button", { name: /^Show more below validate churn:2/ }).click();
    await thing("train.py").click();
    await settled();
    const { x = 0, y = 0, height = 0 } = (await map().boundingBox()) ?? {};
    await page.mouse.move(x + 300, y + height - 30);
    await page.mouse.wheel(0, -120);
    await page.mouse.down();
    await page.mouse.move(x + 370, y + height - 70, { steps: 4 });
    await page.mouse.up();
    await page.waitForURL(/eye=/);
    await settled();
    const before = await places();
    const address = page.url();
    await page.goto("about:blank");
    await page.goto(address);
    await settled();
    await page.mouse.move(x + 370, y + height - 70);
    const after = await places();
    expect(after.map(({ looks }) => looks)).toEqual(before.map(({ looks }) => looks));
    for (const [place, { x, y, width }] of before.entries()) {
      expect(Math.abs(x - (after[place]?.x ?? 0))).toBeLessThanOrEqual(1);
      expect(Math.abs(y - (after[place]?.y ?? 0))).toBeLessThanOrEqual(1);
      expect(Math.abs(width - (after[place]?.width ?? 0))).toBeLessThanOrEqual(1);
    }
  });

  it("stays light where 5,000 things are around", async () => {
    const { page, go, shot } = seen;
    await fan(1, "clicks", 2_500);
    await go("/lineage?target=data:clicks&up=0&down=99");
    await thing("clicks:1").waitFor();
    // No hairball: a few of each sort, and the others counted.
    expect((await titles()).length).toBeLessThan(30);
    await page.getByRole("button", { name: /^Show more below clicks:1/ }).waitFor();
    expect(await thing("clicks:1").locator(".stub").first().textContent()).toBe("+2,494 runs");
    await shot("lineage-9-many");
    for (const most of [12, 24, 48]) {
      await page.getByRole("button", { name: /^Show more below clicks:1/ }).click();
      await page.waitForFunction(
        (count) => document.querySelectorAll(".thing-title[title='fit.py']").length >= count - 1,
        most,
      );
    }
    await shot("lineage-10-opened");
  });
});
