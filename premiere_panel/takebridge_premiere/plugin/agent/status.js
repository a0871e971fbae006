"use strict";

/** The ops that only say how Premiere is, and the one that ends the agent. */

const { OpError, short } = require("./faults.js");
const { readScene } = require("./scene.js");

/**
 * @typedef {import("./shapes.js").Stage} Stage
 */

const PRODUCT = "Adobe Premiere";

/**
 * Return HostStatus; ``timeline`` is null when no sequence is open. Premiere's editions do not differ.
 * @param {Stage} stage
 */
async function hostStatus(stage) {
  return {
    host: "premiere",
    product: PRODUCT,
    version: short(stage.version),
    edition: "unknown",
    page: "",
    timeline: await openTimeline(stage),
  };
}

/** @param {Stage} stage */
async function openTimeline(stage) {
  try {
    const { info } = await readScene(stage, { tracks: [], detail: "light" });
    return { ...info, revision: "" };
  } catch (thrown) {
    if (thrown instanceof OpError) {
      return null;
    }
    throw thrown;
  }
}

/**
 * ``host.status``.
 * @param {Stage} stage
 */
async function statusOp(stage) {
  return { result: await hostStatus(stage) };
}

/**
 * ``agent.ping``.
 * @param {Stage} stage
 */
async function ping(stage) {
  await stage.ppro.Project.getActiveProject();
  return { result: { alive: true } };
}

/**
 * ``agent.stop``: whoever runs the desk leaves after the answer.
 * @param {Stage} stage
 */
async function stop(stage) {
  stage.memory.stopping = true;
  return { result: {} };
}

module.exports = { hostStatus, statusOp, ping, stop };
