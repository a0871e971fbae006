import { describe, expect, it } from "vitest";
import type { Take } from "../canvas/model";
import type { Entry } from "./entries";
import { spoken, spokenPrice } from "./entries";
import { filtersOf, find, matchesText, NO_FILTERS, queryOf, sorted } from "./filter";

function entry(change: Partial<Entry> & { id: string }, take: Partial<Take> = {}): Entry {
  const whole = {
    id: change.id,
    node_id: change.node ?? "n1",
    seq: 1,
    origin: "generated",
    outputs: {},
    notes: [],
    rating: null,
    best: null,
    hidden: false,
    previz: false,
    seed_used: null,
    recipe: null,
    recipe_fp: null,
    currency: "USD",
    ...take,
  } as unknown as Take;
  return {
    take: whole,
    node: "n1",
    title: "SH_0420",
    kind: "video",
    pinned: false,
    inTimeline: false,
    guiding: false,
    outdated: false,
    locked: false,
    model: "google/veo-3.1",
    provider: "google",
    author: "Ada",
    micros: 3_200_000,
    made: 0,
    ...change,
  };
}

const none = () => "";

describe("filters", () => {
  it("count what each chip would give, the others as they are", () => {
    const all = [
      entry({ id: "a", model: "veo" }, { rating: "keep" }),
      entry({ id: "b", model: "veo" }, { rating: null }),
      entry({ id: "c", model: "kling" }, { rating: "keep" }),
    ];
    const found = find(all, { ...NO_FILTERS, rating: ["keep"] }, none);
    expect(found.shown.map((one) => one.id).sort()).toEqual(["a", "c"]);
    expect(Object.fromEntries(found.counts.model)).toEqual({ veo: 1, kling: 1 });
    // Ratings are counted as if none were chosen.
    expect(Object.fromEntries(found.counts.rating)).toEqual({ keep: 2, none: 1 });
    expect(found.judged).toEqual({ done: 2, all: 3 });
  });

  it("agree with themselves: choosing a value shows as many as its chip said", () => {
    const values = ["x", "y", "z"];
    const all = Array.from({ length: 240 }, (_, index) =>
      entry(
        {
          id: `t${index}`,
          model: values[index % 3] ?? "",
          author: values[(index * 7) % 2] ?? "",
          pinned: index % 5 === 0,
        },
        { hidden: index % 11 === 0, previz: index % 4 === 0 },
      ),
    );
    for (const filters of [NO_FILTERS, { ...NO_FILTERS, author: ["x"] }, { ...NO_FILTERS, is: ["previz"] as const }]) {
      const { counts } = find(all, filters, none);
      for (const [model, count] of counts.model) {
        expect(find(all, { ...filters, model: [model] }, none).shown.length).toBe(count);
      }
      if (filters.is.length === 0) {
        for (const [state, count] of counts.is) {
          expect(find(all, { ...filters, is: [state as "pinned"] }, none).shown.length).toBe(count);
        }
      }
    }
  });

  it("leave hidden takes out until they are asked for", () => {
    const all = [entry({ id: "a" }), entry({ id: "b" }, { hidden: true })];
    expect(find(all, NO_FILTERS, none).shown.map((one) => one.id)).toEqual(["a"]);
    expect(find(all, { ...NO_FILTERS, is: ["hidden"] }, none).shown.map((one) => one.id)).toEqual(["b"]);
  });

  it("take prices with both ends in, and no unknown ones", () => {
    const all = [
      entry({ id: "a", micros: 1_000_000 }),
      entry({ id: "b", micros: null }),
      entry({ id: "c", micros: 5 }),
    ];
    const shown = find(all, { ...NO_FILTERS, low: 5, high: 1_000_000 }, none).shown.map((one) => one.id);
    expect(shown.sort()).toEqual(["a", "c"]);
  });

  it("look for every word, in prompts as well", () => {
    expect(matchesText(entry({ id: "a" }), "rain 0420", "a ferry in Rain")).toBe(true);
    expect(matchesText(entry({ id: "a" }), "rain 0430", "a ferry in Rain")).toBe(false);
  });

  it("come back from the address as they went in, nonsense left out", () => {
    const filters = {
      ...NO_FILTERS,
      text: "a & b",
      model: ["x/y", "é"],
      is: ["pinned" as const],
      low: 1_500_000,
      sort: "price" as const,
    };
    const query = queryOf(filters, new URLSearchParams("scope=all"));
    expect(query.get("scope")).toBe("all");
    expect(filtersOf(new URLSearchParams(query.toString()))).toEqual(filters);
    expect(filtersOf(new URLSearchParams("is=%3Cimg%3E&sort=evil&from=-3&to=abc"))).toEqual(NO_FILTERS);
  });

  it("sort the same way whatever the order before", () => {
    const all = Array.from({ length: 50 }, (_, index) =>
      entry({ id: `t${index}`, made: index % 7, micros: index % 3 }, { seq: index }),
    );
    for (const sort of ["newest", "oldest", "price", "rating", "shot"] as const) {
      const once = sorted(all, sort).map((one) => one.id);
      expect(sorted([...all].reverse(), sort).map((one) => one.id)).toEqual(once);
    }
  });
});

describe("what is read aloud", () => {
  it("says number, marks, rating, model and price", () => {
    const said = spoken(
      entry({ id: "a", pinned: true, outdated: true }, { seq: 5, rating: "keep" }),
      { "google/veo-3.1": "Veo 3.1" },
      false,
    );
    expect(said).toBe("Take 5, pinned, rated keep, Veo 3.1, 3 dollars 20, out of date");
  });

  it("speaks prices", () => {
    expect(spokenPrice(3_200_000, "USD")).toBe("3 dollars 20");
    expect(spokenPrice(1_000_000, "USD")).toBe("1 dollar");
    expect(spokenPrice(50_000, "USD")).toBe("5 cents");
    expect(spokenPrice(2_050_000, "USD")).toBe("2 dollars 05");
    expect(spokenPrice(0, "USD")).toBe("free");
    expect(spokenPrice(null, "USD")).toBe("unknown price");
  });
});
