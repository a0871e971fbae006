import { SORTS, type Sort } from "./sorting";

export { NO_RATING, SORTS, type Sort } from "./sorting";

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
