import { describe, expect, it } from "vitest";
import type { LoadoutFacts, ModelOffer, SwapFacts } from "../../wire/api.gen";
import { NO_FILTER, priceOf, type Row, shownRows, whyNot } from "./filter";

const row = (id: string, offer: Partial<ModelOffer> = {}, swap?: Partial<SwapFacts>): Row => ({
  profile: undefined,
  offer: {
    id,
    title: id,
    kind: "video",
    provider: id.split("/")[0] ?? "",
    local: false,
    previz: false,
    lifecycle: "available",
    lifecycle_words: "",
    key: true,
    fits: true,
    why_not: "",
    notes: [],
    currency: "USD",
    low_micros: 1_000_000,
    high_micros: 1_000_000,
    list_price: "",
    price_on: "",
    seconds_low: null,
    seconds_high: null,
    ...offer,
  },
  swap: swap && {
    node: "n",
    before: "",
    after: id,
    title: id,
    carries: [],
    lost: [],
    refusal: "",
    currency: "USD",
    low_micros: 0,
    high_micros: 0,
    before_low_micros: 0,
    before_high_micros: 0,
    consent: false,
    ...swap,
  },
});
const ids = (rows: readonly Row[]) => rows.map((one) => one.offer.id);

describe("the picker", () => {
  const rows = [
    row("local/previz", { low_micros: 0, high_micros: 0 }),
    row("fal/kling", { high_micros: 4_000_000, seconds_high: 60, key: false }),
    row("google/veo", {}, { low_micros: 3_000_000, high_micros: 3_200_000 }),
    row("luma/ray", { low_micros: null, high_micros: null }),
    row("fal/old", { lifecycle: "retired", lifecycle_words: "fal/old is retired." }),
    row("bfl/flux", {}, { refusal: "It takes no clip." }),
  ];

  it("keeps the bridge's order until somebody sorts", () => {
    expect(ids(shownRows(rows, NO_FILTER, []))).toEqual(ids(rows));
    expect(ids(shownRows(rows, { ...NO_FILTER, sort: "price", can: true }, []))).toEqual([
      "local/previz",
      "google/veo",
      "fal/kling",
      "luma/ray",
    ]);
    expect(ids(shownRows(rows, { ...NO_FILTER, sort: "time" }, []))[0]).toBe("fal/kling");
  });

  it("filters by words, provider, price and key", () => {
    expect(ids(shownRows(rows, { ...NO_FILTER, text: "VEO goo" }, []))).toEqual(["google/veo"]);
    expect(ids(shownRows(rows, { ...NO_FILTER, provider: "fal" }, []))).toEqual(["fal/kling", "fal/old"]);
    expect(ids(shownRows(rows, { ...NO_FILTER, most: 3_200_000, can: true }, []))).toEqual([
      "local/previz",
      "google/veo",
    ]);
    expect(ids(shownRows(rows, { ...NO_FILTER, ready: true }, []))).not.toContain("fal/kling");
  });

  it("counts an unknown price as above every budget", () => {
    expect(ids(shownRows(rows, { ...NO_FILTER, most: 100_000_000 }, []))).not.toContain("luma/ray");
  });

  it("goes by a loadout's own order", () => {
    const loadout = { shot: "hero", choices: [{ model: "luma/ray" }, { model: "google/veo" }] } as LoadoutFacts;
    expect(ids(shownRows(rows, { ...NO_FILTER, loadout: "hero" }, [loadout]))).toEqual(["luma/ray", "google/veo"]);
  });

  it("says what this node is told before what the example was", () => {
    expect(priceOf(row("a/b", { high_micros: 9 }, { high_micros: 5 })).high_micros).toBe(5);
    expect(whyNot(row("a/b", { fits: false, why_not: "Too long." }))).toBe("Too long.");
    expect(whyNot(row("a/b", { fits: false, why_not: "Too long." }, {}))).toBe("");
    expect(whyNot(row("a/b", { lifecycle: "retired", lifecycle_words: "Gone." }, {}))).toBe("Gone.");
  });
});
