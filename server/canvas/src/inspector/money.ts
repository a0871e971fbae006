import { money, moneyRange } from "../canvas/words";

export interface Price {
  currency: string;
  low_micros: number | null;
  high_micros: number | null;
}

/** `~$3.20`, `$3.10 – $4.60`, `free`, `unknown price`: what a take costs, for buttons and rows. */
export function priceWords(price: Price): string {
  const { low_micros: low, high_micros: high, currency } = price;
  if (low !== null && low === high && low > 0) return `~${money(low, currency)}`;
  return moneyRange(low, high, currency);
}

/** Whether it may cost something; what nobody knows may. */
export const isPaid = (price: Price): boolean => price.high_micros !== 0;
