import { priceOf, type Row } from "../models/filter";

/** The bridge takes at most this many variants at once (services/fan.py). */
export const MOST_VARIANTS = 24;

export interface Total {
  variants: number;
  low: number;
  high: number;
  /** Variants nobody knows the price of. */
  unknown: number;
  currencies: readonly string[];
}

/** What the models cost together, each made once a seed; without seeds once, with the seed the node has. */
export function totalOf(rows: readonly Row[], seeds: number): Total {
  const each = Math.max(1, seeds);
  let [low, high, unknown] = [0, 0, 0];
  const currencies = new Set<string>();
  for (const row of rows) {
    const price = priceOf(row);
    low += each * (price.low_micros ?? 0);
    high += each * (price.high_micros ?? 0);
    if (price.high_micros === null) unknown += each;
    if (price.high_micros !== 0) currencies.add(price.currency);
  }
  return { variants: rows.length * each, low, high, unknown, currencies: [...currencies] };
}

const LARGEST = 2 ** 53 - 1;

/** Seeds as they were typed, `17, 4411`; equal ones once. Null when something is no seed. */
export function seedsOf(text: string): number[] | null {
  const parts = text.split(/[\s,;]+/).filter(Boolean);
  const seeds = parts.map(Number);
  const good = parts.every((part, index) => /^\d+$/.test(part) && (seeds[index] ?? LARGEST + 1) <= LARGEST);
  return good ? [...new Set(seeds)] : null;
}

/** So many seeds by chance, none twice; small enough for every model. */
export function drawn(count: number, random: () => number = Math.random): number[] {
  const seeds = new Set<number>();
  while (seeds.size < count) seeds.add(Math.floor(random() * 2 ** 31));
  return [...seeds];
}

/** `12.50` as millionths, exactly; null when it is no amount. */
export function microsOf(text: string): number | null {
  const match = /^\$?\s*(\d{1,9})(?:[.,](\d{1,6}))?$/.exec(text.trim());
  return match ? Number(match[1]) * 1_000_000 + Number((match[2] ?? "").padEnd(6, "0")) : null;
}

/** Millionths as a field holds them: `12.50`, `0.0345`. */
export function amountText(micros: number): string {
  const cents = Math.ceil(micros / 10_000) * 10_000 === micros;
  return cents ? (micros / 1_000_000).toFixed(2) : (micros / 1_000_000).toFixed(6).replace(/0+$/, "");
}

export interface Asked {
  total: Total;
  seeds: readonly number[] | null;
  /** Titles of chosen models that take no seed. */
  seedless: readonly string[];
  most: number | null;
  mayEdit: boolean;
  maySpend: boolean;
}

/** Why it cannot be started; empty when it can. */
export function cannotStart({ total, seeds, seedless, most, mayEdit, maySpend }: Asked): string {
  const paid = total.high > 0 || total.unknown > 0;
  if (!mayEdit) return "Generating needs the role editor.";
  if (total.variants === 0) return "Choose at least one model.";
  if (seeds === null) return "Seeds are whole numbers from 0, with commas between them.";
  if (seeds.length > 0 && seedless.length > 0)
    return `${seedless.join(", ")} takes no seed: leave it out, or the seeds.`;
  if (total.variants > MOST_VARIANTS)
    return `${total.variants} takes are too many at once; ${MOST_VARIANTS} are allowed.`;
  if (!paid) return "";
  if (!maySpend) return "Spending money needs the role producer.";
  if (total.currencies.length > 1) return "These models are paid in different currencies: try each by itself.";
  if (most === null) return "Say the most it may cost together.";
  return most < total.high ? "The most it may cost is less than these takes may come to." : "";
}
