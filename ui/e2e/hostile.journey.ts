import { afterAll, expect, it } from "vitest";
import { leave, visit } from "./browser";

const MARKUP = `<img src=x onerror="document.title='taken'"><script>document.title='taken'</script>`;
const WHERE = ["/", "/models", "/models/churn", "/data", "/data/plans", "/search?q=onerror"];

afterAll(leave);

it("shows what a store holds as text, never as markup", async () => {
  const { page, go, complaints, close } = await visit();
  await go("/models");
  const done = await page.evaluate(async (text) => {
    const say = (name: string, body: object) =>
      fetch(`/api/v1/${name}`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
      });
    const said = await Promise.all([
      say("describe", { target: { ref: "model:churn" }, text }),
      say("describe", { target: { ref: "data:plans" }, text }),
      say("alias", { name: "fraud-eu", alias: "challenger", version: 2, why: text }),
    ]);
    return said.map(({ status }) => status);
  }, MARKUP);
  expect(done).toEqual([200, 200, 200]);
  for (const path of WHERE) {
    await go(path);
    expect(await page.title()).toMatch(/ · forebear$/);
    expect(await page.locator("img").count()).toBe(0);
  }
  for (const path of ["/models/churn", "/models/fraud-eu"]) {
    await go(path);
    await page.getByText("<img src=x onerror").first().waitFor();
  }
  expect(complaints).toEqual([]);
  await close();
});

it("runs no script that is put into a page, and loads nothing from elsewhere", async () => {
  const { page, go, close } = await visit();
  await go("/");
  const ran = await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "document.title = 'taken'";
    document.body.append(script);
    return document.title;
  });
  expect(ran).not.toBe("taken");
  const loaded = await page.evaluate(() =>
    fetch("https://example.com/").then(
      () => true,
      () => false,
    ),
  );
  expect(loaded).toBe(false);
  await close();
});
