/** Spending as bars: one chart a currency, nothing added up across two. */
import type { Entry, SpendLine } from "../wire/api.gen";
import { dayAfter } from "./words";

export type By = "shot" | "author" | "model" | "provider" | "day";

export interface SpendBar {
  readonly name: string;
  /** What providers said it cost, and what is still held. */
  readonly settled: number;
  readonly held: number;
  readonly jobs: number;
  readonly returned: number;
  readonly unknown: number;
}

export interface Chart {
  readonly currency: string;
  readonly bars: readonly SpendBar[];
  readonly total: SpendBar;
}

const NOBODY: Readonly<Record<By, string>> = {
  shot: "Without a shot",
  author: "Nobody",
  model: "Without a model",
  provider: "Without a provider",
  day: "Without a day",
};

/** The charts of spend lines that were grouped by one field: the most expensive first, days in their order. */
export function charts(lines: readonly SpendLine[], by: By): readonly Chart[] {
  const currencies = [...new Set(lines.map((line) => line.currency))].sort();
  return currencies.map((currency) => {
    const bars = lines.filter((line) => line.currency === currency).map((line) => barOf(line[by] || NOBODY[by], line));
    const sorted = by === "day" ? days(bars) : bars.sort(most);
    return { currency, bars: sorted, total: bars.reduce(added, blank("All")) };
  });
}

function barOf(name: string, line: SpendLine): SpendBar {
  return {
    name,
    settled: line.settled_micros,
    held: line.reserved_micros,
    jobs: line.jobs,
    returned: line.returned_jobs,
    unknown: line.unknown_jobs,
  };
}

const most = (one: SpendBar, other: SpendBar) =>
  other.settled + other.held - one.settled - one.held || other.jobs - one.jobs || one.name.localeCompare(other.name);

const blank = (name: string): SpendBar => ({ name, settled: 0, held: 0, jobs: 0, returned: 0, unknown: 0 });

const added = (one: SpendBar, other: SpendBar): SpendBar => ({
  name: one.name,
  settled: one.settled + other.settled,
  held: one.held + other.held,
  jobs: one.jobs + other.jobs,
  returned: one.returned + other.returned,
  unknown: one.unknown + other.unknown,
});

const MOST_DAYS = 62;

/** Days in order, with the empty ones between them while they are not too many. */
export function days(bars: readonly SpendBar[]): SpendBar[] {
  const sorted = [...bars].sort((one, other) => one.name.localeCompare(other.name));
  const first = sorted[0]?.name ?? "";
  const last = sorted.at(-1)?.name ?? "";
  const span = (Date.parse(last) - Date.parse(first)) / 86_400_000;
  if (Number.isNaN(span) || span > MOST_DAYS) return sorted;
  const known = new Map(sorted.map((bar) => [bar.name, bar]));
  return Array.from({ length: span + 1 }, (_, index) => {
    const day = dayAfter(first, index);
    return known.get(day) ?? blank(day);
  });
}

export const STATE_WORDS: Readonly<Record<Entry["state"], string>> = {
  reserved: "Held",
  intent: "Being sent",
  submitted: "With the provider",
  settled: "Paid",
  refunded: "Given back",
  released: "Not charged",
  unknown: "Outcome unknown",
};

/** Entries of a range of UTC dates, `until` exclusive, the newest first. */
export function within(entries: readonly Entry[], since: string, until: string): readonly Entry[] {
  const found = entries.filter(({ created_at: at }) => (!since || at >= since) && (!until || at < until));
  return [...found].reverse();
}

/** The columns of the download; amounts in whole millionths and in the currency. */
export function entryRows(
  entries: readonly Entry[],
  titles: Readonly<Record<string, string>>,
): (string | number | null)[][] {
  const amount = (value: number | null) => (value === null ? null : value / 1_000_000);
  const head = ["asked", "updated", "canvas", "shot", "person", "provider", "model", "state", "currency"];
  return [
    [...head, "estimate_low", "estimate_high", "held", "cost", "note", "job"],
    ...entries.map((one) => [
      ...[one.created_at, one.updated_at, titles[one.canvas_id] ?? one.canvas_id, one.shot, one.author, one.provider],
      ...[one.model, STATE_WORDS[one.state], one.currency, amount(one.low_micros), amount(one.high_micros)],
      ...[amount(one.reserved_micros), amount(one.actual_micros), one.note, one.job_id],
    ]),
  ];
}
