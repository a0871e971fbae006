"use strict";

/**
 * A plan and its price: lines, what the confirm button repeats, what is in the way. Pure. As the Resolve panel has it.
 */

const { counted, exactly, price, span } = require("./words.js");

/** @type {Record<string, string>} */
const WHOSE = { day: "today's budget", canvas: "the canvas's budget", job: "the budget of one take" };

/**
 * @typedef {Record<string, any>} Plan
 * @typedef {{words: string, scope: string}} Hindrance `scope` names the cap to change, "" where no cap is in the way
 */

/** @param {Plan} plan @returns {any[]} */
function stepsOf(plan) {
  return (plan.groups || []).flat();
}

/** @param {Plan} plan @returns {boolean} */
function isFree(plan) {
  return stepsOf(plan).every((step) => step.free);
}

/** @param {Plan} plan @returns {number} the most that the priced steps may cost, in micros */
function ceiling(plan) {
  return (plan.whole || []).reduce((/** @type {number} */ sum, /** @type {any} */ one) => sum + one.high_micros, 0);
}

/** @param {Plan} plan @returns {string} `Free, on this computer, about 40 s` */
function freeWords(plan) {
  const where = stepsOf(plan).every((step) => step.local) ? "on this computer" : "at the provider";
  return `Free, ${where}, ${span(plan.seconds_low || null, plan.seconds_high)}`;
}

/** @param {any[]} amounts @returns {string} the sum of every currency; what is unpriced is said, never counted as 0 */
function totals(amounts) {
  const words = amounts.map((one) => {
    const known = price(one.low_micros, one.high_micros, one.currency);
    const unpriced = one.unknown ? `${one.unknown} unpriced` : "";
    return [known === "free" && unpriced ? "" : known, unpriced].filter(Boolean).join(" + ");
  });
  return words.join(" + ") || "price unknown";
}

/** @param {Plan} plan @returns {string} what the confirm button promises at most */
function ceilingWords(plan) {
  if (isFree(plan)) {
    return `free, ${span(plan.seconds_low || null, plan.seconds_high)}`;
  }
  const parts = (plan.whole || [])
    .filter((/** @type {any} */ one) => one.high_micros)
    .map((/** @type {any} */ one) => `up to ${exactly(one.high_micros, one.currency)}`);
  return [...parts, ...(plan.unknown_prices ? [`${plan.unknown_prices} unpriced`] : [])].join(" + ");
}

/**
 * @param {Plan | null} plan
 * @returns {string} what stands behind *Generate take*: `~$3.20`, `free`, "" for nothing to run
 */
function labelPrice(plan) {
  if (!plan || !stepsOf(plan).length) {
    return "";
  }
  return isFree(plan) ? "free" : totals(plan.now || []);
}

/**
 * The plan line by line. `left` says how much the budget leaves, "" without one.
 * @param {Plan} plan
 * @param {string} [left]
 * @returns {[string, string][]}
 */
function planLines(plan, left = "") {
  const steps = stepsOf(plan);
  const skipped = (plan.skipped || []).filter((/** @type {any} */ one) => one.reason !== "constant");
  if (!steps.length) {
    const reasons = skipped.map((/** @type {any} */ one) => `${one.title}: ${one.words}`);
    return (reasons.length ? reasons : [plan.sentence || "Everything asked for is there."]).map(
      (/** @type {string} */ reason) => ["Nothing to do", reason],
    );
  }
  const names = [...new Set(steps.map((step) => step.title))].join(", ");
  const priced = isFree(plan) || ceiling(plan) > 0;
  /** @type {([string, string] | null)[]} */
  const lines = [
    ["Will run", `${counted(steps.length, "take")} · ${names}`],
    priced ? ["Price", isFree(plan) ? freeWords(plan) : totals(plan.whole)] : null,
    plan.unknown_prices ? ["Price unknown", `${counted(plan.unknown_prices, "take")}, not counted`] : null,
    (plan.may_follow || []).length
      ? ["May follow", `${counted(plan.may_follow.length, "take")} if the new takes are pinned`]
      : null,
    ...skipped.map((/** @type {any} */ one) => ["Skipped", `${one.title}: ${one.words}`]),
    ...steps.flatMap((step) => (step.notes || []).map((/** @type {string} */ note) => ["Note", note])),
    left ? ["Budget", left] : null,
  ];
  return /** @type {[string, string][]} */ (lines.filter((line) => line !== null));
}

/**
 * What the confirm button says: count and ceiling; `stopAt` is the most a person allowed, null where they did not.
 * @param {Plan} plan
 * @param {number | null} stopAt
 */
function confirmWords(plan, stopAt) {
  const steps = stepsOf(plan);
  if (!steps.length) {
    return "Nothing to generate";
  }
  const words = `Generate ${counted(steps.length, "take")} · ${ceilingWords(plan)}`;
  const known = stopAt === null || !plan.unknown_prices || stopAt <= ceiling(plan);
  return known ? words : `${words}, ${exactly(stopAt, currencyOf(plan))} at most`;
}

/** @param {Plan} plan */
function currencyOf(plan) {
  return plan.whole && plan.whole.length ? plan.whole[0].currency : "USD";
}

/**
 * Why a plan may not be confirmed, null when it may.
 * @param {Plan} plan
 * @param {number | null} stopAt
 * @returns {Hindrance | null}
 */
function hindrance(plan, stopAt) {
  if (!stepsOf(plan).length) {
    return { words: "There is nothing to generate.", scope: "" };
  }
  const over = overACap(plan, stopAt);
  if (over) {
    return over;
  }
  const known = ceiling(plan);
  if (stopAt !== null && stopAt < known) {
    return {
      words: `This may cost ${exactly(known, currencyOf(plan))}; with less than that nothing is started.`,
      scope: "",
    };
  }
  if (plan.unknown_prices && (stopAt === null || stopAt <= known)) {
    const more = known ? ` more than ${exactly(known, currencyOf(plan))}` : "";
    const words = `Nobody knows what ${counted(plan.unknown_prices, "take")} will cost. Allow an amount${more}.`;
    return { words, scope: "" };
  }
  return null;
}

/** @param {Plan} plan @param {number | null} stopAt @returns {Hindrance | null} the cap that is passed by most */
function overACap(plan, stopAt) {
  const most = plan.unknown_prices ? Math.max(ceiling(plan), stopAt || 0) : ceiling(plan);
  const dearest = Math.max(0, ...stepsOf(plan).map((step) => step.high_micros || 0));
  let found = null;
  let worst = 0;
  for (const one of plan.bindings || []) {
    if (one.left_micros === null) {
      found = found || (plan.unknown_prices ? null : { words: one.words, scope: "" });
      continue;
    }
    const by = (one.scope === "job" ? dearest : most) - one.left_micros;
    if (by > worst) {
      worst = by;
      found = { words: `Over ${WHOSE[one.scope] || "the budget"} by ${exactly(by, one.currency)}`, scope: one.scope };
    }
  }
  return found;
}

/**
 * What the tightest cap leaves: `$31.60 of $50.00 left today`.
 * @param {any} headroom as /api/ledger/remaining says it
 * @param {string} [currency]
 */
function leftWords(headroom, currency = "USD") {
  const found = headroom ? headroom[currency] : null;
  if (!found || !Number.isInteger(found.left_micros)) {
    return "No budget is set: what you confirm may be spent.";
  }
  const cap = found.cap || {};
  const limit = Number.isInteger(cap.limit_micros) ? ` of ${exactly(cap.limit_micros, currency)}` : "";
  const when = /** @type {Record<string, string>} */ ({
    day: " today",
    canvas: " for this canvas",
    job: " for one take",
  });
  return `${exactly(found.left_micros, currency)}${limit} left${when[cap.scope] || ""}`;
}

module.exports = {
  ceiling,
  ceilingWords,
  confirmWords,
  freeWords,
  hindrance,
  isFree,
  labelPrice,
  leftWords,
  planLines,
  stepsOf,
  totals,
};
