// How long people wait on the map: from a key, a move or a press until its effect is painted.
import { loadavg } from "node:os";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, it } from "vitest";
import { leave, visit } from "./browser";
import { fan, mesh } from "./record";

const TIMES = 12;

type Act = (page: Page, time: number) => Promise<unknown>;
interface Deed {
  /** The event that begins it. */
  event: string;
  act: Act;
  /** Evaluated in the page: whether the effect is there; `before` is what `state` was. */
  state: string;
}

/** Where things are that lie within the map. */
const PLACES = `(() => {
  const map = document.querySelector(".map").getBoundingClientRect();
  return [...document.querySelectorAll(".thing")]
    .map((thing) => thing.getBoundingClientRect())
    .filter(({ x, y }) => x > map.x && y > map.y && x < map.right - 99 && y < map.bottom - 99)
    .map(({ x, y, width, height }) => [x + width / 2, y + height / 2]);
})()`;
const DEEDS: Record<string, Deed> = {
  "arrow key": {
    event: "keydown",
    act: (page, time) => page.keyboard.press(time % 2 ? "ArrowUp" : "ArrowDown"),
    state: `document.querySelector(".thing.is-chosen .thing-title")?.closest(".react-flow__node")?.dataset.id ?? ""`,
  },
  hover: {
    event: "mouseover",
    act: async (page, time) => {
      const places = (await page.evaluate(PLACES)) as [number, number][];
      const [x, y] = places[(3 * time) % places.length] ?? [0, 0];
      await page.mouse.move(x, y);
    },
    state: `[...document.querySelectorAll(".thing:not(.is-faded) .thing-title")].map(e => e.textContent).join()`,
  },
  focus: {
    event: "keydown",
    act: (page) => page.keyboard.press("f"),
    state: `document.querySelectorAll(".thing.is-faded").length`,
  },
  pan: {
    event: "pointermove",
    act: (page, time) => page.mouse.move(640 + 12 * (time % 2 ? 1 : -1), 600 + time),
    state: `document.querySelector(".react-flow__viewport").style.transform`,
  },
  zoom: {
    event: "wheel",
    act: (page, time) => page.mouse.wheel(0, time % 2 ? 60 : -60),
    state: `document.querySelector(".react-flow__viewport").style.transform`,
  },
};

beforeAll(async () => {
  await mesh(11, "mesh", 20, 14);
  await fan(12, "base", 300);
  await fan(13, "clicks", 2_500);
});
afterAll(leave);

const CASES = {
  "200 things": "/lineage?target=mesh:1&up=99&down=0",
  "500 things": "/lineage?target=mesh:1&up=99&down=0&limit=500",
  "192 of 300 runs": `/lineage?target=data:base:1&down=1&open=${encodeURIComponent(
    JSON.stringify([`down~sha256:${(12_000_001).toString(16).padStart(64, "0")}~192`]),
  )}`,
  "of 5,000 things": "/lineage?target=data:clicks:1&up=0&down=99",
};

it.each(Object.entries(CASES))("%s", async (name, path) => {
  const { page, go, settled, close } = await visit();
  await go(path);
  // All of it at once, however small: that is the most that is ever drawn.
  await page.getByRole("button", { name: "Fit View" }).click();
  await settled();
  const drawn = await page.evaluate(() => document.querySelectorAll(".thing").length);
  console.log(`${name}: ${drawn} drawn; load ${loadavg()[0]?.toFixed(1)}`);
  // What the page itself computes, however busy the machine is.
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const worked = async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0;
  };
  const places = (await page.evaluate(PLACES)) as [number, number][];
  await page.mouse.click(...(places[3] ?? [0, 0]));
  await settled();
  await page.locator(".map").focus();
  for (const [deed, { event, act, state }] of Object.entries(DEEDS)) {
    if (deed === "focus") await page.mouse.move(640, 100);
    if (deed === "pan") {
      await page.mouse.move(640, 600);
      await page.mouse.down();
    }
    const waits: number[] = [];
    const before = await worked();
    for (let time = 0; time < TIMES; time += 1) {
      const wait = page.evaluate(
        `(${waiting})("${event}", () => String(${state}))`,
      ) as Promise<number>;
      await page.evaluate("new Promise(requestAnimationFrame)");
      await act(page, time);
      waits.push(await wait);
      await page.waitForTimeout(80);
    }
    if (deed === "pan") await page.mouse.up();
    const work = (1000 * ((await worked()) - before)) / TIMES;
    console.log(`  ${deed.padEnd(10)} ${said(waits)}; ${work.toFixed(0)} ms of CPU each`);
  }
  await close();
});

/** Runs in the page: from an event until the page looks another way, and is painted; -1 is never. */
const waiting = (event: string, state: () => string) => {
  const before = state();
  return new Promise<number>((done) => {
    setTimeout(() => done(-1), 1_500);
    const begin = ({ timeStamp }: Event) => {
      const painted = new MessageChannel();
      painted.port1.onmessage = () => done(performance.now() - timeStamp);
      const look = () =>
        state() === before ? requestAnimationFrame(look) : painted.port2.postMessage("");
      requestAnimationFrame(look);
    };
    window.addEventListener(event, begin, { capture: true, once: true });
  });
};

function said(waits: number[]): string {
  const sorted = waits.filter((wait) => wait >= 0).sort((one, other) => one - other);
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))]?.toFixed(0) ?? "–";
  const without = waits.length - sorted.length;
  return `median ${at(0.5)} ms, 90 % ${at(0.9)} ms, most ${at(1)} ms${without ? `, ${without} without effect` : ""}`;
}
