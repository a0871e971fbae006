"use strict";

const assert = require("node:assert/strict");
const { test } = require("node:test");
const words = require("../../takebridge_premiere/plugin/ui/gap_words.js");

const gap = (more) => ({
  timeline_id: "t1",
  track_index: 1,
  start_record_frame: 86800,
  end_record_frame: 86880,
  timecode: "01:00:16:16",
  rate: "24/1",
  before: "a",
  after: "b",
  before_frame: 86799,
  after_frame: 86880,
  ...more,
});
const slot = (role, maximum = 1) => ({ role, maximum });
const model = (id, more) => ({
  id,
  title: id,
  provider: "p",
  kind: "video",
  inputs: [slot("start_frame"), slot("end_frame")],
  price: { currency: "USD", low_micros: 400_000, high_micros: 400_000 },
  price_per: "second",
  lifecycle: "available",
  local: false,
  ...more,
});

test("a gap in words: track, place, length in seconds and frames", () => {
  assert.equal(words.gapTitle(gap()), "V1 · 01:00:16:16 · 3 s 08 f · 80 frames"); // 80 = 3 · 24 + 8
  assert.equal(words.gapLength(gap({ end_record_frame: 86801 })), "0 s 01 f · 1 frame");
  assert.equal(words.gapTitle(gap({ timecode: "" })), "V1 · frame 86800 · 3 s 08 f · 80 frames");
  assert.equal(words.gapLength(gap({ rate: "30000/1001" })), "2 s 20 f · 80 frames"); // nominal 30
});

test("what a look found, and what to do where there is none", () => {
  assert.equal(words.foundWords([gap(), gap()], "gaps"), "2 gaps on the timeline");
  assert.equal(words.foundWords([], "marks"), "No gap between the marks");
  assert.match(words.emptyWords("marks"), /I and O/);
  assert.match(words.emptyWords("gaps"), /mark it and look between the marks/);
});

test("a length is never shorter than the gap, and one the model makes", () => {
  assert.equal(words.wantedMs(gap()), 3334); // 80 / 24 s = 3333.3 ms
  assert.equal(words.wantedMs(gap({ rate: "24000/1001" })), 3337); // 80 · 1001 / 24 = 3336.7
  const veo = model("veo", { durations_ms: [8000, 4000, 6000], duration_ms: [4000, 8000] });
  const stepped = model("stepped", { duration_ms: [1000, 5000], duration_step_ms: 500 });
  assert.deepEqual(
    [veo, stepped, model("any"), model("short", { duration_ms: [1000, 3000] })].map((one) => words.madeMs(one, gap())),
    [4000, 3500, 3334, null],
  );
  assert.equal(words.madeMs(veo, gap({ end_record_frame: 86800 + 8 * 24 })), 8000);
  assert.equal(words.madeMs(veo, gap({ end_record_frame: 86800 + 8 * 24 + 1 })), null);
  assert.equal(words.lengthsWords(veo), "4, 6 or 8 s");
  assert.equal(words.lengthsWords(stepped), "1 to 5 s in steps of 0.5");
  assert.equal(words.lengthsWords(model("any")), "");
});

test("limits, what is made for the gap, and why no shot can be made", () => {
  const veo = model("Veo", { durations_ms: [4000, 6000, 8000], duration_ms: [4000, 8000], max_prompt: 10 });
  assert.equal(
    words.limitsWords(veo, gap()),
    "Makes 4, 6 or 8 s. A take of 4 s is made, the rest trimmed. Takes a prompt of at most 10 characters.",
  );
  assert.equal(words.whyNotFill(veo, gap(), "ten chars."), "");
  assert.equal(words.whyNotFill(veo, gap(), "ten chars.."), "The prompt has 11 characters; this model takes 10.");
  assert.match(words.whyNotFill(veo, gap({ end_record_frame: 87016 }), ""), /lasts 9\.0 s; Veo makes at most 8 s\./);
  assert.equal(words.whyNotFill(null, gap(), ""), words.NO_MODEL);
});

test("the price is of the length that is made; none is said, free says where", () => {
  const veo = model("veo", { durations_ms: [4000, 6000, 8000] });
  assert.equal(words.priceWords(veo, gap()), "A take: ~$1.60, by the list price."); // 4 s · $0.40
  const unpriced = model("x", { price: { low_micros: null, high_micros: null } });
  assert.equal(words.priceWords(unpriced, gap()), words.NO_PRICE);
  const free = { low_micros: 0, high_micros: 0 };
  const local = model("l", { price: free, local: true, seconds_low: 20, seconds_high: 20 });
  assert.equal(words.priceWords(local, gap()), "A take: Free, on this computer, about 20 s.");
});

test("models for video: both frames first, previz last among them, then by price", () => {
  const cheap = { price: { low_micros: 1, high_micros: 1 } };
  const all = [
    model("prompt", { ...cheap, inputs: [] }),
    model("first", { ...cheap, inputs: [slot("start_frame")] }),
    model("previz", { ...cheap, previz: true }),
    model("unknown", { price: { low_micros: null, high_micros: null } }),
    model("dear"),
    model("cheap", cheap),
    model("old", { lifecycle: "retired" }),
    model("edit", { kind: "video_edit" }),
    model("closed", { ...cheap, inputs: [slot("start_frame", 0), slot("end_frame", 0)] }),
  ];
  assert.deepEqual(
    words.fittingGaps(all).map((one) => one.id),
    ["cheap", "dear", "unknown", "previz", "first", "closed", "prompt"],
  );
  assert.equal(words.modelWords(all[1]), "first · first frame · p");
  const local = model("l", { local: true, previz: true });
  assert.equal(words.modelWords(local), "l · first + last frame · on this computer · previz");
  assert.equal(words.leftOutWords(all[1], { first: true, last: true }), "first takes no last frame: it is left out.");
  const first = { first: true, last: false };
  assert.equal(words.leftOutWords(all[0], first), "prompt takes no first frame: it is left out.");
  assert.equal(words.leftOutWords(model("x"), { first: true, last: true }), "");
});

const link = (more) => ({
  id: "l1",
  shot: "SH010",
  node_id: "n1",
  fills_gap: true,
  clip_key: "",
  timeline_id: "t1",
  track_index: 1,
  start_record_frame: 86800,
  end_record_frame: 86880,
  ...more,
});
const canvas = (more) => ({
  nodes: { n1: { id: "n1", pin: null }, n2: { id: "n2", pin: "t" }, ...more },
  takes: { t: { id: "t", seq: 3, previz: false } },
});
const job = (status) => ({ job: "j", node: "n1", status });

test("the shot of a gap: of its place, still on the canvas, the newest that waits", () => {
  const found = (links, jobs = [], known = canvas()) => words.shotOf(gap(), links, known, jobs);
  assert.equal(found([]), null);
  assert.equal(found([link({ end_record_frame: 86881 })]), null);
  assert.equal(found([link({ fills_gap: false })]), null);
  assert.equal(found([link({ node_id: "undone" })]), null);
  assert.equal(found([link(), link({ id: "l2", node_id: "n2" })]).link.id, "l2");
  assert.equal(found([link(), link({ id: "l2", node_id: "n2", clip_key: "c" })]).link.id, "l1");
  assert.equal(found([link({ clip_key: "c", node_id: "n2" })]).standing, "ready"); // undone in Premiere
});

test("the one button: what it does next, with its price", () => {
  const at = (more, jobs = []) => words.shotOf(gap(), [link(more)], canvas(), jobs);
  assert.equal(words.primaryWords(null, ""), "Make a shot for this gap · free");
  assert.equal(words.primaryWords(at({}), ""), "Generate SH010: plan and price");
  assert.equal(words.primaryWords(at({}), "$3.20 – $4.60"), "Generate SH010 · $3.20 – $4.60");
  assert.equal(words.primaryWords(at({}, [job("InProgress")]), "free"), "SH010 in progress");
  assert.equal(words.primaryWords(at({}, [job("Failed")]), "free"), "Generate SH010 · free");
  assert.equal(words.primaryWords(at({ node_id: "n2" }), ""), "Put take 3 into the gap");
  assert.deepEqual(
    [null, at({}), at({}, [job("Pending")]), at({ node_id: "n2" })].map(words.shotWords),
    ["–", "SH010 · no take yet", "SH010 · in progress", "SH010 · take 3 ready"],
  );
  assert.equal(words.putWords("take 3 fills it.", "SH010"), "SH010: take 3 fills it.");
  assert.equal(words.putWords("", "SH010"), "SH010 is on the timeline.");
});
