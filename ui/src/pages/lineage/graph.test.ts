import { describe, expect, it } from "vitest";
import { followed } from "./columns";
import { linksCsv, nodesCsv, svg } from "./export";
import { between, compared, csv, kin, partings, pruned, step, stubWords } from "./graph";
import { folded } from "./groups";
import { deedOf } from "./keys";
import { type Box, fitting, nudge, shift } from "./layout";
import type { Answer, Link, Near } from "./view";
import { refOf } from "./words";

const node = (id: string, more: Partial<Near> = {}): Near => ({
  id,
  title: id,
  sort: "data",
  kind: "data",
  depth: 0,
  ...more,
});
const link = (from: string, to: string, more: Partial<Link> = {}): Link => ({
  from,
  to,
  type: "used",
  evidence: "observed",
  ...more,
});

// raw -> prepare -> clean -> train -> model -> service, and clean -> other
const LINKS = [
  link("raw", "prepare"),
  link("prepare", "clean"),
  link("clean", "train"),
  link("clean", "other"),
  link("train", "model"),
  link("model", "service"),
];
const ANSWER: Answer = {
  root: "model",
  roots: ["model"],
  title: "model",
  verdict: "",
  nodes: [
    node("model", { sort: "model" }),
    node("service", { sort: "deployment", depth: 1 }),
    node("train", { sort: "run", depth: -1 }),
    node("clean", { depth: -2 }),
    node("other", { sort: "run", depth: -1 }),
    node("prepare", { sort: "run", depth: -3 }),
    node("raw", { depth: -4 }),
  ],
  links: LINKS,
  stubs: [{ node: "clean", direction: "down", hidden: { run: 2 } }],
  way: [],
  complete: false,
  full: false,
};
const ids = (nodes: Near[]) => nodes.map(({ id }) => id).sort();

describe("what is closed", () => {
  it("hides what hangs from that side only, and counts it there", () => {
    const shown = pruned(ANSWER, ["up~clean"]);
    expect(ids(shown.nodes)).toEqual(["clean", "model", "other", "service", "train"]);
    expect(shown.stubs).toContainEqual({ node: "clean", direction: "up", hidden: { run: 1 } });
  });

  it("adds to what was not shown before", () => {
    const shown = pruned(ANSWER, ["down~clean", "up~model"]);
    expect(ids(shown.nodes)).toEqual(["model", "service"]);
    expect(pruned(ANSWER, ["up~train"]).stubs).toEqual([
      { node: "train", direction: "up", hidden: { data: 1 } },
    ]);
  });

  it("leaves an answer alone where nothing is closed", () => {
    expect(pruned(ANSWER, [])).toBe(ANSWER);
  });
});

describe("walking", () => {
  it("finds all that has to do with a thing", () => {
    expect([...kin("train", LINKS)].sort()).toEqual([
      "clean",
      "model",
      "prepare",
      "raw",
      "service",
      "train",
    ]);
  });

  it("finds what lies between things, and nothing where nothing does", () => {
    expect([...between(["raw", "clean"], "model", LINKS)].sort()).toEqual([
      "clean",
      "model",
      "prepare",
      "raw",
      "train",
    ]);
    expect(between(["other"], "model", LINKS).size).toBe(0);
  });

  it("goes along links with left and right, and beside them with up and down", () => {
    const places = new Map([
      ["clean", { x: 0, y: 0 }],
      ["other", { x: 100, y: -40 }],
      ["train", { x: 100, y: 10 }],
      ["model", { x: 200, y: 10 }],
    ]);
    expect(step("clean", "ArrowRight", LINKS, places)).toBe("train");
    expect(step("model", "ArrowLeft", LINKS, places)).toBe("train");
    expect(step("train", "ArrowUp", LINKS, places)).toBe("other");
    expect(step("other", "ArrowDown", LINKS, places)).toBe("train");
    expect(step("model", "ArrowRight", [], places)).toBeUndefined();
  });
});

describe("keys", () => {
  it("open what is hidden ahead, else behind", () => {
    expect(deedOf("Enter", "clean", ANSWER)).toEqual({
      do: "expand",
      id: "clean",
      direction: "down",
    });
    expect(deedOf("Enter", "raw", ANSWER)).toMatchObject({ direction: "up" });
    expect(deedOf("Backspace", "service", ANSWER)).toMatchObject({ direction: "down" });
  });

  it("do to each sort what can be done to it", () => {
    expect(deedOf("c", "raw", ANSWER)).toEqual({ do: "columns", id: "raw" });
    expect(deedOf("c", "train", ANSWER)).toBeUndefined();
    expect(deedOf("s", "train", ANSWER)).toEqual({ do: "enter", run: "train" });
    expect(deedOf("i", "nowhere", ANSWER)).toBeUndefined();
    expect(deedOf("?", "", ANSWER)).toEqual({ do: "help" });
  });
});

describe("refs", () => {
  it("are names where there are any", () => {
    expect(refOf(node("sha256:a", { name: "adult", version: 3 }))).toBe("data:adult:3");
    expect(refOf(node("sha256:a", { name: "m", version: 1, sort: "model" }))).toBe("model:m:1");
    expect(refOf(node("0192", { sort: "deployment" }))).toBe("run:0192");
    expect(refOf(node("sha256:a", { name: "label only" }))).toBe("sha256:a");
  });
});

describe("two ancestries", () => {
  it("share what has equal content, and part where all that comes before is shared", () => {
    const left = { ...ANSWER };
    const right: Answer = {
      ...ANSWER,
      nodes: [node("clean", { digest: "c" }), node("fit"), node("better")],
      links: [link("clean", "fit"), link("fit", "better")],
    };
    left.nodes = ANSWER.nodes.map((one) => (one.id === "clean" ? { ...one, digest: "c" } : one));
    left.nodes = left.nodes.filter(({ id }) => ["clean", "train", "model"].includes(id));
    left.links = LINKS.filter(
      ({ from, to }) =>
        ["clean", "train", "model"].includes(from) && to !== "other" && to !== "service",
    );
    const found = compared(left, right);
    expect(Object.fromEntries(found)).toEqual({
      clean: "shared",
      train: "parts",
      model: "differs",
      fit: "parts",
      better: "differs",
    });
  });
});

describe("the places where two ancestries part", () => {
  it("are told in pairs of the same name, the nearest first", () => {
    const left = [
      node("raw:1", { name: "raw", depth: -4 }),
      node("a", { title: "fit.py", sort: "run", depth: -1 }),
      node("same", { depth: -2 }),
    ];
    const right = [
      node("raw:2", { name: "raw", depth: -4 }),
      node("more", { name: "more", depth: -3 }),
      node("b", { title: "fit.py", sort: "run", depth: -1 }),
    ];
    const standing = new Map(
      [...left, ...right].map(({ id }) => [id, id === "same" ? "shared" : "parts"] as const),
    );
    const found = partings(left, right, standing);
    expect(found.map(({ left, right }) => [left?.id, right?.id])).toEqual([
      ["a", "b"],
      [undefined, "more"],
      ["raw:1", "raw:2"],
    ]);
  });
});

describe("layout", () => {
  it("leaves the thing in question where it lay", () => {
    const box = (x: number, y: number): Box => ({ x, y, width: 10, height: 10 });
    const before = new Map([["a", box(5, 5)]]);
    const after = new Map([
      ["a", box(100, 0)],
      ["b", box(200, 50)],
    ]);
    expect(shift(after, before, "a")).toEqual([-95, 5]);
    // Where it is gone, anything that is still there stays; where nothing is, nothing moves.
    expect(shift(after, new Map([["b", box(0, 0)]]), "a")).toEqual([-200, -50]);
    expect(shift(new Map([["c", box(1, 1)]]), before, "a")).toEqual([0, 0]);
  });
});

describe("the window", () => {
  const box = (x: number, y: number): Box => ({ x, y, width: 200, height: 50 });

  it("shows everything, no larger than it is", () => {
    expect(fitting([box(0, 0), box(400, 0)], box(0, 0), 1000, 500)).toEqual({
      x: 200,
      y: 225,
      zoom: 1,
    });
  });

  it("moves no further than it must", () => {
    expect([nudge(50, 100, 400), nudge(-30, 100, 400), nudge(350, 100, 400)]).toEqual([0, 46, -66]);
    // What is larger than the window is seen from its beginning.
    expect(nudge(100, 900, 400)).toBe(-84);
  });

  it("shows what can be read around the middle where all is too much, and nothing beside it", () => {
    const { x, zoom } = fitting([box(0, 0), box(9_800, 0)], box(9_800, 0), 1000, 500);
    expect(zoom).toBe(0.75);
    expect((1000 - x) / zoom).toBeCloseTo(10_080);
  });
});

describe("words and files", () => {
  it("say how much a stub hides", () => {
    const stub = { node: "x", direction: "up" as const };
    expect(stubWords({ ...stub, hidden: { run: 1234 } }, 6)).toBe("+1,234 runs");
    expect(stubWords({ ...stub, hidden: { run: 2, model: 1 } }, 0)).toBe("+3");
    expect(stubWords({ ...stub, hidden: { run: 994 }, links: 2_500 }, 6)).toBe("+2,494 runs");
  });

  it("are CSV that no spreadsheet takes for a formula", () => {
    expect(
      csv(
        ["a", "b"],
        [
          ['x,"y"', "=1+1"],
          [-1, null],
        ],
      ),
    ).toBe('a,b\r\n"x,""y""",\'=1+1\r\n-1,');
    expect(nodesCsv(ANSWER).split("\r\n")).toHaveLength(8);
    expect(nodesCsv(ANSWER)).toContain("clean,clean,data,data,-2,,,0,2");
    expect(linksCsv(ANSWER).split("\r\n")[1]).toBe("raw,prepare,raw,prepare,used,,,observed,");
  });

  it("are a picture in which text of the store stays text", () => {
    const evil = {
      ...ANSWER,
      nodes: [node("a", { title: '<script>"&' }), node("b")],
      links: [link("a", "b")],
    };
    const places = new Map(
      ["a", "b"].map((id, n) => [id, { x: 300 * n, y: 0, width: 190, height: 50 }]),
    );
    const drawn = svg({
      drawing: folded(evil, new Set()),
      layout: { things: places, frames: new Map() },
    });
    expect(drawn).toContain("&lt;script&gt;&quot;&amp;");
    expect(drawn).not.toContain("<script");
    const parsed = new DOMParser().parseFromString(drawn, "image/svg+xml");
    expect(parsed.querySelectorAll("path")).toHaveLength(1);
  });
});

describe("columns", () => {
  it("hang together when they are made of the same column of a source", () => {
    const origin = { source: "raw", column: "age" };
    const age = { name: "age", origins: [origin] };
    const columns = [age, { name: "age_scaled", origins: [origin] }, { name: "id" }];
    expect([...followed("raw", columns, "raw", age)]).toEqual(["age", "age_scaled"]);
    expect(followed("raw", columns, "raw", undefined).size).toBe(0);
    expect([...followed("raw", columns, "raw", { name: "id" })]).toEqual(["id"]);
  });
});
