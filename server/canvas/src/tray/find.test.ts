import { describe, expect, it } from "vitest";
import type { Take } from "../canvas/model";
import type { Listed } from "./book";
import { type Entry, spoken, spokenPrice } from "./entries";
import { type Filters, NO_FILTERS } from "./filter";
import { Finder } from "./find";
import { matchesText } from "./judging";
import { Order } from "./sorting";

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

  it("sort the same way whatever the order before", () => {
    const all = Array.from({ length: 50 }, (_, index) =>
      entry({ id: `t${index}`, made: index % 7, micros: index % 3 }, { seq: index }),
    );
    for (const sort of ["newest", "oldest", "price", "rating", "shot"] as const) {
      const once = new Order(all, sort).sorted(all).map((one) => one.id);
      const turned = all.toReversed();
      expect(new Order(turned, sort).sorted(turned).map((one) => one.id)).toEqual(once);
    }
  });
});

/** What is found among these, looked at anew. */
const listed = (entries: readonly Entry[]): Listed => ({ pages: [entries], since: null, gone: [], come: [] });
const find = (entries: readonly Entry[], filters: Filters, promptOf: (entry: Entry) => string) =>
  new Finder().find(listed(entries), filters, promptOf);

/** Numbers that look like chance and are the same each time. */
function chance(seed: number): (most: number) => number {
  let state = seed;
  return (most) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % most;
  };
}

describe("a change of a few takes", () => {
  const RATINGS = [null, "keep", "dead", "almost"] as const;
  const made = (id: number, some: (most: number) => number) =>
    entry(
      {
        id: `t${id}`,
        node: `n${id % 9}`,
        title: `SH_${(id % 9) % 4}`,
        model: `m${some(3)}`,
        pinned: some(5) === 0,
        made: some(4),
        micros: some(3) === 0 ? null : some(6),
      },
      { seq: id, rating: RATINGS[some(4)] ?? null, hidden: some(6) === 0, previz: some(4) === 0 },
    );

  for (const sort of ["newest", "oldest", "price", "rating", "shot"] as const) {
    it(`leaves what is found as if all had been looked at: ${sort}`, () => {
      const some = chance(sort.length);
      const all: Filters[] = [
        { ...NO_FILTERS, sort },
        { ...NO_FILTERS, sort, rating: ["none", "keep"], model: ["m1", "m2"] },
        { ...NO_FILTERS, sort, is: ["rejected", "pinned"], low: 1, high: 4 },
      ];
      for (const filters of all) {
        const finder = new Finder();
        let now = listed(Array.from({ length: 120 }, (_, id) => made(id, some)));
        finder.find(now, filters, none);
        for (let turn = 0; turn < 60; turn++) {
          const entries = now.pages.flat();
          const gone = entries.filter(() => some(40) === 0);
          // Some come back changed, some stay away, some are new.
          const come = gone.filter(() => some(3) > 0).map((one) => made(Number(one.id.slice(1)), some));
          if (some(3) === 0) come.push(made(1000 + turn, some));
          const pages = [[...entries.filter((one) => !gone.includes(one)), ...come]];
          now = { pages, since: now.pages, gone, come };
          const found = finder.find(now, filters, none);
          const anew = find(pages.flat(), filters, none);
          expect(found.shown.map((one) => one.id)).toEqual(anew.shown.map((one) => one.id));
          expect(found.shown.every((one, at) => one === anew.shown[at])).toBe(true);
          expect(found.counts).toEqual(anew.counts);
          expect(found.judged).toEqual(anew.judged);
          for (const [at, one] of found.shown.entries()) expect(found.at(one)).toBe(at);
        }
      }
    });
  }

  it("looks at no other take", () => {
    const looked: string[] = [];
    const promptOf = ({ id }: Entry) => {
      looked.push(id);
      return "rain";
    };
    const filters = { ...NO_FILTERS, text: "rain" };
    const finder = new Finder();
    const [first, ...rest] = Array.from({ length: 300 }, (_, id) => made(id, chance(id)));
    const before = listed(first ? [first, ...rest] : []);
    finder.find(before, filters, promptOf);
    looked.length = 0;
    const come = [made(0, chance(5))];
    finder.find(
      { pages: [[...come, ...rest]], since: before.pages, gone: first ? [first] : [], come },
      filters,
      promptOf,
    );
    expect([...new Set(looked)]).toEqual(["t0"]);
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
