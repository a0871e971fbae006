import { describe, expect, test } from "vitest";
import { ago, lengthWords, moment, money, moneyRange, stateMark } from "./words";

describe("money", () => {
  test("amounts are millionths; unknown is said and never zero", () => {
    expect(money(3_200_000)).toBe("$3.20");
    expect(money(0)).toBe("$0.00");
    expect(money(4_000)).toBe("$0.0040");
    expect(money(null)).toBe("unknown price");
    expect(money(1_500_000, "EUR")).toBe("€1.50");
  });

  test("ranges", () => {
    expect(moneyRange(3_100_000, 4_600_000)).toBe("$3.10 – $4.60");
    expect(moneyRange(0, 0)).toBe("free");
    expect(moneyRange(2_000_000, 2_000_000)).toBe("$2.00");
    expect(moneyRange(2_000_000, null)).toBe("from $2.00, maximum unknown");
    expect(moneyRange(null, null)).toBe("unknown price");
  });
});

test("lengths count frames on the whole-number base of their rate", () => {
  expect(lengthWords(80, { num: 24, den: 1 })).toBe("3 s 08 f");
  expect(lengthWords(24, { num: 24000, den: 1001 })).toBe("1 s 00 f");
  expect(lengthWords(61, { num: 60000, den: 1001 })).toBe("1 s 01 f");
  expect(lengthWords(7, null)).toBe("7 f");
});

test("ages", () => {
  const now = Date.parse("2026-05-01T12:00:00Z");
  expect(ago("2026-05-01T11:59:30Z", now)).toBe("just now");
  expect(ago("2026-05-01T11:58:00Z", now)).toBe("2 min ago");
  expect(ago("2026-05-01T09:00:00Z", now)).toBe("3 h ago");
  expect(ago("2026-04-29T12:00:00Z", now)).toBe("2 d ago");
  expect(ago("not a time", now)).toBe("");
});

test("a moment is written the same everywhere, by the clock on the wall", () => {
  const at = new Date(2026, 10, 2, 9, 5);
  expect(moment(at.toISOString())).toBe("2026-11-02 09:05");
  expect(moment("not a time")).toBe("");
});

test("a state this page does not know is shown as none", () => {
  expect(stateMark("stale")).toBe("stale");
  expect(stateMark("from the future")).toBe("empty");
  expect(stateMark(undefined)).toBe("empty");
});
