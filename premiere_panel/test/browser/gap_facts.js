"use strict";

/** A bridge written down that knows two gaps, a model for them, and what they became. */

const { picture } = require("./harbour_pictures.js");
const { harbour, node, paidPlan, take } = require("./stand_in_bridge.js");

/** @param {object} [more] */
function gap(more = {}) {
  return {
    timeline_id: "t1",
    track_index: 1,
    start_record_frame: 86800,
    end_record_frame: 86880,
    timecode: "01:00:16:16",
    rate: "24/1",
    before: "v1-a",
    after: "v1-b",
    before_frame: 86799,
    after_frame: 86880,
    ...more,
  };
}

function second() {
  return gap({
    start_record_frame: 86960,
    end_record_frame: 86991,
    timecode: "01:00:23:08",
    before: "v1-b",
    after: "",
    before_frame: 86959,
    after_frame: null,
  });
}

/** @param {object} [more] */
function veo(more = {}) {
  return {
    id: "google/veo-3.1",
    title: "Veo 3.1",
    provider: "google",
    kind: "video",
    inputs: [
      { role: "start_frame", maximum: 1 },
      { role: "end_frame", maximum: 1 },
    ],
    max_prompt: 200,
    duration_ms: [4000, 8000],
    durations_ms: [4000, 6000, 8000],
    price: { currency: "USD", low_micros: 400_000, high_micros: 400_000 },
    price_per: "second",
    seconds_low: 60,
    seconds_high: 120,
    local: false,
    lifecycle: "available",
    ...more,
  };
}

function link() {
  return {
    id: "link_gap",
    canvas_id: "canvas_1",
    node_id: "node_gap",
    shot: "SH020",
    timeline_id: "t1",
    track_index: 1,
    start_record_frame: 86800,
    end_record_frame: 86880,
    clip_key: "",
    fills_gap: true,
  };
}

/** What the bridge knows: two gaps; asked to fill one, it makes SH020 for it. */
function withGaps() {
  const facts = harbour();
  const step = { ...facts.plan.groups[0][0], node: "node_gap", title: "SH020" };
  facts.models = [veo(), veo({ id: "x/words", title: "Words only", provider: "x", inputs: [], price: {} })];
  facts.plan = paidPlan({ groups: [[step]] });
  facts.links = [];
  facts.answers = {
    "POST /api/clips/gaps": [gap(), second()],
    "POST /api/clips/gaps/fill": () => {
      facts.links = [link()];
      facts.rev += 1;
      facts.canvas = {
        ...facts.canvas,
        nodes: { ...facts.canvas.nodes, node_gap: node("node_gap", "video", "SH020") },
      };
      return { link_id: "link_gap", shot: "SH020", nodes: { video: "node_gap" }, frames: 80, notes: [] };
    },
    "POST /api/hosts/playhead": {},
    "GET /api/clips/frame": (/** @type {any} */ _body, /** @type {URLSearchParams} */ query) => ({
      data: picture(Number(query.get("record_frame")) % 11),
    }),
  };
  return facts;
}

/** The take of SH020 is there, pinned. @param {any} facts */
function withTake(facts) {
  const made = take(1, { id: "take_gap", node_id: "node_gap" });
  facts.rev += 1;
  facts.canvas = {
    ...facts.canvas,
    nodes: { ...facts.canvas.nodes, node_gap: node("node_gap", "video", "SH020", { pin: "take_gap" }) },
    takes: { ...facts.canvas.takes, take_gap: made },
  };
}

module.exports = { gap, veo, withGaps, withTake };
