"use strict";

/** What the takes cost that a round trip asks for: count, ceiling, what is in the way. Pure. */

const { requestWords } = require("./trip_words.js");
const { counted, exactly, price, span } = require("./words.js");

/**
 * @typedef {{jobs: number, low_micros: number | null, high_micros: number | null, currency: string,
 *   seconds_low: number | null, seconds_high: number | null}} Price `high_micros` null: nobody knows
 * @typedef {{spent: number, limit: number | null, scope: string}} Purse in micros; `limit` null: no budget is set
 */

/** @param {Price} cost @returns {string} `free`, `up to $4.60`, `price unknown` */
function ceilingWords(cost) {
  if (cost.high_micros === null || cost.high_micros === undefined) {
    return "price unknown";
  }
  return cost.high_micros === 0 ? "free" : `up to ${exactly(cost.high_micros, cost.currency)}`;
}

/** @param {Price} cost */
function isUnknown(cost) {
  return cost.high_micros === null || cost.high_micros === undefined;
}

/** @param {Price} cost @param {number | null} most what a person allows where the price is unknown */
function stopAt(cost, most) {
  return (isUnknown(cost) ? most : cost.high_micros) || 0;
}

/**
 * What the button promises: count, ceiling, and what follows.
 * @param {Price} cost
 * @param {number} changes
 * @param {number | null} most
 */
function consentWords(cost, changes, most) {
  const held = isUnknown(cost) && most !== null ? `, ${exactly(most, cost.currency)} at most` : "";
  const then = changes ? `, then apply ${counted(changes, "change")}` : "";
  return `Make ${counted(cost.jobs, "take")} · ${ceilingWords(cost)}${held}${then}`;
}

/**
 * @param {any} headroom as /api/ledger/remaining says it
 * @param {any[]} spent as /api/ledger/spend says it, by day
 * @param {string} today `2026-11-22`, in UTC
 * @param {string} currency
 * @returns {Purse}
 */
function purseOf(headroom, spent, today, currency) {
  const own = spent.filter((one) => one.day === today && one.currency === currency);
  const sum = own.reduce((all, one) => all + one.settled_micros + one.reserved_micros, 0);
  const found = headroom ? headroom[currency] : null;
  const cap = found ? found.cap : null;
  if (!cap || !Number.isInteger(cap.limit_micros)) {
    return { spent: sum, limit: null, scope: "day" };
  }
  const committed = Number.isInteger(found.committed_micros) ? found.committed_micros : sum;
  return { spent: committed, limit: cap.limit_micros, scope: cap.scope || "day" };
}

/**
 * @param {any} trip
 * @param {Purse} purse
 * @param {number} changes that follow
 * @returns {[string, string][]}
 */
function takeLines(trip, purse, changes) {
  const cost = trip.price;
  const possible = trip.requests.filter((/** @type {any} */ one) => one.possible);
  const shots = [...new Set(possible.map((/** @type {any} */ one) => one.shot || one.name))].join(", ");
  const amount = price(cost.low_micros, cost.high_micros, cost.currency);
  const took = span(cost.seconds_low || null, cost.seconds_high);
  return [
    ["Will run", `${counted(cost.jobs, "take")} · ${shots} · ${took}`],
    ["Price", amount],
    ...possible.map((/** @type {any} */ one) => /** @type {[string, string]} */ (["Because", requestWords(one)])),
    ["Budget", budgetWords(cost, purse)],
    ["Then", changes ? `${counted(changes, "change")} on the timeline, once the takes are there` : "nothing else"],
  ];
}

/** @param {Price} cost @param {Purse} purse */
function budgetWords(cost, purse) {
  const limit = purse.limit === null ? ", no budget set" : ` of ${exactly(purse.limit, cost.currency)}`;
  const after = exactly(purse.spent + stopAt(cost, null), cost.currency);
  const rest = cost.high_micros ? `at most ${after} after this` : "this is free";
  return `Today ${exactly(purse.spent, cost.currency)}${limit} → ${isUnknown(cost) ? "unknown" : rest}`;
}

/**
 * Why the takes may not be made, null when they may. `scope` names the cap to change, "" where none is in the way.
 * @param {Price} cost
 * @param {Purse} purse
 * @param {number | null} most
 * @returns {{words: string, scope: string} | null}
 */
function takesHindrance(cost, purse, most) {
  if (isUnknown(cost) && !most) {
    return { words: "Nobody knows what these takes cost. Say how much may be paid.", scope: "" };
  }
  const ceiling = stopAt(cost, most);
  const by = purse.limit === null || !ceiling ? 0 : purse.spent + ceiling - purse.limit;
  const name = purse.scope === "day" ? "today's budget" : "the budget";
  return by > 0 ? { words: `Over ${name} by ${exactly(by, cost.currency)}`, scope: purse.scope } : null;
}

module.exports = { ceilingWords, consentWords, isUnknown, purseOf, stopAt, takeLines, takesHindrance };
