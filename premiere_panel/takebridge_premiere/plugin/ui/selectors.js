"use strict";

/** What follows from what the panel knows. Pure; `State` is the frozen value of app.js. */

const { connection } = require("./connection_words.js");
const { failure, isActive } = require("./job_words.js");
const { stepsOf } = require("./plan_words.js");

/** @typedef {Record<string, any>} State */

/** @param {State} state @returns {import("./connection_words.js").Connection} */
function connectionOf(state) {
  const { status, busy, session, version, now } = state;
  return connection(state.standing, { status, busy, session, version, now });
}

/** @param {State} state @returns {any} the shown clip's link to the chosen canvas */
function seenLink(state) {
  const links = state.clip ? state.clip.links || [] : [];
  return links.find((/** @type {any} */ link) => link.canvas_id === state.canvasId) || null;
}

/**
 * @param {State} state
 * @returns {any} the node whose tray the clip shows; null while the clip has only its source there
 */
function nodeOf(state) {
  const link = seenLink(state);
  const found = link && state.snapshot ? state.snapshot.canvas.nodes[link.node] : null;
  return found && found.id !== link.source_node ? found : null;
}

/** @param {State} state @returns {any[]} all takes of that node, rejected ones too, oldest first */
function allTakes(state) {
  const node = nodeOf(state);
  return node ? takesOf(state.snapshot.canvas.takes, node.id) : [];
}

/**
 * Filtering thousands of takes anew for each glance would show while scrolling.
 * @type {WeakMap<object, Map<string, any[]>>}
 */
const sorted = new WeakMap();

/** @param {Record<string, any>} takes @param {string} nodeId @returns {any[]} */
function takesOf(takes, nodeId) {
  const known = sorted.get(takes) || new Map();
  sorted.set(takes, known);
  if (!known.has(nodeId)) {
    const own = Object.values(takes).filter((take) => take.node_id === nodeId);
    known.set(
      nodeId,
      own.sort((one, other) => one.seq - other.seq),
    );
  }
  return /** @type {any[]} */ (known.get(nodeId));
}

/** @param {State} state @returns {any} */
function pinnedTake(state) {
  const node = nodeOf(state);
  return node && node.pin ? state.snapshot.canvas.takes[node.pin] || null : null;
}

/** @param {State} state @returns {any} the take of ours the clip shows; null for the person's own media */
function shownTake(state) {
  const link = seenLink(state);
  const take = link && link.shown && state.snapshot ? state.snapshot.canvas.takes[link.shown] : null;
  return take && take.node_id !== link.source_node ? take : null;
}

/** @param {State} state @returns {string} the node's state as the bridge derived it */
function healthOf(state) {
  const node = nodeOf(state);
  const found = node && state.snapshot.states ? state.snapshot.states[node.id] : null;
  return found ? String(found.status) : "";
}

/** @param {State} state @returns {any[]} */
function jobsOf(state) {
  return Object.values(state.jobs);
}

/** @param {State} state @returns {import("./primary.js").Facts} */
function factsOf(state) {
  const link = seenLink(state);
  const node = nodeOf(state);
  const pinned = pinnedTake(state);
  const shown = shownTake(state);
  const knows = link && state.snapshot && state.snapshot.canvas.nodes[link.source_node];
  const own = node ? jobsOf(state).filter((job) => job.node === node.id) : [];
  return {
    connection: connectionOf(state),
    hasClip: state.clip !== null,
    problem: state.clip ? state.clip.problem || "" : "",
    hint: state.clip ? state.clip.hint || "" : "",
    linked: link !== null,
    node: node ? "yes" : knows ? "no" : "loading",
    takes: allTakes(state).filter((take) => !take.hidden).length,
    pinned: pinned ? pinned.seq : null,
    shown: shown ? shown.seq : null,
    conflicts: state.conflicts,
    making: own.filter(isActive).length,
    failed: own.length ? failure(own[own.length - 1]) : "",
    doing: state.doing,
  };
}

/** @param {State} state @returns {string} why no take can be generated now, "" when one can */
function whyNotGenerate(state) {
  if (!state.clip) {
    return "There is no clip to make a take for.";
  }
  if (!seenLink(state)) {
    return "Push the clip first.";
  }
  const node = nodeOf(state);
  if (!node) {
    return "Nothing is made of this clip yet: choose what with “Send to canvas”.";
  }
  if (node.locked) {
    return "The node is locked. Unlock it to generate.";
  }
  const skipped = state.plan && !stepsOf(state.plan).length ? state.plan.skipped || [] : [];
  const blocked = skipped.find((/** @type {any} */ one) => one.reason === "blocked" || one.reason === "no_provider");
  return blocked ? blocked.words : "";
}

/** @param {State} state @param {string} id @returns {string} what a node is called, "" where it is not known */
function nameOf(state, id) {
  const node = state.snapshot ? state.snapshot.canvas.nodes[id] : null;
  return (node && node.title) || state.names[id] || "";
}

module.exports = {
  allTakes,
  connectionOf,
  factsOf,
  healthOf,
  jobsOf,
  nameOf,
  nodeOf,
  pinnedTake,
  seenLink,
  shownTake,
  takesOf,
  whyNotGenerate,
};
