"use strict";

const assert = require("node:assert/strict");
const { test } = require("node:test");
const { openPanel } = require("./acting.js");
const { gap, withGaps, withTake } = require("./gap_facts.js");
const { openStage, startBridge } = require("../support/stage.js");

const RATE = "24000/1001";
const GAP = { start: 40, end: 73 };

/** Two clips and a gap of 33 frames between them, of a file beside the bridge's folder. */
async function filmOf(bridge) {
  const path = await bridge.footage("A003_C005.mp4", { frames: 120, rate: RATE, width: 320, height: 180 });
  const clips = [
    { name: "A003_C005.mov", path, start: 0, length: GAP.start, in: 10 },
    { name: "A003_C006.mov", path, start: GAP.end, length: 30, in: 60 },
  ];
  return {
    project: "Harbour",
    name: "REEL 2",
    rate: RATE,
    dropFrame: false,
    start: "01:00:00:00",
    width: 320,
    height: 180,
    tracks: { video: [clips], audio: [[]] },
    markers: [],
  };
}

/** First frame and end of every picture of V1, in frames. */
async function places(stage) {
  const world = await stage.world();
  const project = world.state.projects[world.state.active];
  const sequence = project.sequences[project.active];
  const frame = BigInt(sequence.frame);
  return sequence.video[0].items
    .map((piece) => [Number(BigInt(piece.start) / frame), Number(BigInt(piece.end) / frame)])
    .sort((one, other) => one[0] - other[0]);
}

test(
  "with the real bridge: a gap is found, made into a shot, generated, and its take lies in it frame-exact",
  { timeout: 110_000 },
  async (t) => {
    const bridge = await startBridge();
    t.after(() => bridge.close());
    const stage = await openStage(t, { bridge, film: await filmOf(bridge) });
    const { page } = stage;
    const see = (words) => page.getByText(words).locator("visible=true").first().waitFor({ timeout: 30_000 });
    const press = (words) => page.locator(".button:visible", { hasText: words }).first().click();
    await page.locator(".button.wide", { hasText: "Reconnect" }).click();
    await page.locator("input[title=Port]").fill(String(bridge.port));
    await page.locator("input[title='Six digits']").fill(await bridge.code());
    await page.locator(".button:visible", { hasText: /^Pair$/ }).click();
    await see("Premiere · REEL 2");

    await press("Gaps");
    await press("Look for gaps");
    await see("There are no in and out marks");
    await press("Gaps on the timeline");
    await press("Look for gaps");
    await see("1 gap on the timeline");
    await see("V1 · 01:00:01:16 · 1 s 09 f · 33 frames");
    await page.locator(".gap-picture:visible").nth(1).waitFor({ timeout: 20_000 });
    await page.locator("textarea:visible").fill("A gull crosses");
    await page.locator(".page select:visible").selectOption("local/previz-video");
    await press("Make a shot for this gap · free");
    await press("Generate 1 take · free");
    await see("SH010 · take 1 ready");
    assert.deepEqual(await places(stage), [
      [0, GAP.start],
      [GAP.end, GAP.end + 30],
    ]);

    await press("Put take 1 into the gap");
    await see("SH010: take 1 fills the gap now.");
    await see("No gap on the timeline");
    assert.deepEqual(await places(stage), [
      [0, GAP.start],
      [GAP.start, GAP.end],
      [GAP.end, GAP.end + 30],
    ]);

    await stage.person("undo");
    await press("Look for gaps");
    await see("SH010 · take 1 ready");
    await press("Put take 1 into the gap");
    await see("No gap on the timeline");
    assert.equal((await places(stage)).length, 3);
    assert.deepEqual(stage.complaints, []);
  },
);

/** The gaps page with both gaps found. */
async function looked(t, facts = withGaps()) {
  const panel = await openPanel(t, { facts });
  await panel.see("Premiere · REEL 2 v14");
  await panel.press("Gaps");
  await panel.press("Look for gaps");
  await panel.see("V1 · 01:00:16:16 · 3 s 08 f · 80 frames");
  await panel.see("Makes 4, 6 or 8 s. A take of 4 s is made, the rest trimmed.");
  return panel;
}

const goOf = (page) => page.locator(".clip-foot:visible .button.wide");

async function says(page, words) {
  await page.locator(".clip-foot:visible .button.wide", { hasText: words }).waitFor({ timeout: 10_000 });
}

test("a shot is one request; the plan comes next; the button says the price, then the take", async (t) => {
  const facts = withGaps();
  const { page, bridge, see, press, stage } = await looked(t, facts);
  await see("A take: ~$1.60, by the list price. Making the shot is free.");
  await page.locator("textarea:visible").fill("She turns towards the window.");
  await says(page, "Make a shot for this gap · free");
  const priced = bridge.calls.filter((call) => /plan$/.test(call.path) && call.body.scope.nodes[0] === "node_gap");
  assert.equal(priced.length, 0);
  await page.keyboard.press("Control+Enter");
  await see("Generate 1 take · up to $4.60");
  assert.deepEqual(
    bridge.sent("POST", "/api/clips/gaps/fill").map((call) => call.body),
    [
      {
        author: "editor",
        canvas_id: "canvas_1",
        track_index: 1,
        start_record_frame: 86800,
        end_record_frame: 86880,
        prompt: "She turns towards the window.",
        model: "google/veo-3.1",
        use_before: true,
        use_after: true,
      },
    ],
  );
  assert.equal(bridge.calls.filter((call) => /runs$/.test(call.path)).length, 0);
  await press("Not now");
  await says(page, "Generate SH020 · $3.20 – $4.60");
  await see("SH020 · no take yet");

  const job = { job: "j", node: "node_gap", canvas: "canvas_1" };
  bridge.event("job.changed", { ...job, status: "InProgress", state: "running" });
  await says(page, "SH020 in progress");
  await see("The take is being made; its price was agreed to.");
  withTake(facts);
  bridge.event("job.changed", { ...job, status: "Complete", state: "done" });
  const change = { canvas: "canvas_1", epoch: "e", from_rev: 1, rev: facts.rev, ops: null, states: {} };
  bridge.event("canvas.changed", change);
  await says(page, "Put take 1 into the gap");
  const sentence = "SH020: take 1 fills the gap now.";
  facts.put = [{ link_id: "link_gap", shot: "SH020", changed: true, sentence, error: null }];
  await goOf(page).click();
  await see("SH020: take 1 fills the gap now.");
  await see("1 gap between the marks");
  const [put] = bridge.sent("POST", "/api/clips/put");
  assert.deepEqual([put.body.links, put.body.takes], [["link_gap"], { link_gap: "take_gap" }]);
  assert.deepEqual(stage.complaints, []);
});

test("a neighbour that is not there gives no frame; a frame that is not wanted is left out", async (t) => {
  const { page, bridge, see } = await looked(t);
  await page.locator(".check", { hasText: "Use first frame after" }).click();
  await page.locator(".page select:visible").selectOption("x/words");
  await see("Words only takes no first frame: it is left out.");
  await see("Nobody knows what a take costs: the provider lists no price.");
  await page.locator(".gap-row", { hasText: "01:00:23:08" }).click();
  await see("V1 · 01:00:23:08 · 1 s 07 f · 31 frames");
  await see("no clip here");
  await goOf(page).click();
  await see("Generate 1 take · up to $4.60");
  const [call] = bridge.sent("POST", "/api/clips/gaps/fill");
  assert.deepEqual([call.body.use_before, call.body.use_after, call.body.model], [true, false, "x/words"]);
});

test("a prompt too long, a gap too long and another sequence say so, and nothing is made", async (t) => {
  const facts = withGaps();
  facts.answers["POST /api/clips/gaps"] = [gap({ end_record_frame: 86800 + 216 })];
  const { page, bridge, see, press } = await openPanel(t, { facts });
  await see("Premiere · REEL 2 v14");
  await press("Gaps");
  await press("Look for gaps");
  await see("The gap lasts 9.0 s; Veo 3.1 makes at most 8 s.");
  assert.equal(await goOf(page).getAttribute("disabled"), "");
  facts.answers["POST /api/clips/gaps"] = [gap()];
  await press("Look for gaps");
  await see("V1 · 01:00:16:16 · 3 s 08 f · 80 frames");
  await page.locator("textarea:visible").fill("x".repeat(201));
  await see("The prompt has 201 characters; this model takes 200.");
  await page.locator("textarea:visible").fill("short");
  facts.answers["POST /api/clips/gaps"] = [gap({ timeline_id: "t0" })];
  await press("Look for gaps");
  await see("Another sequence is open: look for gaps again.");
  assert.equal(bridge.sent("POST", "/api/clips/gaps/fill").length, 0);
});

test("a gap that is not free any more is told in the bridge's words", async (t) => {
  const facts = withGaps();
  facts.answers["POST /api/clips/gaps/fill"]();
  withTake(facts);
  const error = {
    code: "host_rejected",
    message: "The gap of SH020 is not free any more: “B002” lies in it.",
    hint: "Make room for it, or make a new shot for the gap as it is now.",
    retryable: false,
    details: {},
  };
  facts.put = [{ link_id: "link_gap", shot: "SH020", changed: false, sentence: error.message, error }];
  const { page, see } = await looked(t, facts);
  await says(page, "Put take 1 into the gap");
  await goOf(page).click();
  await see("is not free any more: “B002” lies in it. Make room for it");
  await see("2 gaps between the marks");
});
