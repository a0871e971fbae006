import type { Rate } from "./reel";

/** Milliseconds of what somebody typed: `3.5`, `3,5 s`, `3 s 08 f`, `84 f`, `1:20`; "auto"; null for anything else. */
export function typedLength(text: string, rate: Rate): number | "auto" | null {
  const said = text.trim().toLowerCase().replace(",", ".");
  if (said === "" || said === "auto") return "auto";
  const ms = (seconds: number, frames: number) => Math.round(1000 * (seconds + (frames * rate.den) / rate.num)) || null;
  const plain = /^(\d{1,6}(?:\.\d{1,3})?)\s*s?$/.exec(said);
  if (plain) return ms(Number(plain[1]), 0);
  const both = /^(?:(\d{1,6})\s*s)?\s*(\d{1,7})\s*f$/.exec(said);
  if (both) return ms(Number(both[1] ?? 0), Number(both[2]));
  const clock = /^(\d{1,3}):([0-5]\d)$/.exec(said);
  return clock ? ms(60 * Number(clock[1]) + Number(clock[2]), 0) : null;
}

/** A node's length as it is typed: `3.5`, `auto`. */
export const lengthTyped = (value: unknown): string => (typeof value === "number" ? String(value / 1000) : "auto");
