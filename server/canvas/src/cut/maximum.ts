/** What the takes a round trip asks for may cost. Millionths; unknown is never 0. Pure. */
import { money } from "../canvas/words";
import type { RoundTrip } from "../wire/api.gen";

interface Agreed {
  readonly generate: boolean;
  readonly maxMicros: number;
  readonly allowUnknown: boolean;
}

/** Millionths of what is typed; null for nothing or nonsense. */
export function typedMicros(text: string): number | null {
  const value = Number(
    text
      .trim()
      .replace(/^[$€£]/, "")
      .replace(",", "."),
  );
  return text.trim() === "" || !Number.isFinite(value) || value < 0 ? null : Math.round(value * 1_000_000);
}

export const isFree = (plan: RoundTrip): boolean => !plan.price || plan.price.high_micros === 0;

/** Whether any take it asks for can be made at all. */
export const canMake = (plan: RoundTrip): boolean =>
  Boolean(plan.price?.jobs) && plan.requests.some((one) => one.possible);

/** Why the takes cannot be made like this; "" when they can, or when none are asked for. */
export function wrongMaximum(plan: RoundTrip, agreed: Agreed, maySpend: boolean): string {
  const { price } = plan;
  if (!agreed.generate || !price || isFree(plan)) return "";
  if (!maySpend) return "Making takes that cost money needs the role producer.";
  if (price.high_micros === null && !agreed.allowUnknown) return "The price is not known: tick that you accept it.";
  if (agreed.maxMicros <= 0) return "Say the most it may cost.";
  const least = price.high_micros ?? price.low_micros ?? 0;
  return agreed.maxMicros < least ? `It may cost ${money(least, price.currency)}: give at least that.` : "";
}
