"use strict";

/**
 * A bridge written down for the page: it answers the socket's contract from a table, so that a page in any state can be
 * looked at. `calls` has every request; `facts` may be changed while the page runs. Nothing is decided here.
 */

const { picture } = require("./harbour_pictures.js");

const PORT = 4711;
const PAIRED = { "takebridge.link": JSON.stringify({ port: PORT, bridge: "b-1", token: "secret" }) };

/** @param {number} seq @param {object} [more] */
function take(seq, more = {}) {
  const facts = { width: 1280, height: 720, frame_count: 192, rate: "24/1" };
  return {
    id: `take_${seq}`,
    node_id: "node_make",
    seq,
    origin: "generated",
    outputs: { video: { content: `b3:${seq}`, facts } },
    provider: "google",
    model_requested: "google/veo-3.1",
    model_reported: "",
    seed_used: 4400 + seq,
    cost_estimated_micros: 3_200_000,
    cost_actual_micros: 3_200_000,
    currency: "USD",
    author: "editor",
    created_at: "2026-11-20T10:00:00Z",
    previz: false,
    notes: [],
    rating: null,
    best: null,
    hidden: false,
    recipe: { params: { prompt: "A harbour at dusk, slow push in", guidance: 7 } },
    ...more,
  };
}

function node(id, kind, title, more = {}) {
  return { id, kind, title, x: 0, y: 0, params: {}, model: "google/veo-3.1", pin: null, locked: false, ...more };
}

/** What the bridge knows at first: a clip on the canvas with five takes, take 5 pinned, take 3 in the cut. */
function harbour() {
  const takes = [
    take(1, { rating: "dead", hidden: true }),
    take(2, { previz: true, cost_actual_micros: 0 }),
    take(3, { rating: "almost" }),
    take(4, { rating: "useful_weird" }),
    take(5, { rating: "keep", recipe: { params: { prompt: "A harbour at dusk, rain" } } }),
  ];
  return {
    canvases: { canvas_1: "Harbour teaser", canvas_2: "Titles" },
    canvas: {
      id: "canvas_1",
      title: "Harbour teaser",
      wires: {},
      nodes: {
        node_clip: node("node_clip", "clip", "SH010"),
        node_make: node("node_make", "video_edit", "SH010 edit", { pin: "take_5" }),
      },
      takes: Object.fromEntries(takes.map((one) => [one.id, one])),
    },
    states: { node_make: { status: "fresh" } },
    rev: 7,
    host: {
      host: "premiere",
      session: "s-1",
      product: "Adobe Premiere",
      version: "26.3.0",
      alive: true,
      timeline: { timeline_name: "REEL 2 v14" },
    },
    clips: [seenClip()],
    jobs: [],
    spent: [
      {
        day: new Date().toISOString().slice(0, 10),
        currency: "USD",
        jobs: 3,
        settled_micros: 18_000_000,
        reserved_micros: 0,
      },
    ],
    caps: [{ scope: "day", key: "", currency: "USD", limit_micros: 50_000_000 }],
    remaining: {
      USD: { left_micros: 32_000_000, cap: { scope: "day", limit_micros: 50_000_000 }, committed_micros: 18_000_000 },
    },
    plan: paidPlan(),
    kinds: kinds(),
    models: models(),
    templates: [],
    put: [],
    answers: {},
  };
}

function seenClip(more = {}) {
  return {
    clip: "v1-a",
    name: "A003_C005.mov",
    kind: "clip",
    track_type: "video",
    track_index: 1,
    start_record_frame: 86400,
    end_record_frame: 86480,
    timecode: "01:00:00:00",
    rate: "24/1",
    media_path: "/footage/A003_C005.mov",
    width: 1920,
    height: 1080,
    problem: "",
    hint: "",
    links: [
      {
        link_id: "link_1",
        canvas_id: "canvas_1",
        shot: "SH010",
        source_node: "node_clip",
        node: "node_make",
        pinned: "take_5",
        shown: "take_3",
      },
    ],
    ...more,
  };
}

function paidPlan(more = {}) {
  const step = {
    node: "node_make",
    title: "SH010 edit",
    model: "google/veo-3.1",
    low_micros: 3_200_000,
    high_micros: 4_600_000,
    currency: "USD",
    seconds_low: 60,
    seconds_high: 120,
    local: false,
    free: false,
    group: 0,
    notes: [],
  };
  const amount = { currency: "USD", low_micros: 3_200_000, high_micros: 4_600_000, unknown: 0 };
  return {
    groups: [[step]],
    skipped: [],
    may_follow: [],
    now: [amount],
    whole: [amount],
    at_most: [amount],
    unknown_prices: 0,
    seconds_low: 60,
    seconds_high: 120,
    sentence: "",
    digest: "d-1",
    bindings: [],
    ...more,
  };
}

function kinds() {
  const port = (name, types, more = {}) => ({ name, types, required: false, many: false, ...more });
  return {
    upscale: {
      key: "upscale",
      title: "Upscale",
      inputs: [port("video", ["video"], { required: true })],
      params: [],
      models: "upscale",
      default_model: "local/span",
    },
    video_edit: {
      key: "video_edit",
      title: "Edit",
      inputs: [port("video", ["video"], { required: true })],
      params: [{ name: "prompt" }],
      models: "video_edit",
      default_model: "",
    },
  };
}

function models() {
  const slot = { role: "source_video", maximum: 1, max_frames: 240, max_pixels: 3_000_000 };
  return [
    {
      id: "local/span",
      title: "Span x2",
      provider: "local",
      kind: "upscale",
      inputs: [slot],
      price: { currency: "USD", low_micros: 0, high_micros: 0 },
      price_per: "job",
      seconds_low: 20,
      seconds_high: 40,
      local: true,
      lifecycle: "available",
    },
    {
      id: "google/veo-3.1",
      title: "Veo 3.1",
      provider: "google",
      kind: "video_edit",
      inputs: [slot],
      max_prompt: 2000,
      price: { currency: "USD", low_micros: 400_000, high_micros: 400_000 },
      price_per: "second",
      seconds_low: 60,
      seconds_high: 120,
      local: false,
      lifecycle: "available",
    },
  ];
}

/** @param {string} path @returns {{path: string, query: URLSearchParams}} */
function parted(path) {
  const url = new URL(path, "http://x");
  return { path: url.pathname, query: url.searchParams };
}

/**
 * Answer `ws://127.0.0.1:4711/panel` of a page. `greeting` and `refuse` shape the handshake.
 * @param {import("playwright-core").Page} page
 * @param {{facts?: any, greeting?: object, refuse?: object | null, closed?: number}} [given]
 */
async function standIn(page, given = {}) {
  const bridge = {
    facts: given.facts || harbour(),
    calls: [],
    heard: [],
    socket: null,
    refuse: given.refuse || null,
    silent: false,
    greeting: {
      type: "bridge",
      bridge: "b-1",
      protocol: "1.2",
      panel: "0.1.0",
      bridge_version: "0.9.0",
      ...given.greeting,
    },
    /** Send an event as /live does. */
    event(topic, data) {
      bridge.seq += 1;
      bridge.say({ type: "live", message: { type: "event", seq: bridge.seq, topic, data } });
    },
    seq: 1,
    say: (message) => bridge.socket && bridge.socket.send(JSON.stringify(message)),
    close: (code) => bridge.socket && bridge.socket.close({ code }),
    sent: (method, path) => bridge.calls.filter((call) => call.method === method && call.path === path),
  };
  await page.routeWebSocket(/127\.0\.0\.1:\d+\/panel$/, (socket) => {
    bridge.socket = socket;
    if (given.away || bridge.away) {
      socket.close({ code: 1001 });
      return;
    }
    socket.onMessage((text) => hear(bridge, JSON.parse(String(text))));
    bridge.say(bridge.greeting);
  });
  return bridge;
}

function hear(bridge, message) {
  bridge.heard.push(message);
  if (bridge.silent) {
    return;
  }
  if (message.type === "auth" || message.type === "pair") {
    if (bridge.refuse) {
      bridge.say({ type: "refused", error: bridge.refuse });
      bridge.close(4001);
    } else {
      bridge.say(
        message.type === "auth"
          ? { type: "authenticated", id: "panel-1" }
          : { type: "paired", id: "panel-1", token: "secret" },
      );
    }
  } else if (message.type === "hello") {
    bridge.say({ type: "welcome", welcome: { session: "s-1", protocol: "1.2", poll_seconds: 20 } });
  } else if (message.type === "follow") {
    bridge.say({
      type: "live",
      message: {
        type: "hello",
        stream: "x",
        seq: bridge.seq,
        complete: message.since !== null,
        client: "c",
        present: [],
      },
    });
  } else if (message.type === "ping") {
    bridge.say({ type: "pong", n: message.n });
  } else if (message.type === "request") {
    respond(bridge, message);
  }
}

async function respond(bridge, { id, method, path: whole, body }) {
  const { path, query } = parted(whole);
  bridge.calls.push({ method, path, query, body });
  const special = bridge.facts.answers[`${method} ${path}`];
  const found =
    special !== undefined
      ? typeof special === "function"
        ? await special(body, query)
        : special
      : answer(bridge.facts, method, path, body);
  const status = found && found.error ? found.error.status || 409 : 200;
  if (found && found.data) {
    bridge.say({
      type: "response",
      id,
      status,
      headers: found.headers || {},
      media_type: "image/bmp",
      data: found.data,
    });
  } else {
    bridge.say({ type: "response", id, status, headers: {}, body: found && found.error ? found.error : found });
  }
}

function answer(facts, method, path, body) {
  const media = /^\/api\/media\/b3%3A(\d+)\/(poster|sprite)$/.exec(path);
  if (media) {
    const cells = JSON.stringify({ count: 16, columns: 8, width: 160, height: 90 });
    const sprite = media[2] === "sprite";
    return { data: picture(Number(media[1]), sprite ? 16 : 1), headers: sprite ? { "x-takebridge-cells": cells } : {} };
  }
  const table = {
    "GET /api/status": () => ({ version: "0.9.0", hosts: [facts.host], providers: {}, canvases: facts.canvases }),
    "GET /api/canvases": () => facts.canvases,
    "GET /api/kinds": () => facts.kinds,
    "GET /api/models": () => facts.models,
    "GET /api/templates": () => facts.templates,
    "GET /api/jobs": () => facts.jobs,
    "GET /api/ledger/spend": () => facts.spent,
    "GET /api/ledger/caps": () => facts.caps,
    "GET /api/ledger/remaining": () => facts.remaining,
    "GET /api/hosts/spot": () => ({
      session: "s-1",
      timeline_id: "t1",
      clip: facts.clips[0] ? facts.clips[0].clip : "",
      selected: [],
    }),
    "POST /api/clips/look": () => ({
      session: "s-1",
      project: "Film",
      timeline: "REEL 2 v14",
      timeline_id: "t1",
      rate: "24/1",
      clips: facts.clips,
    }),
    "GET /api/clips/frame": () => ({ data: picture(11) }),
    "GET /api/clips/links": () => facts.links || [],
    "POST /api/clips/put": () => facts.put,
    "GET /api/roundtrips": () => [],
  };
  const found = table[`${method} ${path}`];
  if (found) {
    return found();
  }
  if (/\/plan$/.test(path)) {
    return facts.plan;
  }
  if (/\/ops$/.test(path)) {
    return { epoch: "e", rev: facts.rev + 1, states: {} };
  }
  if (/^\/api\/canvases\/[^/]+$/.test(path)) {
    return { epoch: "e", rev: facts.rev, canvas: facts.canvas, states: facts.states };
  }
  return { error: { code: "not_found", message: `There is no ${method} ${path}.`, hint: "", status: 404 }, body };
}

module.exports = { PAIRED, PORT, harbour, kinds, models, node, paidPlan, seenClip, standIn, take };
