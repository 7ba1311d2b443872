import { afterAll, expect, it } from "vitest";
import { leave, type Options, visit } from "./browser";

const TOKEN = process.env.FOREBEAR_TOKEN ?? "";
const VIEWER = process.env.FOREBEAR_VIEWER ?? "";

afterAll(leave);

it("lets in who has a token, and forgets it at the end", async () => {
  const { page, go, settled, shot, barriers, close } = await visit();
  await go("/models/churn");
  await page.getByRole("heading", { name: "Sign in to forebear" }).waitFor();
  await shot("sign-in");
  expect(await barriers()).toEqual([]);
  await page.getByRole("textbox", { name: "Token" }).fill("fbr_api_wrong");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").waitFor();
  await page.getByRole("textbox", { name: "Token" }).fill(TOKEN);
  await page.getByRole("button", { name: "Sign in" }).click();
  // Who asked for a page gets it, not the first one.
  await page.getByRole("heading", { name: "churn", exact: true }).waitFor();
  await settled();
  expect(await page.evaluate(() => document.cookie)).toBe("");
  await go("/sign-in?problem=forbidden");
  await page.getByRole("heading", { name: "Home" }).waitFor();
  await page.getByRole("button", { name: "Account of grace" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByText("an admin can add one").waitFor();
  await close();
});

/** Open a page and sign in there. */
async function signedIn(path: string, token: string, looks: Options = {}) {
  const seen = await visit(looks);
  await seen.go(path);
  await seen.page.getByRole("textbox", { name: "Token" }).fill(token);
  await seen.page.getByRole("button", { name: "Sign in" }).click();
  await seen.page.getByRole("heading", { name: "Sign in to forebear" }).waitFor({
    state: "detached",
  });
  await seen.settled();
  return seen;
}

it.each([
  [1280, false],
  [390, true],
])("tells who looks, and lets them make and end tokens, at %i px", async (width, dark) => {
  const { page, shot, barriers, settled, complaints, close } = await signedIn("/account", TOKEN, {
    width,
    dark,
  });
  await page.getByText("Signed in as admin everywhere; works in default.").waitFor();
  await page.getByRole("button", { name: "Make a token …" }).click();
  const form = page.getByRole("dialog");
  await form.getByLabel("What it is for").fill("a laptop");
  expect(await barriers()).toEqual([]);
  await form.getByRole("button", { name: "Make it" }).click();
  await form.getByText(/^fbr_/).waitFor();
  expect(await barriers()).toEqual([]);
  await form.getByRole("button", { name: "Close" }).last().click();
  await settled();
  const row = page.getByRole("row").filter({ hasText: "a laptop" }).first();
  expect(await row.textContent()).toContain("read, record");
  await shot(`account-${width}`);
  expect(await barriers()).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
  await row.getByRole("button", { name: "End now: a laptop" }).click();
  await row.getByText("ended").waitFor();
  expect(complaints.every((one) => one.includes("401"))).toBe(true);
  await close();
});

it("asks whose session has ended to sign in again, and keeps what they wrote", async () => {
  const { page, settled, shot, barriers, close } = await signedIn("/models/demand-eu", TOKEN);
  await page.getByRole("button", { name: "Set an alias …" }).click();
  const form = page.getByRole("dialog", { name: "Set an alias of demand-eu" });
  await form.getByLabel("Alias").fill("shadow");
  await form.getByLabel("Why").fill("as was agreed");
  // The form asks for the alias's history: that must not be what finds the session ended.
  await form.getByText("Nobody has used that alias yet.").waitFor();
  await settled();
  await page.context().clearCookies();
  await form.getByRole("button", { name: "Set", exact: true }).click();
  await page.getByText("Your session has ended").waitFor();
  expect(await barriers()).toEqual([]);
  await shot("session-ended");
  await page.getByRole("textbox", { name: "Token" }).fill(TOKEN);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("Your session has ended").waitFor({ state: "detached" });
  expect(await form.getByLabel("Why").inputValue()).toBe("as was agreed");
  await form.getByRole("button", { name: "Set", exact: true }).click();
  await page.getByRole("row").filter({ hasText: "as was agreed" }).first().waitFor();
  await close();
});

it("offers a viewer nothing that they may not do", async () => {
  const { page, go, shot, close } = await signedIn("/models/churn", VIEWER);
  const offered = () => page.getByRole("main").getByRole("button").allTextContents();
  for (const path of [
    "/models/churn",
    "/models/churn/2",
    "/models/churn/3?part=policy",
    "/data/clean",
    "/data/clean?part=schema",
  ]) {
    await go(path);
    await page
      .getByRole("tab")
      .or(page.getByRole("heading", { name: "Versions" }))
      .first()
      .waitFor();
    const words = (await offered()).join(" ");
    expect(words).not.toMatch(/Describe|Recall|Document|alias|Demote|Retire|Approve|Promote/);
  }
  await shot("viewer");
  await close();
});
