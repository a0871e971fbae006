/** Whether a take passes the filters, and what it counts for at the chips. */
import type { Entry } from "./entries";
import { FACETS, type Facet, type Filters, type StateKey } from "./filter";
import { NO_RATING } from "./sorting";

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

/** Which facet alone keeps a take out: `""` none, null more than one, or its price or words. */
type Judge = (entry: Entry) => Facet | "" | null;

/** Filters made ready for many takes: only facets that ask for something are looked at. */
export function judgeOf(filters: Filters, promptOf: (entry: Entry) => string): Judge {
  const asked = SINGLES.filter((facet) => filters[facet].length > 0).map((facet) => ({
    facet,
    wanted: new Set(filters[facet]),
  }));
  const words = wordsOf(filters.text);
  return (entry) => {
    if (!inPrice(entry, filters)) return null;
    let failed: Facet | "" = "";
    for (const { facet, wanted } of asked) {
      if (wanted.has(SINGLE[facet](entry))) continue;
      if (failed) return null;
      failed = facet;
    }
    if (filters.is.length > 0 && !filters.is.some((key) => isIn[key](entry))) {
      if (failed) return null;
      failed = "is";
    }
    if (words.length === 0) return failed;
    const hay = hayOf(entry, promptOf(entry));
    return words.every((word) => hay.includes(word)) ? failed : null;
  };
}

/** Hidden takes come only when they are asked for. */
export const asksForHidden = ({ is }: Filters) => is.includes("hidden") || is.includes("rejected");

/** The chips a take counts at, given what keeps it out; `count` is called for each. */
export function counted(
  entry: Entry,
  failed: Facet | "" | null,
  hiddenToo: boolean,
  count: (facet: Facet, value: string) => void,
): void {
  if (failed === null) return;
  const away = entry.take.hidden && !hiddenToo;
  for (const facet of FACETS) {
    if (failed !== "" && failed !== facet) continue;
    if (facet === "is") {
      // A hidden take is shown only by what asks for hidden ones.
      for (const key of STATE_KEYS) {
        if (entry.take.hidden && key !== "hidden" && key !== "rejected") continue;
        if (isIn[key](entry)) count(facet, key);
      }
    } else if (!away) count(facet, SINGLE[facet](entry));
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

const inPrice = (entry: Entry, { low, high }: Filters) =>
  (low === null && high === null) ||
  (entry.micros !== null && entry.micros >= (low ?? 0) && entry.micros <= (high ?? Number.MAX_SAFE_INTEGER));
