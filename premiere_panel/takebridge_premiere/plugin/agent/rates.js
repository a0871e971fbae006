"use strict";

/** Frame rates, exact: what Premiere says as ticks per frame or as a double becomes a reduced fraction. */

const { TICKS_PER_SECOND } = require("./ticks.js");

/**
 * @typedef {import("./ticks.js").Rate} Rate
 */

/** A double that spells n·1000/1001 (23.976, 59.94, 29.970029…) lies this close to it; no two rates do. */
const NTSC_SPELLING = 0.0006;
const NTSC_BASES = [15, 24, 30, 48, 60, 90, 96, 120, 144, 240];
const MOST_FRAMES_A_SECOND = 1000;

/**
 * @param {bigint} a
 * @param {bigint} b
 * @returns {bigint}
 */
function gcd(a, b) {
  return b === 0n ? a : gcd(b, a % b);
}

/**
 * Return a reduced rate.
 * @param {bigint} num
 * @param {bigint} den
 * @returns {Rate}
 */
function makeRate(num, den) {
  const by = gcd(num, den);
  return { num: num / by, den: den / by };
}

/**
 * Return the rate of a number of ticks per frame: 10594584000 is 24000/1001.
 * @param {bigint} ticksPerFrame positive
 * @returns {Rate}
 */
function rateOfTicks(ticksPerFrame) {
  return makeRate(TICKS_PER_SECOND, ticksPerFrame);
}

/**
 * Spell a rate as the wire has it: "24", "24000/1001".
 * @param {Rate | null} rate null is ""
 * @returns {string}
 */
function spell(rate) {
  if (rate === null) {
    return "";
  }
  return rate.den === 1n ? String(rate.num) : `${rate.num}/${rate.den}`;
}

/**
 * Return the exact rate a double means (23.976 and 23.976023976… are both 24000/1001), null for none at all.
 *
 * Media of no usual rate (a phone's 29.874) keeps three decimals of what the host says.
 * @param {any} value frames per second
 * @returns {Rate | null}
 */
function snapRate(value) {
  if (typeof value !== "number" || !(value > 0) || value > MOST_FRAMES_A_SECOND) {
    return null;
  }
  const base = NTSC_BASES.find((whole) => spells(value, (whole * 1000) / 1001));
  if (base !== undefined) {
    return makeRate(BigInt(base) * 1000n, 1001n);
  }
  const thousandths = Math.round(value * 1000);
  return thousandths > 0 ? makeRate(BigInt(thousandths), 1000n) : null;
}

/**
 * Say whether a double spells an NTSC rate: closely, or rounded to two decimals (23.98).
 * @param {number} value
 * @param {number} exact
 * @returns {boolean}
 */
function spells(value, exact) {
  return Math.abs(exact - value) < NTSC_SPELLING || Math.abs(Math.round(exact * 100) / 100 - value) < 1e-9;
}

/**
 * Return the exact speed a double means, 1 at 100 %: a plain fraction within a thousandth of a percent.
 * @param {any} value
 * @param {boolean} reversed
 * @returns {string} "1", "1/2", "-3/2"; "" for what is no speed
 */
function snapSpeed(value, reversed) {
  if (typeof value !== "number" || !Number.isFinite(value) || Math.abs(value) > 1e6) {
    return "";
  }
  const [num, den] = plainest(Math.abs(value), 1e-5 * Math.max(1, Math.abs(value)));
  const sign = num !== 0 && reversed !== value < 0 ? "-" : "";
  return den === 1 ? `${sign}${num}` : `${sign}${num}/${den}`;
}

/**
 * Return the first convergent (continued fractions) within `near` of a number ≥ 0, as [numerator, denominator].
 * @param {number} value
 * @param {number} near
 * @returns {[number, number]}
 */
function plainest(value, near) {
  let [above, below, oneBefore, underBefore] = [1, 0, 0, 1];
  let rest = value;
  for (let step = 0; step < 32; step += 1) {
    const whole = Math.floor(rest);
    [above, oneBefore] = [whole * above + oneBefore, above];
    [below, underBefore] = [whole * below + underBefore, below];
    if (Math.abs(above / below - value) <= near || rest - whole < 1e-12) {
      break;
    }
    rest = 1 / (rest - whole);
  }
  return [above, below];
}

/**
 * Return the frames counted per labelled second: 24 for 24000/1001.
 * @param {Rate} rate
 * @returns {number}
 */
function baseOf(rate) {
  return Math.round(Number(rate.num) / Number(rate.den));
}

/**
 * Return the timecode label of a frame counted from 00:00:00:00; drop-frame labels have a ";".
 * @param {number} frame ≥ 0
 * @param {Rate} rate
 * @param {boolean} [drop] only meant at 29.97 and its multiples
 * @returns {string}
 */
function labelAt(frame, rate, drop = false) {
  const base = baseOf(rate);
  const count = drop ? frame + skippedBefore(frame, base) : frame;
  const seconds = Math.floor(count / base);
  const parts = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60];
  return `${parts.map(pad).join(":")}${drop ? ";" : ":"}${pad(count % base)}`;
}

/**
 * Return how many labels were left out before a frame: two a minute at 30, four at 60, none each tenth minute.
 * @param {number} frame
 * @param {number} base
 * @returns {number}
 */
function skippedBefore(frame, base) {
  const skipped = Math.floor(base / 15);
  const tenMinutes = base * 600 - 9 * skipped;
  const rest = frame % tenMinutes;
  const minutes = Math.floor(Math.max(rest - skipped, 0) / (base * 60 - skipped));
  return skipped * (9 * Math.floor(frame / tenMinutes) + minutes);
}

/**
 * @param {number} number
 * @returns {string}
 */
function pad(number) {
  return String(number).padStart(2, "0");
}

module.exports = { makeRate, rateOfTicks, spell, snapRate, snapSpeed, baseOf, labelAt };
