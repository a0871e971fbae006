"use strict";

const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const { test } = require("node:test");
const root = "../../takebridge_premiere/plugin/";
const { Refusal } = require(`${root}link/faults.js`);
const { START } = require(`${root}link/standing.js`);
const { queried, newId } = require(`${root}ui/api.js`);
const { connection } = require(`${root}ui/connection_words.js`);
const edits = require(`${root}ui/edits.js`);
const marks = require(`${root}ui/marks.js`);
const { createMemory } = require(`${root}ui/memory.js`);
const models = require(`${root}ui/models.js`);
const { createPictures } = require(`${root}ui/pictures.js`);
const plans = require(`${root}ui/plan_words.js`);
const { primary } = require(`${root}ui/primary.js`);
const rating = require(`${root}ui/rating.js`);
const { freePlace } = require(`${root}ui/sending.js`);
const { createState } = require(`${root}ui/state.js`);
const takes = require(`${root}ui/take_facts.js`);
const tiles = require(`${root}ui/tiles.js`);
const { handClock, settle, storage } = require("../link/stand_ins.js");

const FACTS = { status: null, busy: false, session: "s", version: "0.1.0", now: 500_000 };
const standing = (more) => ({ ...START, port: 4711, ...more });

test("every standing has a cause and at most one next step", () => {
  const error = new Refusal("unknown_panel", "The bridge doesn't know this panel.", "Pair it again.");
  const rows = [
    [{ name: "unpaired" }, "Pair"],
    [{ name: "unpaired", stranger: true }, "Pair with this one"],
    [{ name: "searching" }, "Look again"],
    [{ name: "searching", since: 380_000 }, "Look again"],
    [{ name: "connecting" }, ""],
    [{ name: "connected" }, ""],
    [{ name: "frozen", who: "bridge" }, "Connect again"],
    [{ name: "frozen", who: "editor" }, "Check again"],
    [{ name: "refused", error }, "Pair again"],
    [
      { name: "refused", error: new Refusal("taken_over", "Another has taken over.", "Connect here.") },
      "Connect again",
    ],
    [{ name: "other-version" }, "Check again"],
  ];
  for (const [more, button] of rows) {
    const found = connection(standing(more), FACTS);
    assert.ok(found.cause.length > 20, JSON.stringify(more));
    assert.equal(found.button, button, JSON.stringify(more));
    assert.ok(found.mark && found.token && found.short);
  }
  assert.match(
    connection(standing({ name: "searching", since: 380_000 }), FACTS).cause,
    /^The bridge stopped 2 min ago\./,
  );
});

test("the strip names the sequence of this panel's own session", () => {
  const hosts = [
    { host: "premiere", session: "other", timeline: { timeline_name: "Not mine" } },
    {
      host: "premiere",
      session: "s",
      product: "Adobe Premiere",
      version: "26.3.0",
      timeline: { timeline_name: "REEL 2" },
    },
    { host: "resolve", session: "r", timeline: { timeline_name: "In Resolve" } },
  ];
  const found = connection(standing({ name: "connected" }), { ...FACTS, status: { hosts } });
  assert.equal(found.short, "Premiere · REEL 2");
  assert.equal(found.cause, "Connected to Adobe Premiere 26.3.0, sequence “REEL 2”.");
});

const LIVE = connection(standing({ name: "connected" }), FACTS);
const facts = (more) => ({
  connection: LIVE,
  hasClip: true,
  problem: "",
  hint: "",
  linked: true,
  node: "yes",
  takes: 3,
  pinned: 5,
  shown: 5,
  conflicts: 0,
  making: 0,
  failed: "",
  doing: "",
  ...more,
});

test("the primary button is the first thing in the way, else the next step", () => {
  const label = (more) => primary(facts(more)).label;
  assert.equal(label({ linked: false }), "Push clip to canvas");
  assert.equal(label({ takes: 0, pinned: null, shown: null }), "Generate first take");
  assert.equal(label({ shown: null }), "Put take 5 above");
  assert.equal(label({ shown: 3 }), "Swap to take 5");
  assert.equal(label({}), "Up to date");
  assert.equal(label({ conflicts: 1 }), "Review 1 conflict");
  assert.equal(label({ connection: connection(standing({ name: "unpaired" }), FACTS) }), "Reconnect");
  assert.equal(label({ node: "no", pinned: null, shown: null }), "Choose what to make");
});

test("whenever it is off, a reason stands there", () => {
  const off = [
    { hasClip: false },
    { linked: false, problem: "Offline.", hint: "Relink." },
    { doing: "Pushing…" },
    {},
    { pinned: null, shown: null },
    { node: "loading", pinned: null },
    { takes: 0, pinned: null, making: 1 },
    { connection: connection(standing({ name: "connecting" }), FACTS) },
    { connection: connection(standing({ name: "frozen", who: "bridge" }), FACTS), shown: 3 },
    { connection: connection(standing({ name: "connected" }), { ...FACTS, busy: true }), shown: 3 },
  ];
  for (const more of off) {
    const found = primary(facts(more));
    assert.equal(found.enabled, false, JSON.stringify(more));
    assert.ok(found.reason.length > 5, JSON.stringify(more));
  }
});

const STEP = { node: "n", title: "SH010", free: false, local: false, high_micros: 4_600_000, notes: [] };
const AMOUNT = { currency: "USD", low_micros: 3_200_000, high_micros: 4_600_000, unknown: 0 };
const plan = (more) => ({
  groups: [[STEP]],
  skipped: [],
  may_follow: [],
  now: [AMOUNT],
  whole: [AMOUNT],
  at_most: [AMOUNT],
  unknown_prices: 0,
  seconds_low: 60,
  seconds_high: 120,
  bindings: [],
  ...more,
});

test("the confirm button repeats count and ceiling", () => {
  assert.equal(plans.confirmWords(plan({}), null), "Generate 1 take · up to $4.60");
  const free = plan({
    groups: [[{ ...STEP, free: true, local: true }]],
    whole: [{ ...AMOUNT, low_micros: 0, high_micros: 0 }],
    seconds_low: 40,
    seconds_high: 40,
  });
  assert.equal(plans.confirmWords(free, null), "Generate 1 take · free, about 40 s");
  const unpriced = plan({ unknown_prices: 1 });
  assert.equal(plans.confirmWords(unpriced, 5_000_000), "Generate 1 take · up to $4.60 + 1 unpriced, $5.00 at most");
  assert.equal(plans.labelPrice(plan({})), "$3.20 – $4.60");
});

test("what hinders a plan: nothing to do, budget, unknown price", () => {
  assert.equal(plans.hindrance(plan({}), null), null);
  assert.equal(plans.hindrance(plan({ groups: [] }), null).words, "There is nothing to generate.");
  const over = plans.hindrance(plan({ bindings: [{ scope: "day", currency: "USD", left_micros: 4_000_000 }] }), null);
  assert.deepEqual(over, { words: "Over today's budget by $0.60", scope: "day" });
  assert.match(plans.hindrance(plan({ unknown_prices: 1 }), 4_600_000).words, /Allow an amount more than \$4\.60\./);
  assert.equal(plans.hindrance(plan({ unknown_prices: 1 }), 4_600_001), null);
});

test("stars and the canvas's words are one", () => {
  assert.deepEqual([0, 1, 2, 3, 4, 5].map(rating.ratingOf), [null, "dead", "useful_weird", "almost", "keep", "keep"]);
  assert.deepEqual([null, "dead", "useful_weird", "almost", "keep"].map(rating.starsOf), [0, 1, 2, 3, 4]);
  assert.equal(rating.titleOf(3), "3 stars: almost");
});

const SNAPSHOT = {
  epoch: "e",
  rev: 7,
  states: { n: { status: "stale" } },
  canvas: {
    nodes: { n: { id: "n", pin: "t1", locked: false } },
    takes: { t1: { id: "t1", rating: null, hidden: false }, t2: { id: "t2", rating: "keep", hidden: true } },
  },
};

test("a pin carries the pin that was seen; rating a rejected take brings it back", () => {
  const { nodes, takes: all } = SNAPSHOT.canvas;
  assert.deepEqual(edits.pin(nodes.n, all.t2), [{ op: "pin", node: "n", take: "t2", expected: "t1" }]);
  assert.deepEqual(edits.pin(nodes.n, all.t1), []);
  assert.deepEqual(
    edits.rate(all.t2, "almost").map((op) => op.op),
    ["rate_take", "set_take_hidden"],
  );
  assert.deepEqual(edits.reject(all.t2), []);
});

test("a change that continues what is known is followed, any other makes the canvas load", () => {
  const change = { epoch: "e", from_rev: 7, rev: 8, ops: [{ op: "pin", node: "n", take: "t2" }], states: { n: null } };
  const next = edits.followed(SNAPSHOT, change);
  assert.deepEqual([next.rev, next.canvas.nodes.n.pin, next.states], [8, "t2", {}]);
  assert.equal(SNAPSHOT.canvas.nodes.n.pin, "t1");
  for (const other of [{ from_rev: 6 }, { epoch: "x" }, { ops: null }, { ops: [{ op: "add_take", take: {} }] }]) {
    assert.equal(edits.followed(SNAPSHOT, { ...change, ...other }), null, JSON.stringify(other));
  }
});

test("the tray's room: columns by width, and only rows in sight with some to spare", () => {
  const room = tiles.layout({ width: 320, height: 300, scrollTop: 0, count: 300 });
  assert.equal(room.columns, 3); // 3 · 98 + 2 · 6 = 306 fits, 4 · 98 + 3 · 6 = 410 does not
  assert.equal(room.tileWidth, 102); // (320 − 12) / 3
  assert.equal(room.tileHeight, 107); // 102 · 9 / 16 = 57.4 → 57, and 50 for the words
  assert.equal(room.total, 100 * 113 - 6);
  assert.deepEqual([room.first, room.last], [0, 15]); // rows 0 to 2 are in sight, two to spare
  assert.deepEqual(room.place(4), { left: 108, top: 113 });
  const end = tiles.layout({ width: 320, height: 300, scrollTop: 11_000, count: 300 });
  assert.equal(end.last, 300);
});

test("arrow keys move the ring and stop at the ends", () => {
  const move = (index, key) => tiles.moved(index, key, 3, 8);
  assert.deepEqual(
    [move(0, "ArrowLeft"), move(0, "ArrowRight"), move(0, "ArrowDown"), move(4, "ArrowUp")],
    [0, 1, 3, 1],
  );
  assert.deepEqual(
    [move(6, "ArrowDown"), move(7, "ArrowRight"), move(5, "ArrowDown"), move(2, "End"), move(2, "Home")],
    [7, 7, 7, 7, 0],
  );
});

test("what a take is", () => {
  const take = {
    outputs: { video: { content: "b3:1", facts: { width: 1280, height: 720, frame_count: 192, rate: "24/1" } } },
    origin: "generated",
    model_requested: "google/veo-3.1",
    seed_used: 0,
    cost_actual_micros: null,
    cost_estimated_micros: 3_200_000,
    currency: "USD",
  };
  assert.equal(takes.provenance(take), "Veo 3.1 · 8 s 00 f · seed 0 · ~$3.20");
  assert.equal(takes.content(take), "b3:1");
  assert.equal(takes.provenance({ outputs: {}, origin: "nle" }), "From the timeline");
});

test("a clip goes to models that take its size and length, free and local ones first", () => {
  const slot = { role: "source_video", maximum: 1, max_frames: 100, max_pixels: null };
  const model = (id, more) => ({
    id,
    kind: "edit",
    title: id,
    provider: "p",
    inputs: [slot],
    price: { low_micros: 1, high_micros: 1 },
    lifecycle: "available",
    local: false,
    ...more,
  });
  const all = [
    model("dear", { price: { low_micros: 9, high_micros: 9 } }),
    model("cheap"),
    model("local", { local: true }),
    model("gone", { lifecycle: "retired" }),
    model("other", { kind: "upscale" }),
  ];
  const ids = (clip) => models.fitting(all, { models: "edit" }, clip).map((one) => one.id);
  assert.deepEqual(ids({ pixels: null, frames: 100 }), ["local", "cheap", "dear"]);
  assert.deepEqual(ids({ pixels: null, frames: 101 }), []);
});

test("a card goes below what stands there already", () => {
  const nodes = { a: { x: 0, y: 0 }, b: { x: 320, y: 0 }, c: { x: 330, y: 200 } };
  assert.deepEqual(freePlace({ nodes }, "a"), { x: 320, y: 480 });
});

test("state: frozen, told once for what was set in one go, and only to who listens to it", async () => {
  const state = createState({ a: 1, b: 1 });
  const heard = [];
  state.on(["a"], (now) => heard.push(["a", now.a, now.b]));
  state.on(["b"], () => heard.push(["b"]));
  state.set({ a: 2 });
  state.set({ a: 3 });
  state.set({ b: 1 });
  await settle();
  assert.deepEqual(heard, [["a", 3, 1]]);
  assert.throws(() => {
    state.get().a = 9;
  }, TypeError);
});

test("pictures: four at a time, the newest wish first, what scrolled away is never asked for", async () => {
  const clock = handClock();
  const asked = [];
  const open = [];
  const api = { poster: (content) => (asked.push(content), new Promise((resolve) => open.push(resolve))) };
  const pictures = createPictures({ api, clock });
  const lose = [];
  for (let n = 0; n < 8; n += 1) {
    lose.push(pictures.poster(`b3:${n}`, () => {}));
  }
  lose[3]();
  clock.pass(1);
  assert.deepEqual(asked, ["b3:7", "b3:6", "b3:5", "b3:4"]);
  open.forEach((resolve) => resolve("data:image/jpeg;base64,AAAA"));
  await settle();
  assert.deepEqual(asked.slice(4), ["b3:2", "b3:1", "b3:0"]);
});

test("pictures are kept up to their room, a kept one comes at once", async () => {
  const clock = handClock();
  let count = 0;
  const api = { poster: async () => ((count += 1), "x".repeat(5 * 1024 * 1024)) };
  const pictures = createPictures({ api, clock });
  for (let n = 0; n < 6; n += 1) {
    pictures.poster(`b3:${n}`, () => {});
    clock.pass(1);
    await settle();
  }
  assert.ok(pictures.size() <= 24 * 1024 * 1024);
  assert.equal(pictures.kept(), 4);
  let shown = "";
  pictures.poster("b3:5", (url) => (shown = url));
  assert.equal(shown.length, 5 * 1024 * 1024);
  assert.equal(count, 6);
});

test("memory survives nonsense", () => {
  assert.equal(createMemory(storage({ "takebridge.panel": "[1]" })).tab, "");
  const kept = storage();
  createMemory(kept).keep({ tab: "log", jobsOpen: true });
  assert.deepEqual([createMemory(kept).tab, createMemory(kept).jobsOpen], ["log", true]);
});

test("queries are percent-encoded, ids look like the bridge's", () => {
  assert.equal(queried({ by: ["day", "shot"], canvas_id: null, q: "a b&c" }), "?by=day&by=shot&q=a%20b%26c");
  assert.match(newId("op"), /^op_[0-9a-f]{32}$/);
});

const TOKENS = JSON.parse(
  fs.readFileSync(path.resolve(__dirname, "../../../resolve_plugin/takebridge_resolve/panel/tokens.json"), "utf8"),
);

test("glyphs and words of states are the Resolve panel's", () => {
  assert.deepEqual({ ...marks.GLYPHS }, TOKENS.glyphs);
  assert.deepEqual({ ...marks.WORDS }, TOKENS.words);
});

test("colours are the Resolve panel's, dark, light and as Premiere is", () => {
  const css = fs.readFileSync(path.resolve(__dirname, root, "panel.css"), "utf8");
  const blocks = [...css.matchAll(/#takebridge(?:\.looks-(\w+))? \{([^}]*--bg0[^}]*)\}/g)].map((one) => [
    one[1] || "dark",
    one[2],
  ]);
  assert.deepEqual(
    blocks.map(([name]) => name),
    ["dark", "light", "host", "host"],
  );
  for (const [name, body] of blocks) {
    const wanted = TOKENS[name === "dark" ? "dark" : "light"];
    const found = Object.fromEntries(
      [...body.matchAll(/--([\w-]+): (#[0-9A-F]{6});/g)].map((one) => [one[1].replace(/-/g, "_"), one[2]]),
    );
    assert.deepEqual(found, wanted);
  }
});
