"use strict";
// Time as Premiere counts it: integer ticks of 1/254 016 000 000 s, here as BigInt.

const TICKS_PER_SECOND = 254016000000n;

/** An exact rate from "24000/1001" or "25". @param {string} text */
function rateOf(text) {
  const [num, den] = String(text).split("/");
  return { num: BigInt(num), den: BigInt(den || 1) };
}

/** Ticks of one frame; every common rate gives an integer. @param {{num: bigint, den: bigint}} rate */
function ticksPerFrame(rate) {
  const ticks = TICKS_PER_SECOND * rate.den;
  if (ticks % rate.num) throw new Error("This rate has no whole number of ticks per frame.");
  return ticks / rate.num;
}

/** The quotient rounded to the nearest, half away from zero. @param {bigint} a @param {bigint} b */
function nearest(a, b) {
  const sign = a < 0n !== b < 0n ? -1n : 1n;
  const [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b];
  return (sign * (2n * x + y)) / (2n * y);
}

/** Ticks moved to the nearest whole frame. @param {bigint} ticks @param {bigint} frame */
const snapped = (ticks, frame) => nearest(ticks, frame) * frame;

/** Ticks times a speed such as 0.5 or 2, rounded. @param {bigint} ticks @param {number} speed */
const scaled = (ticks, speed) => nearest(ticks * BigInt(Math.round(speed * 1000000)), 1000000n);

/** Frame number of a timecode counted at a rate. @param {string} text @param {string} rate @param {boolean} drop */
function framesOf(text, rate, drop) {
  const { num, den } = rateOf(rate);
  const base = (num + den - 1n) / den;
  const [h, m, s, f] = text.split(/[:;]/).map(BigInt);
  const minutes = h * 60n + m;
  const dropped = drop ? (base / 15n) * (minutes - minutes / 10n) : 0n;
  return (minutes * 60n + s) * base + f - dropped;
}

module.exports = { TICKS_PER_SECOND, framesOf, nearest, rateOf, scaled, snapped, ticksPerFrame };
