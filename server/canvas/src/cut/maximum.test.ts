import { describe, expect, it } from "vitest";
import type { RoundTrip } from "../wire/api.gen";
import { canMake, isFree, typedMicros, wrongMaximum } from "./maximum";

const plan = (high: number | null): RoundTrip =>
  ({
    requests: [{ possible: true }],
    price: { jobs: 1, low_micros: 1_000_000, high_micros: high, currency: "USD" },
  }) as unknown as RoundTrip;
const agreed = { generate: true, maxMicros: 0, allowUnknown: false };

describe("the most it may cost", () => {
  it("reads what is typed", () => {
    expect([typedMicros("$2.50"), typedMicros("2,5"), typedMicros(" "), typedMicros("-1"), typedMicros("x")]).toEqual([
      2_500_000,
      2_500_000,
      null,
      null,
      null,
    ]);
  });

  it("needs a producer and a maximum that suffices; free work needs neither", () => {
    expect(wrongMaximum(plan(0), agreed, false)).toBe("");
    expect(wrongMaximum(plan(2_000_000), { ...agreed, generate: false }, false)).toBe("");
    expect(wrongMaximum(plan(2_000_000), agreed, false)).toContain("producer");
    expect(wrongMaximum(plan(2_000_000), agreed, true)).toBe("Say the most it may cost.");
    expect(wrongMaximum(plan(2_000_000), { ...agreed, maxMicros: 1_999_999 }, true)).toContain("$2.00");
    expect(wrongMaximum(plan(2_000_000), { ...agreed, maxMicros: 2_000_000 }, true)).toBe("");
  });

  it("has an unknown price accepted by itself", () => {
    const some = { ...agreed, maxMicros: 5_000_000 };
    expect(wrongMaximum(plan(null), some, true)).toContain("not known");
    expect(wrongMaximum(plan(null), { ...some, allowUnknown: true }, true)).toBe("");
    expect([isFree(plan(null)), isFree(plan(0)), canMake(plan(0))]).toEqual([false, true, true]);
  });
});
