"use strict";

/** Fingerprints of facts: equal text means equal facts. They name a state and guard no secret. */

/**
 * Return 26 hexadecimal digits for JSON facts; BigInt counts as its decimal text, -0 as 0.
 * @param {any} facts
 * @returns {string}
 */
function digest(facts) {
  const body = JSON.stringify(facts, plain);
  return scramble(body, 1) + scramble(body, 2);
}

/**
 * @param {string} _key
 * @param {any} value
 * @returns {any}
 */
function plain(_key, value) {
  if (typeof value === "bigint") {
    return String(value);
  }
  if (value !== null && typeof value === "object" && !Array.isArray(value)) {
    return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
  }
  return value;
}

/**
 * Return 13 hexadecimal digits (53 bits) of a text: two multiplicative lanes of 32 bits, mixed at the end.
 * @param {string} body
 * @param {number} seed
 * @returns {string}
 */
function scramble(body, seed) {
  let [high, low] = [0xdeadbeef ^ seed, 0x41c6ce57 ^ seed];
  for (let at = 0; at < body.length; at += 1) {
    const unit = body.charCodeAt(at);
    high = Math.imul(high ^ unit, 2654435761);
    low = Math.imul(low ^ unit, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return (4294967296 * (2097151 & low) + (high >>> 0)).toString(16).padStart(14, "0").slice(-13);
}

module.exports = { digest };
