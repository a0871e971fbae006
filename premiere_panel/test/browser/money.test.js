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
  await page.waitForFunction(() => true);
  const runs = () => bridge.sent("POST", "/api/canvases/canvas_1/runs").length;
  for (const end = Date.now() + 10_000; runs() < 1 && Date.now() < end; ) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await bridge.close(1001);
  await see("whether it did what was asked is not known");
  await see("Look whether it was done before you ask again.");
  await page.waitForFunction(() => /REEL 2 v14/.test(document.querySelector(".strip-words").textContent));
  await see("whether it did what was asked is not known");
  assert.equal(runs(), 1);
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
