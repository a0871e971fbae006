"use strict";

/**
 * The bridge's API as far as the panel uses it: one method a route, as takebridge.client.Api and its panel part have
 * it.
 * Every method rejects with a Refusal. `harmless` calls may be made twice.
 */

const { dataUrl } = require("../link/requests.js");
const { AUTHOR } = require("./log_words.js");

/** @typedef {import("../link/requests.js").Answer} Answer */
/** @typedef {{request(method: string, path: string, body?: unknown, how?: object): Promise<Answer>}} Line */

/** @param {Record<string, unknown>} query @returns {string} `?a=1&b=2`; lists repeat their name, null is left out */
function queried(query) {
  const parts = Object.entries(query).flatMap(([name, value]) => {
    const values = Array.isArray(value) ? value : value === null || value === undefined ? [] : [value];
    return values.map((one) => `${encodeURIComponent(name)}=${encodeURIComponent(String(one))}`);
  });
  return parts.length ? `?${parts.join("&")}` : "";
}

/**
 * @param {Record<string, unknown>} fields
 * @returns {Record<string, unknown>} what says something; the rest is left to the bridge
 */
function said(fields) {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined));
}

/** @param {string} prefix @returns {string} prefix_ and 32 random hex digits, as the bridge makes ids */
function newId(prefix) {
  let digits = "";
  while (digits.length < 32) {
    digits += Math.floor(Math.random() * 16).toString(16);
  }
  return `${prefix}_${digits}`;
}

/** @param {Line} link */
function createApi(link) {
  const e = encodeURIComponent;
  const again = { harmless: true };
  const get = async (/** @type {string} */ path, /** @type {Record<string, unknown>} */ query = {}) =>
    (await link.request("GET", path + queried(query))).body;
  const post = async (/** @type {string} */ path, /** @type {unknown} */ body, /** @type {object} */ how = {}) =>
    (await link.request("POST", path, body === undefined ? {} : body, how)).body;
  const image = async (/** @type {string} */ path) => dataUrl(await link.request("GET", path));

  return {
    // --- the bridge and its canvases
    status: (fresh = false) => get("/api/status", { fresh }),
    canvases: () => get("/api/canvases"),
    createCanvas: (/** @type {string} */ title) => post("/api/canvases", { title }),
    canvas: (/** @type {string} */ id) => get(`/api/canvases/${e(id)}`),
    kinds: () => get("/api/kinds"),
    models: () => get("/api/models"),
    templates: () => get("/api/templates"),
    insertTemplate: (/** @type {string} */ name, /** @type {string} */ canvasId, /** @type {object} */ inputs) =>
      post(`/api/templates/${e(name)}`, { canvas_id: canvasId, inputs, author: AUTHOR }),
    apply: (/** @type {string} */ canvasId, /** @type {object[]} */ ops, opId = newId("op")) =>
      post(`/api/canvases/${e(canvasId)}/ops`, { op_id: opId, author: AUTHOR, ops }, again),
    undo: (/** @type {string} */ canvasId, /** @type {string} */ batch) =>
      post(`/api/canvases/${e(canvasId)}/undo`, { op_id: newId("op"), author: AUTHOR, batch }, again),

    // --- where the person is
    spot: (fresh = true) => get("/api/hosts/spot", { fresh }),
    park: (/** @type {number} */ frame, /** @type {string} */ timelineId = "") =>
      post("/api/hosts/playhead", { record_frame: frame, timeline_id: timelineId }, again),
    look: (/** @type {string} */ mode) => post("/api/clips/look", { mode }, again),
    clipFrame: (/** @type {string} */ session, /** @type {string} */ clip, /** @type {number} */ frame, width = 320) =>
      image(`/api/clips/frame${queried({ session, clip, record_frame: frame, width })}`),

    // --- previews
    poster: (/** @type {string} */ content) => image(`/api/media/${e(content)}/poster`),
    /**
     * @param {string} content
     * @returns {Promise<{url: string, cells: {count: number, columns: number, width: number, height: number}}>}
     */
    sprite: async (content) => {
      const answer = await link.request("GET", `/api/media/${e(content)}/sprite`);
      return { url: dataUrl(answer), cells: JSON.parse(answer.headers["x-takebridge-cells"] || "null") };
    },

    // --- clips and takes
    push: (
      /** @type {string} */ canvasId,
      /** @type {string} */ mode,
      /** @type {string[]} */ process,
      /** @type {number | null} */ handles,
    ) => post("/api/clips/push", { canvas_id: canvasId, mode, process, author: AUTHOR, ...said({ handles }) }),
    links: (/** @type {string} */ canvasId) => get("/api/clips/links", { canvas_id: canvasId }),
    put: (/** @type {object} */ request) => post("/api/clips/put", { author: AUTHOR, ...request }),
    gaps: (/** @type {string} */ mode) => post("/api/clips/gaps", { mode }, again),
    fillGap: (/** @type {object} */ request) => post("/api/clips/gaps/fill", { author: AUTHOR, ...request }),

    // --- plans, jobs, money
    plan: (/** @type {string} */ canvasId, /** @type {object} */ scope) =>
      post(`/api/canvases/${e(canvasId)}/plan`, { scope, author: AUTHOR }, again),
    run: (/** @type {string} */ canvasId, /** @type {object} */ scope, /** @type {object} */ consent) =>
      post(`/api/canvases/${e(canvasId)}/runs`, { scope, author: AUTHOR, consent }),
    jobs: () => get("/api/jobs"),
    generate: (/** @type {string} */ canvasId, /** @type {string} */ nodeId, /** @type {object} */ asked) =>
      post("/api/jobs", { canvas_id: canvasId, node_id: nodeId, author: AUTHOR, ...asked }),
    cancel: (/** @type {string} */ job) => post(`/api/jobs/${e(job)}/cancel`, {}, again),
    retry: (/** @type {string} */ job, /** @type {number | null} */ most) =>
      post(`/api/jobs/${e(job)}/retry`, { author: AUTHOR, ...said({ max_micros: most }) }),
    resolve: (/** @type {string} */ job, /** @type {string} */ choice, /** @type {number | null} */ most) =>
      post(`/api/jobs/${e(job)}/resolve`, { choice, author: AUTHOR, ...said({ max_micros: most }) }),
    spend: () => get("/api/ledger/spend", { by: ["day"] }),
    caps: () => get("/api/ledger/caps"),
    remaining: (/** @type {string} */ canvasId) => get("/api/ledger/remaining", { canvas_id: canvasId }),
    setCap: async (/** @type {number} */ micros) =>
      (await link.request("PUT", "/api/ledger/caps", { scope: "day", key: "", currency: "USD", limit_micros: micros }))
        .body,
    removeCap: () => post("/api/ledger/caps/remove", { scope: "day", key: "", currency: "USD", limit_micros: 0 }),

    // --- round trips
    roundtrip: (/** @type {any} */ request) =>
      post("/api/roundtrips", { author: AUTHOR, ...request }, { harmless: request.dry_run !== false }),
    roundtrips: (/** @type {string} */ canvasId) => get("/api/roundtrips", { canvas_id: canvasId }),
  };
}

module.exports = { createApi, newId, queried };
