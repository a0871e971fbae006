"use strict";

/** What a person does to takes, as ops of the canvas, and what a snapshot looks like once they are done. Pure. */

/**
 * @typedef {Record<string, any>} Take
 * @typedef {Record<string, any>} Op
 */

/**
 * The pin that was seen goes along: if somebody chose another one meanwhile, nothing happens.
 * @param {any} node
 * @param {Take} take
 * @returns {Op[]}
 */
function pin(node, take) {
  return node.pin === take.id ? [] : [{ op: "pin", node: node.id, take: take.id, expected: node.pin || null }];
}

/**
 * A rejected take that is judged worth something comes back.
 * @param {Take} take
 * @param {string | null} rating
 * @returns {Op[]}
 */
function rate(take, rating) {
  const ops = (take.rating || null) === rating ? [] : [{ op: "rate_take", take: take.id, rating }];
  return take.hidden && rating !== null ? [...ops, { op: "set_take_hidden", take: take.id, hidden: false }] : ops;
}

/** Hides, never deletes. @param {Take} take @returns {Op[]} */
function reject(take) {
  return take.hidden ? [] : [{ op: "set_take_hidden", take: take.id, hidden: true }];
}

/** No judgement, and not rejected. @param {Take} take @returns {Op[]} */
function clear(take) {
  const shown = take.hidden ? [{ op: "set_take_hidden", take: take.id, hidden: false }] : [];
  return take.rating ? [...shown, { op: "rate_take", take: take.id, rating: null }] : shown;
}

/** @param {any} node @returns {Op[]} */
function lock(node) {
  return [{ op: "set_locked", node: node.id, locked: !node.locked }];
}

/**
 * A snapshot with ops done to it; null when one is not known here, so that the whole has to be loaded.
 * @param {any} snapshot
 * @param {Op[]} ops
 * @returns {any}
 */
function done(snapshot, ops) {
  let { nodes, takes } = snapshot.canvas;
  for (const op of ops) {
    if (op.op === "pin" && nodes[op.node]) {
      nodes = { ...nodes, [op.node]: { ...nodes[op.node], pin: op.take } };
    } else if (op.op === "set_locked" && nodes[op.node]) {
      nodes = { ...nodes, [op.node]: { ...nodes[op.node], locked: op.locked } };
    } else if (op.op === "rate_take" && takes[op.take]) {
      takes = { ...takes, [op.take]: { ...takes[op.take], rating: op.rating } };
    } else if (op.op === "set_take_hidden" && takes[op.take]) {
      takes = { ...takes, [op.take]: { ...takes[op.take], hidden: op.hidden } };
    } else if (op.op === "set_best_range" && takes[op.take]) {
      takes = { ...takes, [op.take]: { ...takes[op.take], best: op.best } };
    } else {
      return null;
    }
  }
  return { ...snapshot, canvas: { ...snapshot.canvas, nodes, takes } };
}

/**
 * A snapshot after a change that the bridge tells of; null when it does not continue what is known here.
 * @param {any} snapshot
 * @param {any} change data of `canvas.changed`
 * @returns {any}
 */
function followed(snapshot, change) {
  if (change.epoch !== snapshot.epoch || change.from_rev !== snapshot.rev || !change.ops) {
    return null;
  }
  const next = done(snapshot, change.ops);
  if (!next) {
    return null;
  }
  const states = { ...snapshot.states };
  for (const [node, state] of Object.entries(change.states || {})) {
    if (state === null) {
      delete states[node];
    } else {
      states[node] = state;
    }
  }
  return { ...next, rev: change.rev, states };
}

module.exports = { clear, done, followed, lock, pin, rate, reject };
