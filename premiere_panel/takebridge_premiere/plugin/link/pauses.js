"use strict";

/** Seconds before each attempt to connect again; the last repeats. */
const PAUSES = [0.5, 1, 2, 4, 7, 10];
const JITTER = 0.25;

/**
 * Return how many milliseconds to wait before attempt `tries` (from 1), spread so that panels do not dial in step.
 * @param {number} tries
 * @param {number} chance from 0 to 1
 * @returns {number}
 */
function pauseOf(tries, chance) {
  const seconds = PAUSES[Math.min(Math.max(tries, 1), PAUSES.length) - 1];
  return Math.round(seconds * 1000 * (1 - JITTER + JITTER * chance));
}

module.exports = { pauseOf };
