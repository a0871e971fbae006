import type { Entry } from "./entries";
import { NO_RATING, SORTS, type Sort, sorted } from "./sorting";

export { NO_RATING, SORTS, type Sort, sorted } from "./sorting";

/** What a take can be filtered by, and kept in the address. */
export interface Filters {
  readonly text: string;
  readonly node: readonly string[];
  readonly model: readonly string[];
  readonly provider: readonly string[];
  readonly rating: readonly string[];
  readonly author: readonly string[];
  readonly is: readonly StateKey[];
  /** Prices in millionths, both ends in. */
  readonly low: number | null;
  readonly high: number | null;
  readonly sort: Sort;
}

export const STATES = {
  pinned: "Pinned",
  timeline: "In timeline",
  outdated: "Out of date",
  previz: "Previz",
  rejected: "Rejected",
  hidden: "Hidden",
} as const;
export type StateKey = keyof typeof STATES;

export const NO_FILTERS: Filters = {
  text: "",
  node: [],
  model: [],
  provider: [],
  rating: [],
  author: [],
  is: [],
  low: null,
  high: null,
  sort: "newest",
};

/** The facets that have a value each a take either has or has not. */
export const FACETS = ["node", "model", "provider", "rating", "author", "is"] as const;
export type Facet = (typeof FACETS)[number];
export type Counts = Readonly<Record<Facet, ReadonlyMap<string, number>>>;

const SINGLE = {
  node: (entry: Entry) => entry.node,
  model: (entry: Entry) => entry.model,
  provider: (entry: Entry) => entry.provider,
  rating: (entry: Entry): string => entry.take.rating ?? NO_RATING,
  author: (entry: Entry) => entry.author,
} as const;
type Single = keyof typeof SINGLE;
const SINGLES = Object.keys(SINGLE) as readonly Single[];

const isIn: Readonly<Record<StateKey, (entry: Entry) => boolean>> = {
  pinned: (entry) => entry.pinned,
  timeline: (entry) => entry.inTimeline,
  outdated: (entry) => entry.outdated,
  previz: (entry) => entry.take.previz,
  rejected: (entry) => entry.take.hidden || entry.take.rating === "dead",
  hidden: (entry) => entry.take.hidden,
};
const STATE_KEYS = Object.keys(isIn) as readonly StateKey[];

/** Hidden takes come only when they are asked for. */
const asksForHidden = (filters: Filters) => filters.is.includes("hidden") || filters.is.includes("rejected");

/** Which facet alone keeps a take out: `""` none, null more than one. */
type Keeper = (entry: Entry) => Facet | "" | null;

/** Filters made ready for many takes: only facets that ask for something are looked at. */
function keeperOf(filters: Filters): Keeper {
  const asked = SINGLES.filter((facet) => filters[facet].length > 0).map((facet) => ({
    facet,
    wanted: new Set(filters[facet]),
  }));
  return (entry) => {
    let failed: Facet | "" = "";
    for (const { facet, wanted } of asked) {
      if (wanted.has(SINGLE[facet](entry))) continue;
      if (failed) return null;
      failed = facet;
    }
    if (filters.is.length === 0 || filters.is.some((key) => isIn[key](entry))) return failed;
    return failed ? null : "is";
  };
}

/** How many takes have each value. */
class Tally {
  readonly counts = Object.fromEntries(FACETS.map((facet) => [facet, new Map<string, number>()])) as Record<
    Facet,
    Map<string, number>
  >;

  count(entry: Entry, facet: Facet): void {
    if (facet !== "is") return this.add(facet, SINGLE[facet](entry));
    for (const key of STATE_KEYS) {
      // A hidden take is shown only by what asks for hidden ones.
      if (entry.take.hidden && key !== "hidden" && key !== "rejected") continue;
      if (isIn[key](entry)) this.add(facet, key);
    }
  }

  private add(facet: Facet, value: string): void {
    const counts = this.counts[facet];
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
}

const wordsOf = (text: string) => text.toLocaleLowerCase().split(/\s+/).filter(Boolean);

const hays = new WeakMap<Entry, { prompt: string; hay: string }>();

/** Everything a take is looked for by, in small letters; made once an entry. */
function hayOf(entry: Entry, prompt: string): string {
  const known = hays.get(entry);
  if (known?.prompt === prompt) return known.hay;
  const { take } = entry;
  const hay = [entry.title, `take ${take.seq}`, entry.model, entry.author, take.seed_used ?? "", ...take.notes, prompt]
    .join("\n")
    .toLocaleLowerCase();
  hays.set(entry, { prompt, hay });
  return hay;
}

/** Text is looked for in the shot's name, model, author, notes, and in the prompts known for the take. */
export function matchesText(entry: Entry, text: string, prompt: string): boolean {
  const hay = hayOf(entry, prompt);
  return wordsOf(text).every((word) => hay.includes(word));
}

export interface Found {
  readonly shown: readonly Entry[];
  /** How many takes each value would give, the other filters as they are. */
  readonly counts: Counts;
  /** Takes that pass everything but the rating, and how many of them have been judged. */
  readonly judged: { readonly done: number; readonly all: number };
}

/** What passes, in order, with the counts for the chips; one pass over all. */
export function find(entries: readonly Entry[], filters: Filters, promptOf: (entry: Entry) => string): Found {
  const tally = new Tally();
  const keptOut = keeperOf(filters);
  const words = wordsOf(filters.text);
  const hiddenToo = asksForHidden(filters);
  const shown: Entry[] = [];
  let done = 0;
  let all = 0;
  for (const entry of sorted(entries, filters.sort)) {
    if (!inPrice(entry, filters)) continue;
    const failed = keptOut(entry);
    if (failed === null) continue;
    if (words.length > 0) {
      const hay = hayOf(entry, promptOf(entry));
      if (!words.every((word) => hay.includes(word))) continue;
    }
    const { hidden, rating } = entry.take;
    if (failed === "" || failed === "rating") {
      all += 1;
      if (rating !== null || hidden) done += 1;
    }
    if (hidden && !hiddenToo) {
      if (failed === "" || failed === "is") tally.count(entry, "is");
    } else if (failed === "") {
      shown.push(entry);
      for (const facet of FACETS) tally.count(entry, facet);
    } else tally.count(entry, failed);
  }
  return { shown, counts: tally.counts, judged: { done, all } };
}

const inPrice = (entry: Entry, { low, high }: Filters) =>
  (low === null && high === null) ||
  (entry.micros !== null && entry.micros >= (low ?? 0) && entry.micros <= (high ?? Number.MAX_SAFE_INTEGER));

/** A value put in or taken out. */
export function toggled<T extends string>(list: readonly T[], value: T): readonly T[] {
  return list.includes(value) ? list.filter((one) => one !== value) : [...list, value];
}

export const isFiltered = (filters: Filters): boolean =>
  filters.text !== "" ||
  filters.low !== null ||
  filters.high !== null ||
  FACETS.some((facet) => filters[facet].length > 0);

const MICROS = 1_000_000;
const MOST_TEXT = 200;

/** Filters as they stand in the address; what is not known there is left out. */
export function filtersOf(query: URLSearchParams): Filters {
  const price = (name: string) => {
    const text = query.get(name);
    const value = text === null || text === "" ? Number.NaN : Number(text);
    return Number.isFinite(value) && value >= 0 ? Math.round(value * MICROS) : null;
  };
  const sort = query.get("sort") ?? "";
  return {
    text: (query.get("q") ?? "").slice(0, MOST_TEXT),
    node: query.getAll("node"),
    model: query.getAll("model"),
    provider: query.getAll("provider"),
    rating: query.getAll("rating"),
    author: query.getAll("author"),
    is: query.getAll("is").filter((key): key is StateKey => key in STATES),
    low: price("from"),
    high: price("to"),
    sort: sort in SORTS ? (sort as Sort) : "newest",
  };
}

/** The address of filters; `kept` are parameters of others. */
export function queryOf(filters: Filters, kept: URLSearchParams): URLSearchParams {
  const query = new URLSearchParams(kept);
  for (const name of ["q", ...FACETS, "from", "to", "sort"]) query.delete(name);
  if (filters.text) query.set("q", filters.text);
  for (const facet of FACETS) for (const value of filters[facet]) query.append(facet, value);
  if (filters.low !== null) query.set("from", String(filters.low / MICROS));
  if (filters.high !== null) query.set("to", String(filters.high / MICROS));
  if (filters.sort !== "newest") query.set("sort", filters.sort);
  return query;
}
