import { describe, expect, it } from "vitest";
import { ago, bytes, figure, many, moment } from "./said";

describe("what is said", () => {
  const now = Date.parse("2026-03-04T12:00:00Z");

  it("tells how long ago, and how long until", () => {
    expect(ago("2026-03-01T12:00:00Z", now)).toBe("3 days ago");
    expect(ago("2026-03-04T11:59:40Z", now)).toBe("just now");
    expect(ago("2026-03-04T14:30:00Z", now)).toBe("in 2 hours");
  });

  it("tells moments in UTC", () => {
    expect(moment("2026-03-01T13:00:00.25+01:00")).toBe("2026-03-01 12:00:00 UTC");
  });

  it("tells whole numbers whole and others in four digits", () => {
    expect(figure(1234567)).toBe("1,234,567");
    expect(figure(0.123456)).toBe("0.1235");
    expect(figure(null)).toBe("–");
  });

  it("tells sizes and counts", () => {
    expect(bytes(0)).toBe("0 bytes");
    expect(bytes(1)).toBe("1 byte");
    expect(bytes(1_500_000)).toBe("1.5 MB");
    expect(many(1, "version")).toBe("1 version");
    expect(many(0, "entry", "entries")).toBe("0 entries");
  });
});
