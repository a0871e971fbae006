"use strict";

const assert = require("node:assert/strict");
const { test } = require("node:test");
const { openPanel } = require("./acting.js");
const { harbour, paidPlan, seenClip, take } = require("./stand_in_bridge.js");
const { job, someJobs } = require("./job_facts.js");

/** Poll until `look` gives what is wanted; the test's own limit ends a wait that never ends. */
async function until(look, wanted, patience = 10_000, about = "") {
  const end = Date.now() + patience;
  for (;;) {
    const found = await look();
    if (JSON.stringify(found) === JSON.stringify(wanted)) {
      return;
    }
    if (Date.now() > end) {
      assert.deepEqual(found, wanted, about || undefined);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const primaryOf = (page) => () => page.locator(".button.wide").textContent();
const reasonOf = (page) => page.locator(".clip-foot .caption").first().textContent();

/** Tiles in reading order, wherever their views were made. */
const titles = (page) => () =>
  page.evaluate(() =>
    [...document.querySelectorAll(".tile")]
      .filter((one) => one.offsetTop >= 0)
      .sort((one, other) => one.offsetTop - other.offsetTop || one.offsetLeft - other.offsetLeft)
      .map((one) => one.querySelector(".tile-title").textContent),
  );

test("the clip, its takes and the next step are there, without a complaint", async (t) => {
  const { page, stage, see } = await openPanel(t);
  await see("SH010 · A003_C005.mov");
  await see("V1 · 01:00:00:00 · 3 s 08 f");
  await see("In timeline: take 3");
  await see("Pinned: take 5");
  await until(primaryOf(page), "Swap to take 5");
  await until(titles(page), ["5", "4", "3", "2"]);
  await until(() => page.locator(".tile-picture:visible").count(), 4);
  assert.deepEqual(stage.complaints, []);
});

const STEPS = [
  ["a clip that is not on the canvas", { clips: [seenClip({ links: [] })] }, "Push clip to canvas"],
  [
    "a pinned take and the person's own media",
    { clips: [seenClip({ links: [{ ...seenClip().links[0], shown: null }] })] },
    "Put take 5 above",
  ],
  [
    "the pinned take in the sequence",
    { clips: [seenClip({ links: [{ ...seenClip().links[0], shown: "take_5" }] })] },
    "Up to date",
  ],
  [
    "no take yet",
    {
      canvas: {
        ...harbour().canvas,
        takes: {},
        nodes: { ...harbour().canvas.nodes, node_make: { ...harbour().canvas.nodes.node_make, pin: null } },
      },
      clips: [seenClip({ links: [{ ...seenClip().links[0], shown: null, pinned: null }] })],
    },
    "Generate first take",
  ],
  ["no clip", { clips: [] }, "Push clip to canvas"],
];
test("the primary button names the next step", async (t) => {
  const { page, bridge } = await openPanel(t);
  await until(primaryOf(page), "Swap to take 5");
  let rev = 7;
  for (const [name, facts, wanted] of STEPS) {
    rev += 1;
    Object.assign(bridge.facts, harbour(), facts, { rev });
    bridge.event("canvas.changed", { canvas: "canvas_1", epoch: "e", from_rev: rev - 1, rev, ops: null, states: {} });
    await page.keyboard.press("F5");
    await until(primaryOf(page), wanted, 10_000, name);
  }
});

test("a clip that cannot be sent says why, with what to do, and the button is off", async (t) => {
  const clip = seenClip({ links: [], problem: "A003_C005.mov is offline.", hint: "Relink it in Premiere." });
  const { page, see } = await openPanel(t, { facts: { ...harbour(), clips: [clip] } });
  await see("▲ A003_C005.mov is offline. Relink it in Premiere.");
  assert.equal(await page.locator(".button.wide").getAttribute("disabled"), "");
  assert.equal(await reasonOf(page), "A003_C005.mov is offline. Relink it in Premiere.");
});

test("the primary button puts the pinned take, and the log says what became of it", async (t) => {
  const put = [
    {
      link_id: "link_1",
      shot: "SH010",
      take_id: "take_5",
      how: "take",
      changed: true,
      sentence: "SH010 shows take 5 now.",
      error: null,
    },
  ];
  const { page, bridge, see, press } = await openPanel(t, { facts: { ...harbour(), put } });
  await until(primaryOf(page), "Swap to take 5");
  await press("Swap to take 5");
  await see("SH010 shows take 5 now.");
  const [call] = bridge.sent("POST", "/api/clips/put");
  assert.deepEqual(call.body, { author: "editor", canvas_id: "canvas_1", links: ["link_1"], takes: {}, how: "take" });
});

test("a refusal shows the bridge's message and what to do", async (t) => {
  const error = {
    code: "timeline_changed",
    message: "The clip was trimmed since.",
    hint: "Look again, then put it.",
    retryable: false,
    details: {},
  };
  const put = [{ link_id: "link_1", shot: "SH010", how: "take", changed: false, sentence: "", error }];
  const { page, see, press } = await openPanel(t, { facts: { ...harbour(), put } });
  await until(primaryOf(page), "Swap to take 5");
  await press("Swap to take 5");
  await see("SH010: The clip was trimmed since. Look again, then put it.");
  await press("Log");
  await see("The clip was trimmed since.");
  await press("Details");
  await see("code: timeline_changed");
});

test("what may work is offered again, what may have been done is not", async (t) => {
  const { page, bridge, see, press } = await openPanel(t);
  await until(primaryOf(page), "Swap to take 5");
  const refused = {
    code: "host_rejected",
    message: "Premiere said no.",
    hint: "Try it again.",
    retryable: true,
    details: {},
  };
  bridge.facts.answers["POST /api/clips/put"] = { error: refused };
  await press("Swap to take 5");
  await see("Premiere said no. Try it again.");
  bridge.facts.answers["POST /api/clips/put"] = {
    error: { ...refused, message: "It is not known.", retryable: false },
  };
  await page.locator(".button:visible", { hasText: "Try again" }).click();
  await see("It is not known.");
  assert.equal(await page.locator(".button:visible", { hasText: "Try again" }).count(), 0);
});

test("three ways to put takes, the safest is chosen first", async (t) => {
  const { page, bridge, see, press } = await openPanel(t);
  await until(primaryOf(page), "Swap to take 5");
  await press("Put on timeline");
  await see("Your clip stays as it is.");
  assert.equal(await page.locator(".radio.checked .body").textContent(), "On a track above");
  await page.locator(".radio", { hasText: "In the clip's place" }).click();
  await page.locator(".sheet-foot .button", { hasText: "Put take 5 in the clip's place" }).click();
  await until(() => bridge.sent("POST", "/api/clips/put").map((call) => call.body.how), ["replace"]);
});

test("pin, rate, reject and undo, with the ring's place restored", async (t) => {
  const { page, bridge } = await openPanel(t);
  await until(titles(page), ["5", "4", "3", "2"]);
  const ops = () => bridge.calls.filter((call) => call.path.endsWith("/ops")).flatMap((call) => call.body.ops);
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await until(ops, [{ op: "pin", node: "node_make", take: "take_4", expected: "take_5" }]);
  await page.keyboard.press("3");
  await until(() => ops().slice(1), [{ op: "rate_take", take: "take_4", rating: "almost" }]);
  await page.keyboard.press("x");
  await until(() => ops().slice(2), [{ op: "set_take_hidden", take: "take_4", hidden: true }]);
  await until(titles(page), ["5", "3", "2"]);
  bridge.facts.answers["POST /api/canvases/canvas_1/undo"] = { epoch: "e", rev: 9, states: {} };
  await page.keyboard.press("Control+z");
  await until(() => bridge.calls.filter((call) => call.path.endsWith("/undo")).length, 1);
  const batches = bridge.calls.filter((call) => call.path.endsWith("/ops")).map((call) => call.body.op_id);
  assert.equal(bridge.calls.find((call) => call.path.endsWith("/undo")).body.batch, batches[2]);
  await until(() => page.locator(".tile.ringed .tile-title").textContent(), "4");
});

test("a pin the bridge refuses is taken back and said", async (t) => {
  const { page, bridge, see } = await openPanel(t);
  await until(titles(page), ["5", "4", "3", "2"]);
  const error = {
    code: "precondition",
    message: "Somebody pinned take 2 meanwhile.",
    hint: "Look at it first.",
    status: 409,
  };
  bridge.facts.answers["POST /api/canvases/canvas_1/ops"] = { error };
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await see("Somebody pinned take 2 meanwhile. Look at it first.");
  await see("Pinned: take 5");
});

test("filters and order", async (t) => {
  const { page, press } = await openPanel(t);
  await until(titles(page), ["5", "4", "3", "2"]);
  await press("Picks");
  await until(titles(page), ["5"]);
  await press("Unrated");
  await until(titles(page), ["2"]);
  await press("Rejected");
  await until(titles(page), ["1"]);
  await press("All");
  await page.locator("select[title^=Order]").selectOption("stars");
  await until(titles(page), ["5", "3", "4", "2"]);
});

test("what costs shows plan and price first, and the button repeats count and ceiling", async (t) => {
  const { page, bridge, see, press } = await openPanel(t);
  await until(primaryOf(page), "Swap to take 5");
  await press("Generate take");
  await see("$32.00 of $50.00 left today");
  assert.equal(bridge.sent("POST", "/api/jobs").length, 0);
  bridge.facts.answers["POST /api/canvases/canvas_1/runs"] = { run: "run_1", canvas: "canvas_1", state: "running" };
  await page.locator(".sheet-foot .button", { hasText: "Generate 1 take · up to $4.60" }).click();
  await until(
    () => bridge.sent("POST", "/api/canvases/canvas_1/runs").map((call) => call.body.consent),
    [{ digest: "d-1", max_micros: 4_600_000, allow_unknown: false }],
  );
});

test("over the budget the button says by how much and opens the budget", async (t) => {
  const bindings = [{ scope: "day", currency: "USD", left_micros: 4_000_000, words: "" }];
  const { page, see, press } = await openPanel(t, { facts: { ...harbour(), plan: paidPlan({ bindings }) } });
  await until(primaryOf(page), "Swap to take 5");
  await press("Generate take");
  await press("Over today's budget by $0.60 · Change budget");
  await see("Nothing is started that could pass it.");
});

test("a price nobody knows needs an amount", async (t) => {
  const amount = { currency: "USD", low_micros: 0, high_micros: 0, unknown: 1 };
  const step = { ...paidPlan().groups[0][0], low_micros: null, high_micros: null };
  const plan = paidPlan({ groups: [[step]], now: [amount], whole: [amount], at_most: [amount], unknown_prices: 1 });
  const { page, bridge, see, press } = await openPanel(t, { facts: { ...harbour(), plan } });
  await until(primaryOf(page), "Swap to take 5");
  await press("Generate take");
  await see("Nobody knows what 1 take will cost. Allow an amount.");
  bridge.facts.answers["POST /api/canvases/canvas_1/runs"] = { run: "run_1" };
  await page.locator(".sheet input:visible").fill("0.50");
  await page.locator(".sheet-foot .button", { hasText: "1 unpriced, $0.50 at most" }).click();
  await until(
    () => bridge.sent("POST", "/api/canvases/canvas_1/runs").map((call) => call.body.consent),
    [{ digest: "d-1", max_micros: 500_000, allow_unknown: true }],
  );
});

test("sending is two steps: free to the canvas, then the exact price", async (t) => {
  const { page, bridge, see, press } = await openPanel(t);
  await until(primaryOf(page), "Swap to take 5");
  await press("Send to canvas");
  await page.locator(".sheet select").first().selectOption("video_edit");
  await see("Takes at most 240 frames, at most 3.0 megapixels, a prompt of 2000 characters.");
  await see("~$1.34, by the list price");
  await page.locator("textarea:visible").fill("Make it rain");
  await press("Send to canvas · free");
  await see("Generate 1 take · up to $4.60");
  const [added, wired] = bridge.calls.find((call) => call.path.endsWith("/ops")).body.ops;
  assert.deepEqual(
    [added.kind, added.params, added.model, added.title],
    ["video_edit", { prompt: "Make it rain" }, "google/veo-3.1", "SH010 edit"],
  );
  assert.deepEqual([wired.src_node, wired.dst_node, wired.dst_port], ["node_clip", added.id, "video"]);
});

test("jobs: cancel, retry with its price, and both decisions of a lost answer", async (t) => {
  const { page, bridge, see, press } = await openPanel(t, { facts: { ...harbour(), jobs: someJobs() } });
  await see("1 in progress · 1 pending · 1 failed · 1 to review · Today $18.00 of $50.00");
  await page.locator(".foot-line").click();
  await see("We sent this and lost the answer. It may have been charged; we won't send it twice.");
  await see("The model refused the prompt (policy). Not charged.");
  await see("Send again (may pay twice) · up to $4.60");
  bridge.facts.answers["POST /api/jobs/job_failed/retry"] = job("job_again");
  await press("Retry · up to $4.60");
  await until(() => bridge.sent("POST", "/api/jobs/job_failed/retry").map((call) => call.body.max_micros), [4_600_000]);
  bridge.facts.answers["POST /api/jobs/job_lost/resolve"] = job("job_lost", { status: "InProgress" });
  await press("Check with provider");
  await until(() => bridge.sent("POST", "/api/jobs/job_lost/resolve").map((call) => call.body.choice), ["look_again"]);
  bridge.facts.answers["POST /api/jobs/job_runs/cancel"] = job("job_runs");
  await page.locator(".job:has(.bar:not(.gone)) .button", { hasText: "Cancel" }).click();
  await see("Cancelling… may still be charged");
});

test("a take that arrives shows by itself, and somebody else's rating too", async (t) => {
  const { page, bridge } = await openPanel(t);
  await until(titles(page), ["5", "4", "3", "2"]);
  bridge.facts.canvas.takes.take_6 = take(6);
  bridge.facts.rev = 8;
  bridge.event("canvas.changed", {
    canvas: "canvas_1",
    epoch: "e",
    from_rev: 7,
    rev: 8,
    origin: "job",
    ops: null,
    states: {},
  });
  await until(titles(page), ["6", "5", "4", "3", "2"]);
  const ops = [{ op: "rate_take", take: "take_6", rating: "keep" }];
  bridge.event("canvas.changed", {
    canvas: "canvas_1",
    epoch: "e",
    from_rev: 8,
    rev: 9,
    author: "Ada",
    origin: "user",
    ops,
    states: {},
  });
  await until(
    () =>
      page
        .locator(".tile-stars")
        .allTextContents()
        .then((all) => all.filter((one) => one === "★★★★").length),
    2,
  );
});

test("the bigger view scrubs the sprite's cells and flips to the clip's own frame", async (t) => {
  const { page, bridge, see, press } = await openPanel(t);
  await until(titles(page), ["5", "4", "3", "2"]);
  await press("View");
  await see("Previewing take 5");
  await until(() => bridge.calls.filter((call) => call.path.endsWith("/sprite")).length, 1);
  const box = await page.locator(".scrub").boundingBox();
  await page.mouse.click(box.x + box.width / 2, box.y + 5);
  await see("frame 103 of 192"); // cell 8 of 16: ⌊17 · 192 / 32⌋ = 102, counted from 1
  await page.keyboard.press("q");
  await see("Your clip");
  const frames = bridge.sent("GET", "/api/clips/frame").map((call) => call.query.get("record_frame"));
  assert.ok(frames.includes(String(86400 + Math.round(0.5 * 79))) || frames.includes("86440"), frames.join());
});

test("by keyboard alone: Tab reaches every button, Enter presses it, Esc closes the sheet", async (t) => {
  const { page, see } = await openPanel(t);
  await until(primaryOf(page), "Swap to take 5");
  const reached = new Set();
  for (let n = 0; n < 60; n += 1) {
    await page.keyboard.press("Tab");
    const words = await page.evaluate(() => {
      const ring = document.querySelector(".ring").getBoundingClientRect();
      const at = [...document.querySelectorAll("[data-stop]")].find((one) => {
        const own = one.getBoundingClientRect();
        return Math.abs(own.left - ring.left - 3) < 3 && Math.abs(own.top - ring.top - 3) < 3 && own.width > 0;
      });
      return at ? at.textContent || at.getAttribute("title") : "";
    });
    reached.add(words.slice(0, 14));
    if (words.startsWith("Put on timeline")) {
      break;
    }
  }
  for (const wanted of ["Playhead", "Picks", "Swap to take 5", "Push clip", "Send to canvas", "Put on timelin"]) {
    assert.ok(
      [...reached].some((one) => one.startsWith(wanted)),
      `${wanted}: ${[...reached].join(" | ")}`,
    );
  }
  await page.keyboard.press("Enter");
  await see("On a track above");
  await page.keyboard.press("Escape");
  await see("In timeline: take 3");
});

test("three hundred takes: only those in sight are there, the last can be reached", async (t) => {
  const facts = harbour();
  facts.canvas.takes = Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`take_${n + 1}`, take(n + 1)]));
  const { page, see } = await openPanel(t, { facts });
  await see("All 300");
  assert.ok((await page.locator(".tile").count()) < 60);
  await page.keyboard.press("End");
  await until(() => page.locator(".tile.ringed .tile-title").textContent(), "1");
});

test("at 320 pixels nothing stands outside the panel", async (t) => {
  const { page } = await openPanel(t, { size: { width: 320, height: 760 } });
  await until(primaryOf(page), "Swap to take 5");
  const wide = await page.evaluate(() =>
    [...document.querySelectorAll("#takebridge *")]
      .filter((one) => one.getBoundingClientRect().width > 0 && one.getBoundingClientRect().right > 320.5)
      .map((one) => one.className),
  );
  assert.deepEqual(wide, []);
});
