import { expect, it } from "vitest";
import { parts } from "./Worded";

const told = (text: string) =>
  parts(text).map((part) => (part.code ? `[${part.text}]` : part.text));

it("sets commands apart from words", () => {
  expect(told("ask `forebear models`, or `forebear data`.")).toEqual([
    "ask ",
    "[forebear models]",
    ", or ",
    "[forebear data]",
    ".",
  ]);
});

it("leaves words without commands, and a single backtick, as they are", () => {
  expect(told("nothing")).toEqual(["nothing"]);
  expect(told("a ` b").join("")).toBe("a ` b");
});
