import type { ParamSpec, ParamValue } from "../../canvas/model";

/** Texts up to this long are one line; longer ones grow. */
const LONGEST_LINE = 400;

/** What a person reads above the field. */
export const titleOf = (spec: ParamSpec): string => spec.title || spec.name;

/** Whether a text takes several lines. */
export const isLong = (spec: ParamSpec): boolean =>
  spec.type === "str" && (spec.maximum === null || spec.maximum > LONGEST_LINE);

export type Reading = { value: ParamValue } | { wrong: string };

/** What somebody typed, as the parameter holds it; or why it cannot be. The bridge decides in the end. */
export function read(spec: ParamSpec, text: string): Reading {
  return spec.type === "int" ? readNumber(spec, text.trim()) : readText(spec, text);
}

function readNumber(spec: ParamSpec, text: string): Reading {
  const word = spec.words.find((one) => one.toLowerCase() === text.toLowerCase());
  if (word !== undefined) return { value: word };
  const value = Number(text);
  const low = spec.minimum ?? -Number.MAX_SAFE_INTEGER;
  const high = spec.maximum ?? Number.MAX_SAFE_INTEGER;
  if (!/^[-+]?\d+$/.test(text) || !Number.isSafeInteger(value) || value < low || value > high) {
    return { wrong: `Give a whole number ${limits(spec)}.` };
  }
  return { value };
}

function readText(spec: ParamSpec, text: string): Reading {
  // The bridge counts characters, not halves of surrogate pairs.
  const length = [...text].length;
  if (spec.maximum !== null && length > spec.maximum) {
    return { wrong: `${number(length)} characters; at most ${number(spec.maximum)} are kept.` };
  }
  if (spec.minimum !== null && length < spec.minimum) return { wrong: `At least ${number(spec.minimum)} characters.` };
  return { value: text };
}

/** `from 25 to 400`, `from 0, or random`: what a number may be. */
export function limits(spec: ParamSpec): string {
  const words = spec.words.length ? `, or ${spec.words.join(", ")}` : "";
  const open = spec.maximum === null || spec.maximum >= Number.MAX_SAFE_INTEGER;
  const from = spec.minimum === null ? "" : `from ${number(spec.minimum)}`;
  return `${from}${open ? "" : ` to ${number(spec.maximum ?? 0)}`}${words}`.trim();
}

const number = (value: number): string => new Intl.NumberFormat("en-US").format(value);

/** What stands in the field. */
export const textOf = (value: ParamValue): string => String(value);

/** A value for people: `on`, `auto`, `24 fps` of `24/1`, `(empty)`. */
export function shown(name: string, value: ParamValue | null): string {
  if (value === null) return "not there";
  if (typeof value === "boolean") return value ? "on" : "off";
  if (value === "") return "empty";
  const rate = name === "rate" ? /^(\d+)\/(\d+)$/.exec(String(value)) : null;
  if (rate) return `${Number((Number(rate[1]) / Number(rate[2])).toFixed(3))} fps`;
  if (name.endsWith("_ms") && typeof value === "number") return `${value / 1000} s`;
  return String(value);
}
