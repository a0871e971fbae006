import type { Entry } from "./entries";

export const SORTS = {
  newest: "Newest first",
  oldest: "Oldest first",
  price: "Highest price first",
  rating: "Best rated first",
  shot: "By shot",
} as const;
export type Sort = keyof typeof SORTS;

/** The rating of what has none, as filters name it. */
export const NO_RATING = "none";

const WORTH: Readonly<Record<string, number>> = { keep: 4, almost: 3, useful_weird: 2, none: 1, dead: 0 };

/** One for all comparisons: a comparison by `localeCompare` with options makes one each time. */
export const NATURAL = new Intl.Collator(undefined, { numeric: true });

type Ranks = ReadonlyMap<string, ReadonlyMap<string, number>>;
let lastRanks: { titles: Ranks; ranks: Ranks } | null = null;

/** The place of each node in the order of shots: by title, numbers as numbers; equal titles by their id. */
function ranksOf(entries: readonly Entry[]): Ranks {
  const titles = new Map<string, Map<string, number>>();
  for (const { title, node } of entries) {
    const nodes = titles.get(title);
    if (!nodes) titles.set(title, new Map([[node, 0]]));
    else if (!nodes.has(node)) nodes.set(node, 0);
  }
  if (lastRanks && sameNodes(lastRanks.titles, titles)) return lastRanks.ranks;
  const ranks = new Map<string, Map<string, number>>();
  let rank = 0;
  for (const title of [...titles.keys()].sort(NATURAL.compare)) {
    const nodes = [...(titles.get(title)?.keys() ?? [])].sort();
    ranks.set(title, new Map(nodes.map((node) => [node, rank++])));
  }
  lastRanks = { titles, ranks };
  return ranks;
}

function sameNodes(a: Ranks, b: Ranks): boolean {
  if (a.size !== b.size) return false;
  for (const [title, nodes] of b) {
    const others = a.get(title);
    if (others?.size !== nodes.size) return false;
    for (const node of nodes.keys()) if (!others.has(node)) return false;
  }
  return true;
}

interface Ranked {
  readonly entry: Entry;
  readonly shot: number;
  /** What is sorted by, largest first. */
  readonly first: number;
}

const byShot = (a: Ranked, b: Ranked) => a.shot - b.shot || a.entry.take.seq - b.entry.take.seq;
const newest = (a: Ranked, b: Ranked) => b.entry.made - a.entry.made || byShot(b, a);
const COMPARE: Readonly<Record<Sort, (a: Ranked, b: Ranked) => number>> = {
  newest,
  oldest: (a, b) => -newest(a, b),
  price: (a, b) => b.first - a.first || newest(a, b),
  rating: (a, b) => b.first - a.first || newest(a, b),
  shot: byShot,
};
const FIRST: Partial<Record<Sort, (entry: Entry) => number>> = {
  price: (entry) => entry.micros ?? -1,
  rating: (entry) => WORTH[entry.take.rating ?? NO_RATING] ?? 1,
};

const kept = new WeakMap<readonly Entry[], Map<Sort, readonly Entry[]>>();

/**
 * Sorted anew; equal ones by time, then by shot and number, so that the order never depends on chance. The same list
 * is sorted once: filters change far more often than takes.
 */
export function sorted(entries: readonly Entry[], sort: Sort): readonly Entry[] {
  const known = kept.get(entries) ?? new Map<Sort, readonly Entry[]>();
  kept.set(entries, known);
  const done = known.get(sort) ?? sortedAnew(entries, sort);
  known.set(sort, done);
  return done;
}

function sortedAnew(entries: readonly Entry[], sort: Sort): readonly Entry[] {
  const ranks = ranksOf(entries);
  const first = FIRST[sort] ?? (() => 0);
  return entries
    .map((entry): Ranked => ({ entry, shot: ranks.get(entry.title)?.get(entry.node) ?? 0, first: first(entry) }))
    .sort(COMPARE[sort])
    .map((one) => one.entry);
}
