import { describe, expect, it } from "vitest";
import type { Shown } from "./graph";
import { folded, groupWords } from "./groups";
import { blockOf } from "./layout";
import type { Link, Near, Sort } from "./view";

const link = (from: string, to: string, role: string): Link => ({
  from,
  to,
  type: "used",
  evidence: "observed",
  roles: [role],
});
const near = (id: string, sort: Sort): Near => ({ id, title: id, sort, kind: sort, depth: 0 });
const many = (name: string, count: number) => Array.from({ length: count }, (_, n) => name + n);

/** A base model that so many runs used, each of which made a model. */
function fan(count: number, hidden = 0): Shown {
  const runs = many("run", count);
  return {
    nodes: [near("base", "model"), ...runs.map((id) => near(id, "run"))],
    links: runs.map((id) => link("base", id, "base")),
    stubs: [
      { node: "base", direction: "down", hidden: { run: hidden } },
      { node: "run0", direction: "down", hidden: { model: 1 } },
    ],
  };
}
const NONE = new Set<string>();

describe("long fans", () => {
  it("are folded into one frame with one line, and say how many there are", () => {
    const drawing = folded(fan(18, 282), NONE);
    const [group] = drawing.groups;
    expect(group?.members).toEqual(many("run", 18));
    expect(drawing.ties.map(({ from, to, roles }) => [from, to, roles])).toEqual([
      ["base", group?.id, ["base"]],
    ]);
    expect(group && groupWords(group, drawing)).toEqual({
      words: "18 of 300 runs",
      more: { node: "base", direction: "down" },
    });
  });

  it("are a column as long as it is read at a glance", () => {
    const drawing = folded(fan(7), NONE);
    expect(drawing.groups).toEqual([]);
    expect(drawing.ties).toHaveLength(7);
  });

  it("are folded by what they are to the other", () => {
    const [learned, tested] = [many("train", 6), many("test", 5)];
    const shown: Shown = {
      nodes: [near("run", "run"), ...[...learned, ...tested].map((id) => near(id, "data"))],
      links: [
        ...learned.map((id) => link(id, "run", "train")),
        ...tested.map((id) => link(id, "run", "test")),
      ],
      stubs: [],
    };
    const drawing = folded(shown, NONE);
    expect(drawing.groups.map(({ members }) => members)).toEqual([learned, tested]);
    expect(drawing.ties.map(({ roles }) => roles)).toEqual([["train"], ["test"]]);
  });

  it("leave out what leads elsewhere, and what is to stand apart", () => {
    const shown = fan(12);
    shown.nodes.push(near("child", "model"));
    shown.links.push(link("run3", "child", ""));
    const drawing = folded(shown, new Set(["run5"]));
    const members = drawing.groups.flatMap((group) => group.members);
    expect(members).toHaveLength(10);
    expect(members).not.toContain("run3");
    expect(members).not.toContain("run5");
    const ends = drawing.ties.map(({ to }) => to);
    expect(ends).toEqual(expect.arrayContaining(["run3", "run5", "child"]));
  });

  it("that meet another are one line", () => {
    const [data, runs] = [many("data", 8), many("run", 8)];
    const drawing = folded(
      {
        nodes: [...data.map((id) => near(id, "data")), ...runs.map((id) => near(id, "run"))],
        links: data.flatMap((from) => runs.map((to) => link(from, to, "train"))),
        stubs: [],
      },
      NONE,
    );
    expect(drawing.groups).toHaveLength(2);
    expect(drawing.ties).toHaveLength(1);
  });

  it("lie row by row inside their frame", () => {
    const drawing = folded(fan(18, 282), NONE);
    const [group] = drawing.groups;
    if (group === undefined) throw new Error("no group");
    const { width, height, cells } = blockOf(group, drawing);
    expect(cells.size).toBe(18);
    for (const { x, y } of cells.values()) {
      expect(x).toBeGreaterThan(0);
      expect(y).toBeGreaterThan(0);
      expect(x + 190).toBeLessThan(width);
      expect(y + 50).toBeLessThan(height);
    }
    expect(new Set([...cells.values()].map(({ x, y }) => `${x} ${y}`)).size).toBe(18);
    // It fits a window of 1280 by 800 as large as it is.
    expect(width).toBeLessThan(1000);
    expect(height).toBeLessThan(510);
  });
});
