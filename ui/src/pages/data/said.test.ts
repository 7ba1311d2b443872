import { describe, expect, it } from "vitest";
import { changes, shape, share, shown } from "./said";

describe("what is said of data", () => {
  it("tells shapes", () => {
    expect(shape(3039, 8)).toBe("3,039 × 8");
    expect(shape(3039)).toBe("3,039 rows");
    expect(shape(null)).toBe("–");
  });

  it("tells shares, and a small one is not nothing", () => {
    const plain = (text: string) => text.replace("\u00a0", " ");
    expect(plain(share(1, 8))).toBe("12.5 %");
    expect(plain(share(1, 6000))).toBe("0.017 %");
    expect(plain(share(0, 8))).toBe("0 %");
    expect(plain(share(8, 8))).toBe("100 %");
    expect(share(0, 0)).toBe("–");
  });

  it("tells texts as they are", () => {
    expect(shown("1970-01-01")).toBe("1970-01-01");
    expect(shown(1234.5678)).toBe("1,235");
  });

  it("tells what became of the columns", () => {
    expect(
      changes({
        added: [{ name: "a", type: "int64" }],
        removed: [{ name: "b", type: "text" }],
        renamed: [{ before: "c", after: "d" }],
        retyped: [{ column: "e", before: "int64", after: "double" }],
        moved: true,
      }),
    ).toEqual([
      "added a (int64)",
      "removed b",
      "renamed c → d",
      "another type: e int64 → double",
      "another order",
    ]);
    expect(changes({ changed: ["a"] })).toEqual([]);
  });
});
