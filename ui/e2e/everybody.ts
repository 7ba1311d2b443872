import { afterAll, describe, expect, it } from "vitest";
import { leave, type Visit, visit } from "./browser";

const LOOKS = [
  [1280, "light"],
  [1280, "dark"],
  [390, "dark"],
  [390, "light"],
] as const;

/** Checks that what is shown is for everybody: wide and narrow, light and dark, by ear and by keyboard. */
export async function isForEverybody(seen: Visit, name: string): Promise<void> {
  const { page, settled, shot, barriers } = seen;
  for (const [width, colorScheme] of LOOKS) {
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ colorScheme });
    await settled();
    const look = `${name}-${width}-${colorScheme}`;
    await shot(look);
    expect(await barriers(), look).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth), look).toBe(width);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
}

/** Checks pages, each opened once. */
export function forEverybody(pages: Record<string, string>): void {
  afterAll(leave);
  describe.each(Object.entries(pages))("%s", (name, path) => {
    it("is for everybody", async () => {
      const seen = await visit();
      await seen.go(path);
      expect(await seen.page.title()).toMatch(/ · forebear$/);
      await isForEverybody(seen, name);
      expect(seen.complaints).toEqual([]);
      await seen.close();
    });
  });
}
