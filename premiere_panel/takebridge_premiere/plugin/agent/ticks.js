"use strict";

/**
 * Ticks: Premiere's time unit, 254 016 000 000 to a second, BigInt inside and decimal strings at the edge.
 *
 * A record frame is absolute: (sequence time + zero point) / ticks per frame. Every edit rate divides a second of ticks
 * without rest, so frame → ticks → frame is exact; time between two frames belongs to the frame begun.
 */

const { OpError, short } = require("./faults.js");

const TICKS_PER_SECOND = 254016000000n;

/**
 * @typedef {{num: bigint, den: bigint}} Rate frames per second, exact and reduced (see rates.js)
 * @typedef {{zero: bigint, ticksPerFrame: bigint}} Grid a sequence's frames (a Scene is one)
 */

/**
 * Return the ticks of a TickTime or of a decimal string. Raises `timeline_changed` where there is none: the item or
 * sequence went away while it was read.
 * @param {any} time
 * @returns {bigint}
 */
function ticksOf(time) {
  const found = ticksOrNull(time);
  if (found === null) {
    throw new OpError("timeline_changed", "The sequence was changed while it was being read.");
  }
  return found;
}

/**
 * Like `ticksOf`, null where there is no time.
 * @param {any} time
 * @returns {bigint | null}
 */
function ticksOrNull(time) {
  const said = time === null || time === undefined || typeof time === "string" ? time : time.ticks;
  return /^-?\d+$/.test(String(said)) ? BigInt(String(said)) : null;
}

/**
 * Return Premiere's TickTime of ticks.
 * @param {Ppro} ppro
 * @param {bigint} ticks
 */
function timeAt(ppro, ticks) {
  return ppro.TickTime.createWithTicks(String(ticks));
}

/**
 * Divide, rounding towards minus infinity. `b` is positive.
 * @param {bigint} a
 * @param {bigint} b
 * @returns {bigint}
 */
function floorDiv(a, b) {
  const quotient = a / b;
  return a % b < 0n ? quotient - 1n : quotient;
}

/**
 * Divide, rounding towards plus infinity. `b` is positive.
 * @param {bigint} a
 * @param {bigint} b
 * @returns {bigint}
 */
function ceilDiv(a, b) {
  return -floorDiv(-a, b);
}

/**
 * Return the absolute record frame on screen at a sequence time.
 * @param {bigint} ticks sequence time, without the zero point
 * @param {Grid} grid
 * @returns {number}
 */
function frameOf(ticks, grid) {
  return Number(floorDiv(ticks + grid.zero, grid.ticksPerFrame));
}

/**
 * Return the sequence time (without the zero point) at which an absolute record frame begins.
 * @param {number} frame
 * @param {Grid} grid
 * @returns {bigint}
 */
function ticksAt(frame, grid) {
  return BigInt(frame) * grid.ticksPerFrame - grid.zero;
}

/**
 * Return the source frame on screen at a media time.
 * @param {bigint} ticks media time, 0 at the media's first frame
 * @param {Rate} rate the media's
 * @returns {number}
 */
function sourceFrameOf(ticks, rate) {
  return Number(floorDiv(ticks * rate.num, TICKS_PER_SECOND * rate.den));
}

/**
 * Return the source frame after a range that ends at a media time: the smallest number of frames that covers it.
 * @param {bigint} ticks
 * @param {Rate} rate
 * @returns {number}
 */
function sourceEndOf(ticks, rate) {
  return Number(ceilDiv(ticks * rate.num, TICKS_PER_SECOND * rate.den));
}

/**
 * Return the media time at which a source frame begins, rounded up to a tick: that frame is on screen there.
 * @param {number} frame
 * @param {Rate} rate
 * @returns {bigint}
 */
function sourceTicksAt(frame, rate) {
  return ceilDiv(BigInt(frame) * TICKS_PER_SECOND * rate.den, rate.num);
}

/**
 * Return a frame number an op names, or raise `invalid_param`.
 * @param {any} args
 * @param {string} name
 * @returns {number}
 */
function needFrame(args, name) {
  const value = args[name];
  if (!Number.isSafeInteger(value)) {
    throw new OpError("invalid_param", `The op has no usable '${short(name)}'.`, null, { details: { name } });
  }
  return value;
}

module.exports = {
  TICKS_PER_SECOND,
  ticksOf,
  ticksOrNull,
  timeAt,
  floorDiv,
  ceilDiv,
  frameOf,
  ticksAt,
  sourceFrameOf,
  sourceEndOf,
  sourceTicksAt,
  needFrame,
};
