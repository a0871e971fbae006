"use strict";

/** The round trip's page where things go otherwise: no base, a lost connection, refusals, keys, long lists. */

const assert = require("node:assert/strict");
const { test } = require("node:test");
const reel = require("../support/trip_facts.js");
const { COPY, applied, held, openTrip, plain } = require("./trip_acting.js");

test("without a base the cut becomes it; in step there is nothing to do", async (t) => {
  const none = reel.trip({ outcome: "no_base", sentence: "The editor's cut would be the base." });
  const kept = reel.trip({ outcome: "base_kept", dry_run: false });
  const panel = await openTrip(t, { plan: none, applied: kept });
  await panel.button("What changed").click();
  await panel.see("This timeline has no base yet, so there is nothing to compare it with.");
  await panel.button("Make this cut the base").click();
  await panel.see("This cut is the base now. What either side changes from here on is merged.");
  assert.deepEqual(panel.sent()[1], { author: "editor", canvas_id: "canvas_1", dry_run: false, new_base: true });
  panel.trip.plan = reel.trip({ sentence: "Nothing to change on the timeline." });
  panel.trip.applied = reel.trip({ outcome: "nothing", dry_run: false });
  await panel.looked();
  await panel.see("In step: nothing to change");
  await panel.button("Agree: nothing to change").click();
  await panel.see("In step: both sides agree. Nothing on the timeline had to change.");
});

test("a connection lost while applying: what is so, how to find out, and what became of it", async (t) => {
  const begun = held();
  const panel = await openTrip(t, {
    plan: plain(),
    applied: () => {
      begun.keep();
      return new Promise(() => {});
    },
  });
  await panel.looked();
  await panel.button("Apply 2 changes").click();
  await begun.kept;
  panel.bridge.away = true;
  await panel.bridge.close(1001);
  await panel.see("The bridge went away in the middle. It finishes the round trip or undoes it when it is back");
  await panel.see("What became of it is said here as soon as the bridge answers");
  panel.trip.trips = [reel.pastTrip({ trip: "trip_2", copy_name: COPY })];
  panel.bridge.away = false;
  await panel.see("The round trip was finished: the timeline is the merged cut.");
  await panel.see(`Safety copy: “${COPY}” is the cut as it was.`);
  assert.equal(panel.sent().filter((one) => !one.dry_run).length, 1);
});

test("a trip that was cut off is ended by one button", async (t) => {
  const open = reel.pastTrip({ state: "applying", done: 2, ended_at: "", copy_name: COPY });
  const panel = await openTrip(t, {
    trips: [open],
    applied: () => {
      panel.trip.trips = [reel.pastTrip()];
      const settled = { settled: [reel.pastTrip()], sentence: "The trip was finished." };
      return reel.trip({ outcome: "nothing", dry_run: false, ...settled });
    },
  });
  await panel.see("A round trip of “REEL 2 v14” did not end: 2 of 5 steps are done.");
  await panel.see(`The safety copy “${COPY}” is there.`);
  await panel.button("Finish or undo").click();
  await panel.see("The trip was finished.");
  assert.deepEqual(panel.sent(), [{ author: "editor", canvas_id: "canvas_1", dry_run: false, resume: true }]);
  assert.equal(await panel.page.locator(".trip-notice:visible").count(), 0);
});

test("a refusal says message, hint and the file to import; the rows say it was not applied", async (t) => {
  const error = {
    code: "plan_not_applied",
    message: "This editor cannot make these edits in place. The timeline was not touched.",
    hint: "Import the merged cut by hand: /data/cut.xml",
    details: { path: "/data/cut.xml" },
    status: 409,
  };
  const { page, see, button, looked } = await openTrip(t, { plan: plain(), applied: { error } });
  await looked();
  await button("Apply 2 changes").click();
  await see("This editor cannot make these edits in place. The timeline was not touched.");
  await see("Import the merged cut by hand: /data/cut.xml");
  await see("1. In Premiere choose File > Import, and that file.");
  await page.locator(".trip-result", { hasText: "✕ Not applied: This editor cannot" }).first().waitFor();
  assert.equal(await page.locator(".trip-foot:visible").count(), 0);
  await looked();
  await button("Apply 2 changes").waitFor();
});

test("the keyboard: arrows from row to row, a letter chooses, Ctrl+Enter applies only what may be", async (t) => {
  const { page, see, sent, looked } = await openTrip(t, { applied: applied() });
  await looked();
  const ringed = () =>
    page.evaluate(() => {
      const ring = document.querySelector(".ring").getBoundingClientRect();
      const at = document.elementFromPoint(ring.left + ring.width / 2, ring.top + ring.height / 2);
      const stop = at && at.closest("[data-stop]");
      return stop ? stop.className.split(" ")[0] + " " + stop.textContent.slice(0, 14) : "";
    });
  const walkTo = async (wanted, key = "ArrowDown") => {
    for (let n = 0; n < 60 && (await ringed()) !== wanted; n += 1) {
      await page.keyboard.press(key);
    }
    assert.equal(await ringed(), wanted);
  };
  await page.keyboard.press("Control+Enter");
  assert.equal(sent().length, 1); // two conflicts are not decided
  await walkTo("trip-row SH_0410trimmed", "Tab"); // arrows stay in the field of the canvases
  await page.keyboard.press("ArrowDown");
  assert.equal(await ringed(), "trip-row SH_0420left it");
  await walkTo("radio ○Keep timeline");
  await page.keyboard.press("b");
  await see("1 conflict still to decide.");
  assert.match(await page.locator(".conflict-choice.checked").textContent(), /^●Keep both/);
  await page.keyboard.press("Enter");
  assert.match(await page.locator(".conflict-choice.checked").textContent(), /^●Keep timeline/);
  await page.locator(".trip-foot .button", { hasText: "Go there" }).click();
  await page.keyboard.press("b"); // not offered there
  await page.keyboard.press("c");
  await page.keyboard.press("Control+Enter");
  await see("Done.");
  const choices = { "content:V1.2": "editor", "deleted_by_editor:V1.4": "canvas" };
  assert.deepEqual(sent()[2].choices, choices);
});

test("three hundred changes and forty conflicts: a page draws what it shows, and nothing more", async (t) => {
  const many = Array.from({ length: 300 }, (_, at) => reel.edit(at + 1));
  const conflicts = Array.from({ length: 40 }, (_, at) => reel.conflict(301 + at));
  const { page, see, looked } = await openTrip(t, { plan: reel.trip({ edits: many, conflicts }), shots: 340 });
  await looked();
  await see("300 changes · 40 conflicts");
  const rows = page.locator(".trip-row:not(.trip-head)");
  assert.equal(await rows.count(), 8);
  await page.locator(".button:visible", { hasText: "Show all 300" }).click();
  assert.equal(await rows.count(), 40);
  const table = page.locator(".trip-table");
  await table.locator(".button", { hasText: "Next" }).click();
  await see("41–80 of 300");
  assert.match(await rows.first().textContent(), /^SH_0810/);
  assert.equal(await page.locator(".conflict").count(), 12);
  const took = await page.evaluate(async () => {
    const times = [];
    for (const choice of document.querySelectorAll("[data-choice=editor]")) {
      const begun = performance.now();
      choice.click();
      await new Promise((done) => requestAnimationFrame(done));
      void document.body.offsetHeight;
      times.push(performance.now() - begun);
    }
    return times.sort((one, other) => one - other)[Math.floor(times.length / 2)];
  });
  t.diagnostic(`a choice among 300 changes and 40 conflicts: ${took.toFixed(1)} ms to the next frame`);
  assert.ok(took < 100, `${took} ms`);
  await see("28 conflicts still to decide.");
  await page.locator(".button:visible", { hasText: "Go there" }).click();
  await see("13–24 of 40");
});
