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

interface Ranked {
  readonly entry: Entry;
  readonly shot: number;
  /** What is sorted by, largest first. */
  readonly first: number;
}

const byShot = ({ shot, entry }: Ranked, b: Ranked) =>
  shot - b.shot || entry.take.seq - b.entry.take.seq || (entry.take.id < b.entry.take.id ? -1 : 1);
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

/** How entries of these shots are ordered; equal ones by time, then by shot and number: never by chance. */
export class Order {
  private readonly shots = new Map<string, { title: string; rank: number }>();
  private readonly first: (entry: Entry) => number;

  constructor(
    entries: readonly Entry[],
    readonly sort: Sort,
  ) {
    this.first = FIRST[sort] ?? (() => 0);
    for (const { node, title } of entries) if (!this.shots.has(node)) this.shots.set(node, { title, rank: 0 });
    // By title, numbers as numbers; equal titles by their node.
    const all = [...this.shots].sort(
      ([a, one], [b, other]) => NATURAL.compare(one.title, other.title) || (a < b ? -1 : 1),
    );
    for (const [rank, [, shot]] of all.entries()) shot.rank = rank;
  }

  /** Whether it is the order of these entries as well: their shots are known, by the same titles. */
  holds(entries: readonly Entry[]): boolean {
    return entries.every(({ node, title }) => this.shots.get(node)?.title === title);
  }

  sorted(entries: readonly Entry[]): readonly Entry[] {
    return entries
      .map((entry) => this.ranked(entry))
      .sort(COMPARE[this.sort])
      .map((one) => one.entry);
  }

  /** Where an entry stands in a list of this order; -1 when it is not there. */
  place(entry: Entry, list: readonly Entry[]): number {
    const at = this.before(entry, list);
    return list[at]?.id === entry.id ? at : -1;
  }

  /** A sorted list without what is gone and with what came. Few of them: each is put in by itself. */
  changed(list: readonly Entry[], gone: readonly Entry[], come: readonly Entry[]): readonly Entry[] {
    const next = [...list];
    for (const entry of gone) {
      const at = this.place(entry, next);
      if (at >= 0) next.splice(at, 1);
    }
    for (const entry of come) next.splice(this.before(entry, next), 0, entry);
    return next;
  }

  /** How many of a list stand before an entry. */
  private before(entry: Entry, list: readonly Entry[]): number {
    const own = this.ranked(entry);
    let [low, high] = [0, list.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = list[middle];
      const after = other && other.id !== entry.id && COMPARE[this.sort](this.ranked(other), own) < 0;
      if (after) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private ranked(entry: Entry): Ranked {
    return { entry, shot: this.shots.get(entry.node)?.rank ?? 0, first: this.first(entry) };
  }
}
