"use strict";

/**
 * What the bridge, or the way to it, refused. Words come from the bridge where it spoke; `hint` is the next step.
 * `retryable`: asking again may work. `status` is the HTTP status, 0 where nobody answered.
 */
class Refusal extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {string} hint
   * @param {{retryable?: boolean, details?: Record<string, unknown>, status?: number}} [more]
   */
  constructor(code, message, hint, more = {}) {
    super(message);
    this.name = "Refusal";
    this.code = code;
    this.hint = hint;
    this.retryable = more.retryable === true;
    this.details = more.details || {};
    this.status = more.status || 0;
  }
}

/**
 * Return the error that a wire error (`{code, message, hint, retryable, details}`) says, or one for an answer without.
 * @param {any} wire
 * @param {number} [status]
 * @returns {Refusal}
 */
function fromWire(wire, status = 0) {
  if (wire && typeof wire === "object" && typeof wire.message === "string" && wire.message) {
    const details = wire.details && typeof wire.details === "object" ? wire.details : {};
    const more = { retryable: wire.retryable === true, details, status };
    return new Refusal(String(wire.code || "usage"), wire.message, String(wire.hint || ""), more);
  }
  return new Refusal("usage", `The bridge answered ${status}.`, "Run 'takebridge doctor'.", { status });
}

/**
 * Return anything that was thrown as a Refusal; what is no error of ours is a fault of the panel, and says so.
 * @param {any} error
 * @returns {Refusal}
 */
function asRefusal(error) {
  if (error instanceof Refusal) {
    return error;
  }
  const raw = error && error.message ? String(error.message) : String(error);
  return new Refusal(
    "panel_fault",
    "The panel could not understand the bridge.",
    "Use panel and bridge of the same release. The log has the details.",
    { details: { fault: raw.slice(0, 500) } },
  );
}

/** @returns {Refusal} Nothing was sent: there is no connection. */
function notConnected() {
  const hint = "It goes on as soon as the bridge answers.";
  return new Refusal("not_connected", "The bridge isn't connected. Nothing was sent.", hint, { retryable: true });
}

/**
 * The connection went away before the answer came.
 * @param {boolean} harmless whether asking again changes nothing
 * @returns {Refusal}
 */
function answerLost(harmless) {
  if (harmless) {
    const words = "The connection to the bridge was lost before it answered.";
    return new Refusal("answer_lost", words, "Try again once it is connected.", { retryable: true });
  }
  return new Refusal(
    "answer_lost",
    "The bridge went away before it answered; whether it did what was asked is not known.",
    "Look whether it was done before you ask again.",
  );
}

/** @returns {Refusal} Nobody answers on the port that a person wrote. */
function noBridge() {
  const hint = "Start it with 'takebridge serve', and look at the port that 'takebridge pair' shows.";
  return new Refusal("not_connected", "No bridge answers on that port.", hint, { retryable: true });
}

/** @returns {Refusal} */
function notSixDigits() {
  return new Refusal("usage", "A code has six digits.", "Write those that 'takebridge pair' shows.");
}

/** @returns {Refusal} */
function revoked() {
  return new Refusal("revoked", "This panel was taken off the bridge's list.", "Pair it again to go on.");
}

/**
 * The bridge ended the session and does not want this panel back by itself.
 * @param {boolean} takenOver whether another connection of this panel is there instead
 * @returns {Refusal}
 */
function toldToStop(takenOver) {
  return takenOver
    ? new Refusal("taken_over", "Another connection of this panel has taken over.", "Connect here to use this one.")
    : new Refusal("asked_to_stop", "The bridge asked this panel to stop.", "Connect again when you want to go on.");
}

module.exports = {
  Refusal,
  answerLost,
  asRefusal,
  fromWire,
  noBridge,
  notConnected,
  notSixDigits,
  revoked,
  toldToStop,
};
