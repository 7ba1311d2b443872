import { afterAll, describe, expect, it } from "vitest";
import { leave, visit } from "./browser";

/** Checks that pages are for everybody: wide and narrow, light and dark, by ear and by keyboard. */
export function forEverybody(pages: Record<string, string>): void {
  afterAll(leave);
  describe.each(Object.entries(pages))("%s", (name, path) => {
    it.each([
      [1280, false],
      [1280, true],
      [390, false],
      [390, true],
    ])("is for everybody at %i px, dark: %s", async (width, dark) => {
      const { page, complaints, go, shot, barriers, close } = await visit({ width, dark });
      await go(path);
      await shot(`${name}-${width}${dark ? "-dark" : ""}`);
      expect(await barriers()).toEqual([]);
      expect(await page.title()).toMatch(/ · forebear$/);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
        width,
      );
      expect(complaints).toEqual([]);
      await close();
    });
  });
}
