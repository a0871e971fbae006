"use strict";

/** The round trip's page against a bridge written down: look, decide, agree to a price, apply. */

const assert = require("node:assert/strict");
const { test } = require("node:test");
const reel = require("../support/trip_facts.js");
const { COPY, applied, held, isOff, openTrip, plain, rowsOf, twoConflicts } = require("./trip_acting.js");

test("what changed is a dry run: every row says what both did, and nothing is picked", async (t) => {
  const { page, see, sent, button, looked, stage } = await openTrip(t, { trips: [reel.pastTrip()] });
  await see("Looking changes nothing and costs nothing.");
  assert.deepEqual(sent(), []);
  await looked();
  assert.deepEqual(sent(), [{ author: "editor", canvas_id: "canvas_1", dry_run: true, choices: {} }]);
  await see("3 changes · 2 conflicts · 1 request for takes");
  const shows = (shot, take, frames) =>
    `Shows ${shot} take ${take}, as on the canvas (${frames} frames); other media in its place`;
  assert.deepEqual(await rowsOf(page), [
    ["SH_0410", "trimmed the head 3 frames and the tail 4 frames", shows("SH_0410", 3, 73)],
    ["SH_0420", "left it as it was", shows("SH_0420", 4, 80)],
    ["SH_0440", "slipped it 6 frames earlier in its source", shows("SH_0440", 6, 80)],
  ]);
  await see("Premiere has no takes on a clip. Its sound stays. A safety copy of the sequence is kept.");
  assert.equal(await page.locator(".conflict-choice.checked").count(), 0);
  assert.deepEqual(await page.locator(".conflict").first().locator(".conflict-name").allTextContents(), [
    "Keep timeline",
    "Use canvas",
    "Keep both",
    "Decide later",
  ]);
  await see("You deleted it; the canvas shows SH_0450 take 7 there now.");
  await page.locator(".conflict .still-picture:visible").nth(2).waitFor();
  assert.deepEqual(await page.locator(".still-words").allTextContents(), ["", "", "deleted", ""]);
  await see("2 conflicts still to decide.");
  assert.ok(await isOff(button("Apply 3 changes")));
  await see("A003_C005.mov: You deleted it.");
  await see("REEL 2 v14: Done · 5 of 5 steps");
  assert.deepEqual(stage.complaints, []);
});

test("apply does exactly what is shown, once, and what became of it is read back", async (t) => {
  const answer = held();
  const ended = applied({ edits: twoConflicts().edits, trip: reel.pastTrip({ copy_name: COPY }) });
  const { page, bridge, see, sent, button, choose, looked } = await openTrip(t, {
    applied: () => answer.kept.then(() => ended),
  });
  await looked();
  await choose(0, "Use canvas");
  await choose(1, "Keep timeline");
  const apply = button("Apply 4 changes");
  await apply.click();
  await see("Making the files that are needed…");
  await page.evaluate(() => document.querySelector(".trip-apply").click());
  bridge.event("roundtrip.changed", { trip: "trip_1", canvas: "canvas_1", state: "applying", done: 2, total: 5 });
  await see("Step 3 of 5");
  bridge.event("roundtrip.changed", { trip: "trip_1", canvas: "canvas_2", state: "applying", done: 0, total: 9 });
  bridge.event("roundtrip.changed", { trip: "trip_1", canvas: "canvas_1", state: "applying", done: 5, total: 5 });
  await see("Reading the timeline back…");
  answer.keep();
  await see("Done. “REEL 2 v14” is the merged cut, read back clip by clip.");
  await see(`Safety copy: “${COPY}” is the cut as it was. To undo: open the copy, or use Edit > Undo in Premiere`);
  const results = (await rowsOf(page)).map((row) => row[3]);
  assert.deepEqual(results, ["✓ Verified", "✓ Verified", "✓ Verified"]);
  assert.equal(await page.locator(".conflict").count(), 0);
  const choices = { "content:V1.2": "canvas", "deleted_by_editor:V1.4": "editor" };
  const agreed = { author: "editor", canvas_id: "canvas_1", dry_run: false, choices, keep_copy: true };
  assert.deepEqual(sent().map((one) => one.dry_run), [true, true, false]);
  assert.deepEqual(sent()[2], agreed);
});

test("a plan that became another one is shown again, and nothing is applied", async (t) => {
  const panel = await openTrip(t, { plan: plain() });
  await panel.looked();
  panel.trip.plan = reel.trip({ edits: [reel.edit(1, { head: 5 })] });
  await panel.button("Apply 2 changes").click();
  await panel.see("The timeline or the canvas changed since you looked. Nothing was applied. This is the plan now.");
  assert.deepEqual((await rowsOf(panel.page)).map((row) => row[1]), ["trimmed the head 5 frames"]);
  assert.ok(panel.sent().every((one) => one.dry_run));
  await panel.button("Apply 1 change").waitFor();
});

test("a canvas that changed makes the plan old: look again before applying", async (t) => {
  const { bridge, see, button, looked } = await openTrip(t, { plan: plain() });
  await looked();
  const change = { canvas: "canvas_1", epoch: "e", from_rev: 7, rev: 8, ops: null, states: {} };
  bridge.event("canvas.changed", change);
  await see("The canvas changed since you looked: look again.");
  assert.ok(await isOff(button("Apply 2 changes")));
  await looked();
  assert.ok(!(await isOff(button("Apply 2 changes"))));
});

test("decide later leaves the trip as a whole; takes no conflict touches go in by themselves", async (t) => {
  const put = [
    { link_id: "link_1", shot: "SH_0410", sentence: "SH_0410 shows take 3 now.", error: null },
    { link_id: "link_2", shot: "SH_0420", sentence: "The editor has its track locked.", error: { code: "x" } },
  ];
  const { bridge, see, sent, button, choose, looked } = await openTrip(t, { put });
  await looked();
  await choose(0, "Use canvas");
  await choose(1, "Decide later");
  await see("1 conflict left for later, so the round trip waits");
  await see("3 takes touch no conflict and can go in now, without a safety copy. Each lies above its clip");
  await button("Put 3 takes in now").click();
  await see("1 take is on the timeline, read back. SH_0420 was not changed: You have its track locked.");
  const takes = { link_1: "take_1", link_2: "take_2", link_4: "take_4" };
  const [call] = bridge.sent("POST", "/api/clips/put");
  const wanted = { author: "editor", canvas_id: "canvas_1", links: Object.keys(takes), takes, how: "take" };
  assert.deepEqual(call.body, wanted);
  assert.ok(sent().every((one) => one.dry_run));
});

test("takes are made only after consent to their price and ceiling", async (t) => {
  const waiting = reel.trip({ outcome: "waiting", dry_run: false, run: "run_1" });
  const plan = reel.trip({ edits: [reel.edit(1)], requests: [reel.request(4)], price: reel.price() });
  const given = { plan, applied: waiting, facts: { remaining: {} } };
  const { page, bridge, see, sent, button, looked } = await openTrip(t, given);
  await looked();
  await see("1 take · $1.40 – $3.20 · usually 60 s – 2 min");
  await page.locator(".check", { hasText: "Make these takes first" }).click();
  await button("Make 1 take · up to $3.20, then apply 1 change…").click();
  await see("Today $18.00, no budget set → at most $21.20 after this");
  assert.equal(sent().length, 1);
  await button(/^Make 1 take · up to \$3\.20, then apply 1 change$/).click();
  await see("Takes are being made. The timeline was not touched; look again when they are there.");
  const { generate, max_micros, allow_unknown } = sent()[2];
  assert.deepEqual([generate, max_micros, allow_unknown], [true, 3_200_000, false]);
  bridge.event("job.changed", { job: "j", canvas: "canvas_1", node: "node_4", status: "Complete", model: "m" });
  await see("A take this round trip waits for is made.");
});

test("an unknown price is said, and held to an amount; over the budget nothing is made", async (t) => {
  const plan = reel.trip({ requests: [reel.request(4)], price: reel.price(null, null) });
  const { page, see, sent, button, looked, facts } = await openTrip(t, { plan, applied: applied() });
  await looked();
  await see("1 take · price unknown");
  await page.locator(".check", { hasText: "Make these takes first" }).click();
  await button("Make 1 take · price unknown…").click();
  await see("Nobody knows what these takes cost. Say how much may be paid.");
  const amount = page.locator("input[title='How much may be paid at most']");
  await amount.fill("33");
  await see("Over today's budget by $1.00 · Change budget");
  assert.equal(facts.remaining.USD.cap.limit_micros, 50_000_000);
  await amount.fill("2");
  await button("Make 1 take · price unknown, $2.00 at most").waitFor();
  await amount.press("Enter");
  await see("Done. “REEL 2 v14” is the merged cut");
  assert.deepEqual([sent()[2].max_micros, sent()[2].allow_unknown], [2_000_000, true]);
});
