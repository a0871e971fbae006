import tokens from "../../../../resolve_plugin/takebridge_resolve/panel/tokens.json" with { type: "json" };
import { bridgeNow } from "../wire/clock";
import type { Rating } from "./model";

/** The product's words and glyphs: one source with the panels (tokens.json). A state is colour, glyph and word. */
export type Mark = keyof typeof tokens.words;

export const WORDS: Readonly<Record<Mark, string>> = tokens.words;
export const GLYPHS: Readonly<Record<string, string>> = tokens.glyphs;

/** A node's state as the bridge says it ("stale"), as a mark. */
export function stateMark(status: string | undefined): Mark {
  return status !== undefined && status in tokens.words ? (status as Mark) : "empty";
}

const BADGES: Readonly<Record<string, Mark>> = {
  Pending: "pending",
  InProgress: "in_progress",
  Complete: "complete",
  Failed: "failed",
  PendingReview: "pending_review",
};

/** A job's status for people ("InProgress"), as a mark. */
export function jobMark(status: string): Mark {
  return BADGES[status] ?? "pending";
}

export const RATINGS: readonly { value: Rating; word: string; glyph: string; key: string }[] = [
  { value: "keep", word: "Keep", glyph: "★", key: "3" },
  { value: "almost", word: "Almost", glyph: "◐", key: "2" },
  { value: "dead", word: "Dead", glyph: "☓", key: "1" },
  { value: "useful_weird", word: "Useful, weird", glyph: "✦", key: "4" },
];

/** `$3.20`, `$0.004`; millionths in, unknown is said. */
export function money(micros: number | null | undefined, currency = "USD"): string {
  if (micros === null || micros === undefined) return "unknown price";
  const digits = micros !== 0 && Math.abs(micros) < 10_000 ? 4 : 2;
  const format = { style: "currency", currency, minimumFractionDigits: digits, maximumFractionDigits: digits } as const;
  return new Intl.NumberFormat("en-US", format).format(micros / 1_000_000);
}

/** `$3.10 – $4.60`, `free`, `from $3.10, maximum unknown`. */
export function moneyRange(low: number | null, high: number | null, currency = "USD"): string {
  if (low === null && high === null) return "unknown price";
  if (high === null) return `from ${money(low ?? 0, currency)}, maximum unknown`;
  if (high === 0) return "free";
  return low === high || low === null ? money(high, currency) : `${money(low, currency)} – ${money(high, currency)}`;
}

/** `3 s 08 f` of a number of frames at a rate. */
export function lengthWords(frames: number, rate: { num: number; den: number } | null): string {
  if (!rate) return `${frames} f`;
  const base = Math.ceil(rate.num / rate.den);
  return `${Math.floor(frames / base)} s ${String(frames % base).padStart(2, "0")} f`;
}

/** `2 min ago`; the exact time belongs in a tooltip. */
export function ago(iso: string, now = bridgeNow()): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(iso)) / 1000));
  if (Number.isNaN(seconds)) return "";
  if (seconds < 60) return "just now";
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

/** `2026-11-22 13:55`, as the clock on this wall says it. */
export function moment(iso: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return "";
  const two = (value: number) => String(value).padStart(2, "0");
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join("-");
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}`;
}
