"use strict";

/**
 * What the panel says: amounts, lengths, ages, in an editor's words. Pure. Same words as the Resolve panel's words.py.
 */

/** @type {Record<string, string>} */
const SIGNS = { USD: "$", EUR: "€", GBP: "£" };
const NO_ESTIMATE = "no estimate yet";

/**
 * @param {number} micros
 * @param {string} [currency]
 * @returns {string} an amount that is known, zero too: `$0.00`; cents only, but never less than there is: `$0.004`
 */
function exactly(micros, currency = "USD") {
  const whole = Math.floor(micros / 1_000_000);
  const rest = String(Math.round(micros - whole * 1_000_000))
    .padStart(6, "0")
    .replace(/0+$/, "");
  const text = `${whole}.${rest.padEnd(2, "0")}`;
  return SIGNS[currency] ? `${SIGNS[currency]}${text}` : `${text} ${currency}`;
}

/**
 * @param {number | null | undefined} micros
 * @param {string} [currency]
 * @returns {string} `$3.20`; null is `price unknown`, 0 is `free`
 */
function money(micros, currency = "USD") {
  if (micros === null || micros === undefined) {
    return "price unknown";
  }
  return micros === 0 ? "free" : exactly(micros, currency);
}

/**
 * @param {number | null | undefined} low
 * @param {number | null | undefined} high
 * @param {string} [currency]
 * @returns {string} `$3.10 – $4.60`; one point as `~$3.20`
 */
function price(low, high, currency = "USD") {
  const noLow = low === null || low === undefined;
  const noHigh = high === null || high === undefined;
  if (noLow && noHigh) {
    return "price unknown";
  }
  if (noLow) {
    return `up to ${money(high, currency)}`;
  }
  if (noHigh) {
    return `from ${money(low, currency)}, end unknown`;
  }
  if (low === high) {
    return low === 0 ? "free" : `~${exactly(/** @type {number} */ (low), currency)}`;
  }
  return `${exactly(/** @type {number} */ (low), currency)} – ${exactly(/** @type {number} */ (high), currency)}`;
}

/**
 * An exact rate such as `24000/1001` as two whole numbers; 24 where the text says nothing.
 * @param {string} text
 * @returns {{num: number, den: number}}
 */
function rateOf(text) {
  const found = /^([1-9][0-9]*)(?:\/([1-9][0-9]*))?$/.exec(String(text || ""));
  if (found) {
    return { num: Number(found[1]), den: found[2] ? Number(found[2]) : 1 };
  }
  const decimal = /^([0-9]+)\.([0-9]{1,6})$/.exec(String(text || ""));
  if (decimal && Number(text) > 0) {
    const den = 10 ** decimal[2].length;
    return { num: Number(decimal[1]) * den + Number(decimal[2]), den };
  }
  return { num: 24, den: 1 };
}

/**
 * A length as editors say it, `3 s 08 f`, `1 min 04 s 12 f`; frames count at the nominal rate.
 * @param {number} frames
 * @param {string} rate
 * @returns {string}
 */
function length(frames, rate) {
  const { num, den } = rateOf(rate);
  const nominal = Math.max(1, Math.ceil(num / den));
  const all = Math.floor(frames / nominal);
  const rest = two(frames - all * nominal);
  const minutes = Math.floor(all / 60);
  return minutes ? `${minutes} min ${two(all % 60)} s ${rest} f` : `${all} s ${rest} f`;
}

/** @param {number} value */
function two(value) {
  return String(value).padStart(2, "0");
}

/**
 * @param {number} seconds
 * @returns {string} elapsed time, `0:41`
 */
function clock(seconds) {
  return `${Math.floor(seconds / 60)}:${two(seconds % 60)}`;
}

/**
 * How long something usually takes: `usually 1–2 min`, `about 40 s`; no history: `no estimate yet`.
 * @param {number | null | undefined} low
 * @param {number | null | undefined} high
 * @returns {string}
 */
function span(low, high) {
  const from = low === null || low === undefined ? "" : duration(low);
  const to = high === null || high === undefined ? "" : duration(high);
  if (!from && !to) {
    return NO_ESTIMATE;
  }
  if (!from || !to) {
    return from ? `at least ${from}` : `up to ${to}`;
  }
  if (from === to) {
    return `about ${to}`;
  }
  const [lowValue, lowUnit] = from.split(" ");
  const [highValue, highUnit] = to.split(" ");
  return lowUnit === highUnit
    ? `usually ${lowValue}–${highValue} ${highUnit}`
    : `usually ${lowValue} ${lowUnit} – ${highValue} ${highUnit}`;
}

/** @param {number} seconds */
function duration(seconds) {
  if (seconds < 90) {
    return `${seconds} s`;
  }
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

/**
 * @param {number} seconds
 * @returns {string} `just now`, `2 min ago`
 */
function ago(seconds) {
  return seconds < 45 ? "just now" : `${duration(Math.max(60, Math.round(seconds)))} ago`;
}

/**
 * @param {number} number
 * @param {string} one
 * @param {string} [many]
 * @returns {string} `1 clip`, `3 clips`
 */
function counted(number, one, many = "") {
  return `${number} ${number === 1 ? one : many || `${one}s`}`;
}

/**
 * @param {{message: string, hint?: string}} error
 * @returns {string} an error as one line with its next step
 */
function inWords(error) {
  return `${error.message} ${error.hint || ""}`.trim();
}

/**
 * @param {string} text
 * @param {number} [limit]
 * @returns {string} the first line, cut at a word
 */
function firstLine(text, limit = 90) {
  const line = text.trim().split("\n")[0] || "";
  if (line.length <= limit) {
    return line;
  }
  const cut = line.slice(0, limit - 1);
  const space = cut.lastIndexOf(" ");
  return `${(space > 0 ? cut.slice(0, space) : cut).replace(/[,;:]+$/, "")}…`;
}

/**
 * @param {string} text
 * @param {number} [limit]
 */
function inShort(text, limit = 160) {
  return firstLine(text.split(/\s+/).join(" "), limit);
}

/**
 * @param {number | null} number
 * @returns {string} `take 5`; the editor's own clip where there is no take of ours
 */
function takeName(number) {
  return number === null ? "original" : `take ${number}`;
}

/**
 * @param {string} text
 * @returns {string} with its first letter large
 */
function capital(text) {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/**
 * What a person typed as an amount (`50`, `$12.50`), in millionths; null for anything else, and above a million.
 * @param {string} text
 * @returns {number | null}
 */
function microsOf(text) {
  const plain = text
    .trim()
    .replace(/^[$€£]/, "")
    .replace(",", ".");
  const found = /^([0-9]{1,7})(?:\.([0-9]{0,6}))?$/.exec(plain);
  if (!found) {
    return null;
  }
  const micros = Number(found[1]) * 1_000_000 + Number((found[2] || "").padEnd(6, "0"));
  return micros <= 1_000_000_000_000 ? micros : null;
}

module.exports = {
  NO_ESTIMATE,
  ago,
  capital,
  clock,
  counted,
  exactly,
  firstLine,
  inShort,
  inWords,
  length,
  microsOf,
  money,
  price,
  rateOf,
  span,
  takeName,
  two,
};
