import { describe, expect, it } from "vitest";
import type { Row } from "../models/filter";
import { amountText, cannotStart, drawn, microsOf, seedsOf, totalOf } from "./total";

const row = (low: number | null, high: number | null, currency = "USD"): Row =>
  ({ offer: { currency, low_micros: low, high_micros: high }, profile: undefined, swap: undefined }) as unknown as Row;
const asked = (change: Partial<Parameters<typeof cannotStart>[0]>) => ({
  total: totalOf([row(1_000_000, 3_000_000)], 1),
  seeds: [],
  seedless: [],
  most: 3_000_000,
  mayEdit: true,
  maySpend: true,
  ...change,
});

describe("a fan-out's price", () => {
  it("is each model's range times the seeds, unknown counted apart", () => {
    expect(totalOf([row(1_000_000, 3_000_000), row(0, 0), row(null, null)], 4)).toEqual({
      variants: 12,
      low: 4_000_000,
      high: 12_000_000,
      unknown: 4,
      currencies: ["USD"],
    });
    expect(totalOf([row(0, 0)], 0).variants).toBe(1);
  });

  it("reads amounts exactly", () => {
    expect(microsOf("$12.50")).toBe(12_500_000);
    expect(microsOf("0,034567")).toBe(34_567);
    expect(microsOf("-1")).toBeNull();
    expect(microsOf("1e3")).toBeNull();
    for (const micros of [0, 10_000, 34_567, 12_500_000]) expect(microsOf(amountText(micros))).toBe(micros);
  });
});

describe("what can be started", () => {
  it("needs a producer and an agreed amount for what is paid, an editor for what is free", () => {
    expect(cannotStart(asked({}))).toBe("");
    expect(cannotStart(asked({ maySpend: false }))).toContain("producer");
    expect(cannotStart(asked({ most: null }))).toContain("most");
    expect(cannotStart(asked({ most: 2_999_999 }))).not.toBe("");
    expect(cannotStart(asked({ total: totalOf([row(0, 0)], 2), most: null, maySpend: false }))).toBe("");
    expect(cannotStart(asked({ mayEdit: false }))).toContain("editor");
  });

  it("is refused beforehand for what the bridge would refuse", () => {
    expect(cannotStart(asked({ total: totalOf([row(0, 0)], 25) }))).toContain("24");
    expect(cannotStart(asked({ seeds: null }))).toContain("Seeds");
    expect(cannotStart(asked({ seeds: [1], seedless: ["Veo"] }))).toContain("Veo");
    expect(cannotStart(asked({ total: totalOf([row(1, 1), row(1, 1, "CNY")], 1) }))).toContain("currencies");
    expect(cannotStart(asked({ total: totalOf([], 1) }))).toContain("model");
  });

  it("draws and reads seeds", () => {
    let next = 0;
    expect(drawn(3, () => [0.5, 0.5, 0.25, 0][next++] ?? 0.9)).toEqual([2 ** 30, 2 ** 29, 0]);
    expect(seedsOf("17, 4411 17")).toEqual([17, 4411]);
    expect(seedsOf("17, x")).toBeNull();
    expect(seedsOf("")).toEqual([]);
  });
});
