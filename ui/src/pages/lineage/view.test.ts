import { describe, expect, it } from "vitest";
import { type Act, after, asked, read, START, told, type View } from "./view";

const churn: View = { ...START, target: "churn:1" };
const all = (view: View, ...acts: Act[]) => acts.reduce(after, view);

describe("a view", () => {
  it("is told by its address and read from it again", () => {
    const view = all(
      churn,
      { do: "expand", id: "sha256:a", direction: "up" },
      { do: "filter", by: { sorts: ["data", "model"], evidence: "observed", context: true } },
      { do: "time", asof: "2026-03-01T00:00:00Z" },
      { do: "columns", id: "sha256:b" },
      { do: "follow", id: "sha256:b", column: "age~in years" },
      { do: "depth", up: 3 },
      { do: "look", eye: "12,-34,0.65" },
    );
    expect(read(told(view) as Record<string, unknown>)).toEqual(view);
    expect(told(churn)).toEqual({ target: "churn:1" });
  });

  it("passes over what has another form than it should", () => {
    expect(read({ target: 7, up: "many", sorts: "data", list: "yes", nonsense: 1 })).toEqual({
      ...START,
      target: "7",
      sorts: ["data"],
    });
  });

  it("opens a stub, opens it further, and closes it again", () => {
    const expand: Act = { do: "expand", id: "x", direction: "down" };
    const collapse: Act = { do: "collapse", id: "x", direction: "down" };
    expect(all(churn, expand).open).toEqual(["down~x~12"]);
    expect(all(churn, expand, expand).open).toEqual(["down~x~24"]);
    expect(all(churn, expand, expand, collapse).open).toEqual([]);
    expect(all(churn, collapse).closed).toEqual(["down~x"]);
    expect(all(churn, collapse, expand)).toEqual(churn);
  });

  it("goes elsewhere with the way of looking and without what was opened", () => {
    const there = all(
      churn,
      { do: "filter", by: { evidence: "observed" } },
      { do: "expand", id: "x", direction: "up" },
      { do: "go", target: "data:raw" },
    );
    expect(there).toEqual({ ...START, target: "data:raw", evidence: "observed" });
  });

  it("shows an impact as what people look for, however far it lies", () => {
    const { sorts, up, down, mode } = after(churn, { do: "impact", target: "data:raw" });
    expect([sorts, up, down, mode]).toEqual([["model", "deployment", "consumer"], 0, 99, "impact"]);
  });

  it("follows one column at a time, and none if it is chosen again", () => {
    const follow: Act = { do: "follow", id: "x", column: "age" };
    expect(all(churn, follow).column).toBe("x~age");
    expect(all(churn, follow, follow).column).toBe("");
  });
});

describe("what is asked", () => {
  it("says what the view shows", () => {
    const view = all(
      churn,
      { do: "expand", id: "sha256:a", direction: "up" },
      { do: "path", toward: "data:raw" },
    );
    expect(asked(view)).toMatchObject({
      target: { ref: "churn:1" },
      toward: { ref: "data:raw" },
      up: 0,
      opened: [],
      as_of: null,
    });
    expect(asked(all(churn, { do: "expand", id: "sha256:a", direction: "up" })).opened).toEqual([
      { direction: "up", node: "sha256:a", most: 12 },
    ]);
  });
});
