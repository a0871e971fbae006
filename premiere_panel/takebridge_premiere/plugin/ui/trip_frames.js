"use strict";

/**
 * Frames as a round trip says them: whole numbers, or `"n/d"` where a value is not whole. Exact: a quotient of two
 * BigInts, `d` > 0, in lowest terms. Pure.
 */

/** @typedef {Readonly<{n: bigint, d: bigint}>} Exact */

const ZERO = Object.freeze({ n: 0n, d: 1n });

/** @param {bigint} n @param {bigint} d @returns {Exact} */
function quotient(n, d) {
  let [a, b] = [n < 0n ? -n : n, d < 0n ? -d : d];
  while (b) {
    [a, b] = [b, a % b];
  }
  const sign = d < 0n ? -1n : 1n;
  return Object.freeze({ n: (sign * n) / (a || 1n), d: (sign * d) / (a || 1n) });
}

/**
 * @param {unknown} value `73`, `"73"`, `"147/2"`
 * @returns {Exact | null} null for what is no number of frames
 */
function exactOf(value) {
  const found = /^(-?[0-9]{1,18})(?:\/([1-9][0-9]{0,17}))?$/.exec(String(value));
  return found ? quotient(BigInt(found[1]), BigInt(found[2] || "1")) : null;
}

/** @param {Exact} one @param {Exact} other */
function plus(one, other) {
  return quotient(one.n * other.d + other.n * one.d, one.d * other.d);
}

/** @param {Exact} one */
function negative(one) {
  return Object.freeze({ n: -one.n, d: one.d });
}

/** @param {Exact} one @param {Exact} other */
function minus(one, other) {
  return plus(one, negative(other));
}

/** @param {Exact} one @param {Exact} other */
function same(one, other) {
  return one.n === other.n && one.d === other.d;
}

/** @param {Exact} one @returns {Exact} without its sign */
function size(one) {
  return one.n < 0n ? negative(one) : one;
}

/** @param {Exact} count @returns {string} `1 frame`, `73 frames`, `1/2 frames` */
function frames(count) {
  const text = count.d === 1n ? String(count.n) : `${count.n}/${count.d}`;
  return text === "1" ? "1 frame" : `${text} frames`;
}

module.exports = { ZERO, exactOf, frames, minus, negative, plus, same, size };
