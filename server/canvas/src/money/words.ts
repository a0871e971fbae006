/** Words of the money part: lengths of time, sums, scopes. Amounts are millionths; unknown is said and never 0. */

import { money, moneyRange } from "../canvas/words";
import type { Amount, Cap } from "../wire/api.gen";
import { bridgeNow } from "../wire/clock";

/** `40 s`, `2 min`, `1 h 20 min`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 120) return `${whole} s`;
  const minutes = Math.round(whole / 60);
  if (minutes < 120) return `${minutes} min`;
  return minutes % 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${minutes / 60} h`;
}

/** `40 s – 2 min`; what is not known is said. */
export function durationRange(low: number | null, high: number | null): string {
  if (low === null && high === null) return "time unknown";
  if (high === null) return low ? `at least ${duration(low)}` : "time unknown";
  if (low === null || low === high || duration(low) === duration(high)) return `about ${duration(high)}`;
  return `${duration(low)} – ${duration(high)}`;
}

/** `0:41`, `12:05`, `1:02:10` of whole seconds. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** `7 takes`, `1 take`. */
export const count = (number: number, one: string, many = `${one}s`): string =>
  `${number} ${number === 1 ? one : many}`;

/** Sums of several currencies side by side, never added up: `$3.10 – $4.60 + €2.00 + 1 unpriced`. */
export function sums(amounts: readonly Amount[]): string {
  const known = amounts
    .filter((one) => one.high_micros > 0)
    .map((one) => moneyRange(one.low_micros, one.high_micros, one.currency));
  const unknown = amounts.reduce((total, one) => total + one.unknown, 0);
  if (unknown) known.push(`${unknown} unpriced`);
  return known.join(" + ") || "free";
}

/** The upper ends of several currencies: `$4.60 + 1 unpriced`. */
export function ceilings(amounts: readonly Amount[]): string {
  const known = amounts.filter((one) => one.high_micros > 0).map((one) => money(one.high_micros, one.currency));
  const unknown = amounts.reduce((total, one) => total + one.unknown, 0);
  if (unknown) known.push(`${unknown} unpriced`);
  return known.join(" + ") || "free";
}

/** Micros of what a person typed: `5`, `$5.00`, `5,50`. Null for what is no amount. */
export function micros(text: string): number | null {
  const plain = text.trim().replace(/^[^\d.,-]+|[^\d.,]+$/g, "");
  const match = /^(\d{1,9})(?:[.,](\d{1,6}))?$/.exec(plain);
  if (!match) return null;
  return Number(match[1]) * 1_000_000 + Number((match[2] ?? "").padEnd(6, "0"));
}

/** What a field shows of an amount: `4.60`. A part of a cent is kept, rounded up to what a person can agree to. */
export function typed(amount: number): string {
  const cents = Math.ceil(amount / 10_000);
  return amount % 10_000 === 0 || amount > 1_000_000 ? (cents / 100).toFixed(2) : (amount / 1_000_000).toFixed(6);
}

/** What a cap is about, in words; names of canvases by their ids. */
export function scopeWords(cap: Pick<Cap, "scope" | "key">, canvases: Readonly<Record<string, string>> = {}): string {
  const { scope, key } = cap;
  if (scope === "day") return key ? `The day ${key} (UTC)` : "Every day (UTC)";
  if (scope === "canvas") return key ? `Canvas “${canvases[key] ?? key}”` : "Every canvas";
  if (scope === "user") return key ? `What ${key} spends` : "What each person spends";
  return key ? `Job ${key}` : "Every single job";
}

/** The scope as one says it: `today’s budget`. */
export const SCOPE_BUDGET: Readonly<Record<string, string>> = {
  day: "today’s budget",
  canvas: "this canvas’s budget",
  user: "your budget",
  job: "the budget of a single job",
};

/** Today's date as the ledger counts it. */
export const utcDay = (at = bridgeNow()): string => new Date(at).toISOString().slice(0, 10);

/** The day after `day` (`2026-11-21`): ends of ranges are exclusive. */
export const dayAfter = (day: string, days = 1): string => utcDay(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000);
