"use strict";

/**
 * Writing to Premiere: one lock, one transaction, one step in the person's undo history.
 *
 * Everything that has to be awaited is gathered before. Inside the lock nothing is awaited, no Action leaves it, and no
 * exception crosses the host's own frames: what a callback throws is carried out and thrown here.
 */

const { OpError, whole } = require("./faults.js");

const LABEL = "TakeBridge: ";
/** Premiere shows a label in one line of its History panel and its Edit menu. */
const LABEL_AT_MOST = 96;
/** Controls, and marks that turn the direction of what follows them: a History panel would show the rest mirrored. */
const UNPRINTED = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * Build actions inside the lock and carry them out as one undo step named ``TakeBridge: <label>``.
 *
 * ``build`` is synchronous, looks once more whether the ground is as it was read, and returns the actions; none means
 * that there is nothing to do. All of them are made before the first is handed over, so one that cannot be made leaves
 * nothing half-done. Raises what ``build`` raised when nothing was sent; ``host_rejected`` with ``sent`` when Premiere
 * refused or threw: what became of it is to be read back.
 * @param {import("./shapes.js").Stage} stage
 * @param {any} project
 * @param {string} label what is done, as a person would say it: ``place “SH010 take 3”``
 * @param {() => any[]} build
 */
function transact(stage, project, label, build) {
  /** @type {{error: unknown}[]} */
  const thrown = [];
  const said = { sent: false, done: false };
  try {
    project.lockedAccess(() => {
      try {
        const actions = build();
        if (actions.length === 0) {
          said.done = true;
          return;
        }
        said.sent = true;
        stage.memory.sent = true;
        said.done = execute(project, label, actions, thrown);
      } catch (error) {
        thrown.push({ error });
      }
    });
  } catch (error) {
    thrown.push({ error });
  }
  if (thrown.length > 0) {
    throw carried(thrown[0].error, label, said.sent);
  }
  if (!said.done) {
    throw refusedBy(label, "", true);
  }
}

/**
 * Hand the actions over in one transaction; say whether Premiere took it. What the callback throws lands in ``thrown``.
 * @param {any} project
 * @param {string} label
 * @param {any[]} actions
 * @param {{error: unknown}[]} thrown
 */
function execute(project, label, actions, thrown) {
  let taken = true;
  const said = project.executeTransaction((/** @type {any} */ compound) => {
    try {
      for (const action of actions) {
        taken = compound.addAction(action) !== false && taken;
      }
    } catch (error) {
      thrown.push({ error });
    }
  }, undoString(label));
  return said !== false && taken;
}

/**
 * The undo string of a change: ours, on one line.
 * @param {string} label
 */
function undoString(label) {
  const line = (LABEL + label).replace(UNPRINTED, " ").replace(/\s+/g, " ").trim();
  return whole(line.length > LABEL_AT_MOST ? `${line.slice(0, LABEL_AT_MOST - 1)}…` : line);
}

/**
 * The error for what was thrown inside: our own words as they are, the host's wrapped.
 * @param {unknown} error
 * @param {string} label
 * @param {boolean} sent
 */
function carried(error, label, sent) {
  if (error instanceof OpError && !sent) {
    return error;
  }
  return refusedBy(label, error instanceof Error ? error.message : String(error), sent);
}

/**
 * The error for a refused change.
 * @param {string} label
 * @param {string} words what Premiere said, "" for nothing
 * @param {boolean} sent whether a transaction was handed over
 */
function refusedBy(label, words, sent) {
  const hint = "Unlock the track and close open dialogs in Premiere, then try again. By hand it may say why.";
  const error = new OpError("host_rejected", `Premiere refused to ${label}.`, hint, { details: { said: words } });
  return Object.assign(error, { sent });
}

/**
 * `transact`, but a refusal of what was sent is returned instead of thrown: reading back says what became of it.
 * @param {import("./shapes.js").Stage} stage
 * @param {any} project
 * @param {string} label
 * @param {() => any[]} build
 * @returns {OpError | null}
 */
function attempt(stage, project, label, build) {
  try {
    transact(stage, project, label, build);
    return null;
  } catch (error) {
    if (error instanceof OpError && /** @type {any} */ (error).sent) {
      return error;
    }
    throw error;
  }
}

module.exports = { attempt, refusedBy, transact, undoString };
