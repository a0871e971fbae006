"use strict";

/** What costs money is asked for once: double clicks, Enter held down, a connection cut before the answer. */

const assert = require("node:assert/strict");
const { test } = require("node:test");
const { openPanel } = require("./acting.js");
const { harbour, paidPlan, seenClip } = require("./stand_in_bridge.js");
const { job } = require("./job_facts.js");

/** A promise that is kept when the test says so. */
function held() {
  let let_go = () => {};
  const kept = new Promise((resolve) => {
    let_go = resolve;
  });
  return { kept, let_go };
}

/** Wait until the page has sent a POST. */
async function sent(bridge, path) {
  for (const end = Date.now() + 10_000; !bridge.sent("POST", path).length; ) {
    assert.ok(Date.now() < end, `${path} was never asked`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const done = () => paidPlan({ groups: [], now: [], whole: [], at_most: [] });
const shownTake = () => ({ clips: [seenClip({ links: [{ ...seenClip().links[0], shown: "take_5" }] })] });
const pressAll = (page, words) =>
  page.evaluate((text) => {
    const found = [...document.querySelectorAll(".button")].filter(
      (one) => one.offsetWidth > 0 && one.textContent.startsWith(text),
    );
    found.forEach((one) => one.click());
    found.forEach((one) => one.click());
  }, words);

test("one more take is asked for once, however often Enter is pressed", async (t) => {
  const answer = held();
  const facts = { ...harbour(), ...shownTake(), plan: done() };
  facts.answers = { "POST /api/jobs": () => answer.kept };
  const { page, bridge, see, press } = await openPanel(t, { facts });
  await see("In timeline: take 5");
  await press("Generate take");
  await page.locator("input[title='How much may be paid at most']").fill("5");
  for (const key of ["Enter", "Enter", "Control+Enter", "Enter"]) {
    await page.locator("input[title='How much may be paid at most']").press(key);
  }
  await pressAll(page, "Generate 1 take");
  answer.let_go(job("job_9"));
  await page.waitForFunction(() => !document.querySelector("input[title='How much may be paid at most']"));
  const asked = bridge.sent("POST", "/api/jobs");
  assert.deepEqual(
    asked.map((one) => one.body),
    [{ canvas_id: "canvas_1", node_id: "node_make", author: "editor", again: true, max_micros: 5_000_000 }],
  );
});

test("a free take is asked for in the bridge's own words, and once", async (t) => {
  const answer = held();
  const [[step]] = paidPlan().groups;
  const facts = { ...harbour(), ...shownTake(), plan: paidPlan({ groups: [[{ ...step, free: true, high_micros: 0 }]] }) };
  facts.answers = { "POST /api/jobs": () => answer.kept };
  const { page, bridge, see } = await openPanel(t, { facts });
  await see("In timeline: take 5");
  await see("Generate take · free");
  await pressAll(page, "Generate take");
  answer.let_go(job("job_9", { high_micros: 0 }));
  await page.waitForFunction(() => document.querySelectorAll(".job").length > 0);
  assert.deepEqual(
    bridge.sent("POST", "/api/jobs").map((one) => one.body),
    [{ canvas_id: "canvas_1", node_id: "node_make", author: "editor" }],
  );
});

test("a failed job is asked for once more only once", async (t) => {
  const answer = held();
  const error = { code: "provider", message: "It failed.", hint: "Try again." };
  const failed = job("job_1", {
    state: "failed",
    status: "Failed",
    can_retry: true,
    error,
    ended_at: new Date().toISOString(),
  });
  const facts = { ...harbour(), ...shownTake(), jobs: [failed] };
  facts.answers = { "POST /api/jobs/job_1/retry": () => answer.kept };
  const { page, bridge, see } = await openPanel(t, { facts });
  await see("In timeline: take 5");
  await page.locator(".foot-line").click();
  await see("Retry");
  await pressAll(page, "Retry");
  answer.let_go(job("job_2"));
  await page.waitForFunction(() => ![...document.querySelectorAll(".job")].some((one) => /It failed/.test(one.textContent)));
  assert.equal(bridge.sent("POST", "/api/jobs/job_1/retry").length, 1);
});

test("a paid run whose answer is lost: that is said, and nothing is sent again by itself", async (t) => {
  const facts = { ...harbour(), ...shownTake() };
  facts.answers = { "POST /api/canvases/canvas_1/runs": () => new Promise(() => {}) };
  const { page, bridge, see, press } = await openPanel(t, { facts });
  await see("In timeline: take 5");
  await press("Generate take");
  await page.locator(".button:visible", { hasText: "Generate 1 take ·" }).click();
  const runs = () => bridge.sent("POST", "/api/canvases/canvas_1/runs").length;
  await sent(bridge, "/api/canvases/canvas_1/runs");
  await bridge.close(1001);
  await see("whether it did what was asked is not known");
  await see("Look whether it was done before you ask again.");
  await page.waitForFunction(() => /REEL 2 v14/.test(document.querySelector(".strip-words").textContent));
  await see("whether it did what was asked is not known");
  assert.equal(runs(), 1);
});

test("one more take whose answer is lost is not offered again before a person has looked", async (t) => {
  const facts = { ...harbour(), ...shownTake(), plan: done() };
  facts.answers = { "POST /api/jobs": () => new Promise(() => {}) };
  const { page, bridge, see, press } = await openPanel(t, { facts });
  await see("In timeline: take 5");
  await press("Generate take");
  const amount = page.locator("input[title='How much may be paid at most']");
  await amount.fill("5");
  await amount.press("Enter");
  await sent(bridge, "/api/jobs");
  await bridge.close(1001);
  await see("whether it did what was asked is not known");
  await page.waitForFunction(() => /REEL 2 v14/.test(document.querySelector(".strip-words").textContent));
  await amount.press("Enter");
  await pressAll(page, "Generate 1 take");
  assert.equal(bridge.sent("POST", "/api/jobs").length, 1);
});

test("revoked while a paid run is asked for and a job runs: that is said, and nothing more is asked", async (t) => {
  const facts = { ...harbour(), ...shownTake(), jobs: [job("job_1")] };
  facts.answers = { "POST /api/canvases/canvas_1/runs": () => new Promise(() => {}) };
  const { page, bridge, stage, see, press } = await openPanel(t, { facts });
  await see("In timeline: take 5");
  await press("Generate take");
  await page.locator(".button:visible", { hasText: "Generate 1 take ·" }).click();
  await sent(bridge, "/api/canvases/canvas_1/runs");
  const asked = bridge.calls.length;
  await bridge.close(4003);
  await see("whether it did what was asked is not known");
  await pressAll(page, "Generate");
  await page.keyboard.press("Escape");
  await see("Pairing ended");
  await page.locator(".button.wide", { hasText: "Reconnect" }).waitFor();
  assert.deepEqual(bridge.calls.slice(asked), []);
  assert.deepEqual(stage.complaints, []);
});

test("a budget that is reached stops before the click", async (t) => {
  const remaining = { USD: { left_micros: 0, cap: { scope: "day", limit_micros: 1 }, committed_micros: 1 } };
  const over = { currency: "USD", left_micros: 0, needed_micros: 4_600_000 };
  const error = { code: "budget", message: "The day's budget is spent.", hint: "Raise it.", details: over };
  const facts = { ...harbour(), ...shownTake(), remaining };
  facts.answers = { "POST /api/canvases/canvas_1/runs": { error } };
  const { page, bridge, see, press } = await openPanel(t, { facts });
  await see("In timeline: take 5");
  await press("Generate take");
  await page.locator(".button:visible", { hasText: "Generate 1 take ·" }).click();
  await see("The day's budget is spent. Raise it.");
  assert.equal(bridge.sent("POST", "/api/canvases/canvas_1/runs").length, 1);
});

test("a second press while a take is put is not a second put", async (t) => {
  const answer = held();
  const facts = harbour();
  facts.answers = { "POST /api/clips/put": () => answer.kept };
  const { page, bridge, see } = await openPanel(t, { facts });
  await see("In timeline: take 3");
  await see("Swap to take 5");
  await pressAll(page, "Swap to take 5");
  await see("Putting take 5…");
  answer.let_go([{ link_id: "link_1", shot: "SH010", sentence: "SH010 shows take 5 now.", error: null }]);
  await see("SH010 shows take 5 now.");
  assert.equal(bridge.sent("POST", "/api/clips/put").length, 1);
});
