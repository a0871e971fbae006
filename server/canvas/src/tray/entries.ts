import { face, fact, type MediaKind, type Rating, rateOf, type Take } from "../canvas/model";
import { money, RATINGS } from "../canvas/words";
import { PLAIN_RATE, type Rate } from "./clock";

/** A take as the tray shows it, with everything that is filtered, sorted and read aloud. */
export interface Entry {
  readonly id: string;
  readonly take: Take;
  readonly node: string;
  readonly title: string;
  readonly kind: MediaKind;
  readonly pinned: boolean;
  readonly inTimeline: boolean;
  /** A wire of its own carries it somewhere. */
  readonly guiding: boolean;
  /** Made for another recipe than its node has now. */
  readonly outdated: boolean;
  readonly locked: boolean;
  readonly model: string;
  readonly provider: string;
  readonly author: string;
  /** What it cost, else what was estimated; null when nobody knows. */
  readonly micros: number | null;
  readonly made: number;
}

/** Where a take is used, and what it is measured against. */
export interface Around {
  readonly title: string;
  readonly pin: string | null;
  readonly locked: boolean;
  /** What the node would be made of now. */
  readonly expected: string | null;
}

/** A take with the facts of where it is used; what is seldom asked for is worked out when it is. */
export class TakeEntry implements Entry {
  readonly made: number;

  constructor(
    readonly take: Take,
    readonly around: Around,
    readonly inTimeline: boolean,
    readonly guiding: boolean,
  ) {
    this.made = Date.parse(take.created_at) || 0;
  }

  get id(): string {
    return this.take.id;
  }
  get node(): string {
    return this.take.node_id;
  }
  get title(): string {
    return this.around.title;
  }
  get kind(): MediaKind {
    return face(this.take)?.type ?? "other";
  }
  get pinned(): boolean {
    return this.around.pin === this.take.id;
  }
  get outdated(): boolean {
    const { recipe_fp } = this.take;
    return recipe_fp !== null && this.around.expected !== null && recipe_fp !== this.around.expected;
  }
  get locked(): boolean {
    return this.around.locked;
  }
  get model(): string {
    return this.take.model_reported || this.take.model_requested;
  }
  get provider(): string {
    return this.take.provider;
  }
  get author(): string {
    return this.take.author;
  }
  get micros(): number | null {
    return this.take.cost_actual_micros ?? this.take.cost_estimated_micros;
  }
}

export const ratingOf = (rating: Rating | null) => RATINGS.find((one) => one.value === rating);

/** `Veo 3.1` of a catalogue of titles, else the end of its id. */
export const modelWords = (model: string, titles: Readonly<Record<string, string>>): string =>
  titles[model] ?? model.split("/").at(-1) ?? model;

/** How long it runs, in seconds; 0 for what does not run. */
export function seconds(take: Take): number {
  const shown = face(take);
  if (!shown) return 0;
  const rate = rateOf(shown.output);
  const frames = fact(shown.output.facts, "frame_count");
  if (rate && frames > 0) return (frames * rate.den) / rate.num;
  return shown.type === "audio" ? fact(shown.output.facts, "duration_ms") / 1000 : 0;
}

/** Frames and rate to step it by: a sound on a plain grid, a still is one frame. */
export function clockOf(take: Take): { rate: Rate; count: number } {
  const shown = face(take);
  const rate = shown && rateOf(shown.output);
  const frames = shown ? fact(shown.output.facts, "frame_count") : 0;
  if (rate && frames > 0) return { rate, count: frames };
  if (shown?.type === "audio") return { rate: PLAIN_RATE, count: Math.max(1, Math.ceil(seconds(take) * 25)) };
  return { rate: PLAIN_RATE, count: 1 };
}

/** `8 s`, `2.5 s`, empty for a still. */
export function durationWords(take: Take): string {
  const length = seconds(take);
  return length > 0 ? `${Math.round(length * 10) / 10} s` : "";
}

/** A price as it is spoken: `3 dollars 20`, `free`. */
export function spokenPrice(micros: number | null, currency: string): string {
  if (micros === null) return "unknown price";
  if (micros === 0) return "free";
  if (currency !== "USD" || micros < 10_000) return money(micros, currency);
  const cents = Math.round(micros / 10_000);
  const dollars = Math.floor(cents / 100);
  const rest = cents % 100;
  const words = dollars === 1 ? "1 dollar" : `${dollars} dollars`;
  if (rest === 0) return words;
  return dollars === 0 ? `${rest} cents` : `${words} ${String(rest).padStart(2, "0")}`;
}

/** What a screen reader says: `Take 5 of SH_0420, pinned, rated keep, Veo 3.1, 8 seconds, 3 dollars 20, out of date`. */
export function spoken(entry: Entry, titles: Readonly<Record<string, string>>, withTitle = true): string {
  const { take } = entry;
  const length = Math.round(seconds(take) * 10) / 10;
  const rating = ratingOf(take.rating);
  return [
    withTitle && entry.title ? `Take ${take.seq} of ${entry.title}` : `Take ${take.seq}`,
    entry.pinned && "pinned",
    entry.inTimeline && "in timeline",
    rating ? `rated ${rating.word.toLowerCase()}` : "not rated",
    entry.model && modelWords(entry.model, titles),
    length > 0 && `${length} ${length === 1 ? "second" : "seconds"}`,
    take.origin === "generated" && spokenPrice(entry.micros, take.currency),
    take.previz && "previz",
    entry.outdated && "out of date",
    take.hidden && "hidden",
  ]
    .filter(Boolean)
    .join(", ");
}
