import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import { type Browser, chromium, type Page, type Request } from "playwright-core";

export const URL = process.env.FOREBEAR_URL ?? "http://127.0.0.1:8765";
const SHOTS = new globalThis.URL("../shots/", import.meta.url).pathname;
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export interface Options {
  width?: number;
  height?: number;
  dark?: boolean;
}

/** A window of a browser on the served store, and all that its console complains of. */
export interface Visit {
  page: Page;
  /** What the console said of errors; a journey ends with none. */
  complaints: string[];
  /** Go to an address below /ui and wait until nothing is awaited any more. */
  go: (path: string) => Promise<void>;
  /** Wait until nothing is awaited any more. */
  settled: () => Promise<void>;
  /** Keep a picture of the whole page as `ui/shots/NAME.png`. */
  shot: (name: string) => Promise<void>;
  /** What axe finds that keeps people out: `rule: element`. */
  barriers: () => Promise<string[]>;
  close: () => Promise<void>;
}

/** Looks at a page in a row that find nothing awaited, 40 ms and a frame apart. */
const STILL = 5;

/** Tell after a frame whether a page shows that it awaits something. */
const isBusy = () =>
  new Promise<boolean>((done) => {
    const look = () =>
      done(document.querySelector('[aria-label="Loading"], [aria-busy="true"]') !== null);
    setTimeout(() => requestAnimationFrame(look), 40);
  });

let browser: Browser | undefined;

/** Open a window. */
export async function visit({
  width = 1280,
  height = 800,
  dark = false,
}: Options = {}): Promise<Visit> {
  browser ??= await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu"],
  });
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: dark ? "dark" : "light",
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  const awaited = new Set<Request>();
  page.on("request", (request) => {
    // What is told as it happens never ends.
    if (request.resourceType() !== "eventsource") awaited.add(request);
  });
  page.on("requestfinished", (request) => awaited.delete(request));
  page.on("requestfailed", (request) => awaited.delete(request));
  const settled = async () => {
    await page.waitForLoadState();
    // An answer may lead to a further question: a page is still when it is so for some frames.
    for (let still = 0; still < STILL; ) {
      const busy = await page.evaluate(isBusy);
      still = busy || awaited.size > 0 ? 0 : still + 1;
    }
  };
  return {
    page,
    complaints,
    settled,
    go: async (path) => {
      await page.goto(`${URL}/ui${path}`);
      await settled();
    },
    shot: async (name) => {
      mkdirSync(SHOTS, { recursive: true });
      await page.screenshot({ path: `${SHOTS}${name}.png`, fullPage: true });
    },
    barriers: async () => {
      // Evaluated by the browser's debugger: the policy of the page allows no script of others.
      await page.evaluate(axe);
      const found = (await page.evaluate("axe.run()")) as AxeResults;
      return found.violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
    },
    close: () => context.close(),
  };
}

/** Close the browser; for `afterAll`. */
export async function leave(): Promise<void> {
  await browser?.close();
  browser = undefined;
}
