"use strict";

/** Sending a clip to the canvas with something behind it: the calls, in order. Nothing is generated. */

const { newId } = require("./api.js");

/** Distance of cards on the canvas, in its units. */
const COLUMN = 320;
const ROW = 240;

/**
 * @typedef {{canvasId: string, mode: string, link: any, making: import("./models.js").Making | null, template: any,
 *   model: string, prompt: string, handles: number | null}} Wish `canvasId` "" makes a canvas
 * @typedef {{canvasId: string, shot: string, source: string, nodes: string[], notes: string[]}} Sent
 */

/** @param {any} api @param {Wish} wish @param {() => Promise<string>} someCanvas @returns {Promise<Sent>} */
async function send(api, wish, someCanvas) {
  const from = await sourceOf(api, wish, someCanvas);
  if (wish.template) {
    const added = await addTemplate(api, wish, from);
    return { ...from, nodes: added.nodes, notes: [...from.notes, ...added.notes] };
  }
  return { ...from, nodes: [await addNode(api, wish, from)] };
}

/** @param {any} api @param {Wish} wish @param {() => Promise<string>} someCanvas */
async function sourceOf(api, wish, someCanvas) {
  const canvasId = wish.canvasId || (await someCanvas());
  if (wish.link && wish.link.canvas_id === canvasId) {
    return { canvasId, source: wish.link.source_node, shot: wish.link.shot, notes: [] };
  }
  const [pushed] = await api.push(canvasId, wish.mode, [], wish.handles);
  return { canvasId, source: pushed.link.node_id, shot: pushed.link.shot, notes: pushed.notes || [] };
}

/**
 * @param {any} api
 * @param {Wish} wish
 * @param {{canvasId: string, source: string, shot: string}} from
 * @returns {Promise<string>}
 */
async function addNode(api, wish, { canvasId, source, shot }) {
  const making = /** @type {import("./models.js").Making} */ (wish.making);
  const { canvas } = await api.canvas(canvasId);
  const { x, y } = freePlace(canvas, source);
  const node = newId("node");
  const params = making.prompts && wish.prompt ? { prompt: wish.prompt } : {};
  const title = `${shot} ${making.title.toLowerCase()}`.trim();
  await api.apply(canvasId, [
    { op: "add_node", id: node, kind: making.kind, title, x, y, params, model: wish.model },
    wire(source, node, making.port),
  ]);
  return node;
}

/** @param {string} source @param {string} node @param {string} port */
function wire(source, node, port) {
  return {
    op: "connect",
    id: newId("wire"),
    src_node: source,
    src_port: "video",
    dst_node: node,
    dst_port: port,
    order: null,
  };
}

/** Right of the source, below what stands there already. @param {any} canvas @param {string} source */
function freePlace(canvas, source) {
  const nodes = /** @type {any[]} */ (Object.values(canvas.nodes));
  const start = canvas.nodes[source] || { x: 0, y: 0 };
  const x = start.x + COLUMN;
  let { y } = start;
  while (nodes.some((one) => Math.abs(x - one.x) < COLUMN && Math.abs(y - one.y) < ROW)) {
    y += ROW;
  }
  return { x, y };
}

/**
 * Insert a template and let the pushed clip take the place of the template's own clip.
 * @param {any} api
 * @param {Wish} wish
 * @param {{canvasId: string, source: string}} from
 * @returns {Promise<{nodes: string[], notes: string[]}>}
 */
async function addTemplate(api, wish, { canvasId, source }) {
  const { slots } = wish.template;
  const slot = slots.find((/** @type {any} */ one) => one.kind === "clip");
  const words = slots.find((/** @type {any} */ one) => one.kind === "text");
  const made = await api.insertTemplate(
    wish.template.name,
    canvasId,
    words && wish.prompt ? { [words.name]: wish.prompt } : {},
  );
  const { canvas } = await api.canvas(canvasId);
  const own = new Set(Object.values(made.nodes));
  const standIn = made.nodes[slot.name];
  const wires = /** @type {any[]} */ (Object.values(canvas.wires));
  const fed = wires.filter((one) => one.src_node === standIn || one.src_node === source);
  if (standIn) {
    const moved = wires
      .filter((one) => one.src_node === standIn)
      .flatMap((one) => [{ op: "disconnect", wire: one.id }, wire(source, one.dst_node, one.dst_port)]);
    await api.apply(canvasId, [...moved, { op: "remove_node", node: standIn }]);
  }
  const nodes = Object.keys(canvas.nodes).filter((id) => own.has(id) && fed.some((one) => one.dst_node === id));
  return { nodes, notes: made.notes || [] };
}

module.exports = { freePlace, send };
