"use strict";

/** The bridge dies while a round trip is applied, and comes back. The real bridge, the fake Premiere in the page. */

const assert = require("node:assert/strict");
const { test } = require("node:test");
const { openProduction, shownIn } = require("./trip_production.js");

test(
  "a bridge that dies in the middle: what is so is said, and when it is back what became of it",
  { timeout: 115_000 },
  async (t) => {
    const { bridge, stage, page, see, press } = await openProduction(t);
    await press("What changed");
    await see("1 change · 1 conflict");
    const before = await shownIn(stage);
    await page.locator(".conflict-choice", { hasText: "Keep timeline" }).click();
    await press("Apply 1 change");
    for (const end = Date.now() + 40_000; (await shownIn(stage)).names.length < 2; ) {
      assert.ok(Date.now() < end, "no safety copy was made");
    }
    await bridge.kill();
    await see("The bridge went away in the middle. It finishes the round trip or undoes it when it is back");
    await see("The bridge is away");
    await bridge.start();
    const finished = page.getByText("The round trip was finished: the timeline is the merged cut.");
    const undone = page.getByText("Undone: the timeline is as it was");
    // The bridge ends the trip by itself once the editor is connected again; the page tells of it.
    await finished.or(undone).locator("visible=true").first().waitFor({ timeout: 50_000 });
    const after = await shownIn(stage);
    t.diagnostic(JSON.stringify(after));
    const [trip] = await bridge.api("GET", "/api/roundtrips");
    t.diagnostic(JSON.stringify(trip));
    const said = await page.locator(".trip-tops").innerText();
    t.diagnostic(said);
    // Shot 1 stays trimmed and shot 3 deleted, as the person did; shot 1 shows the take where the trip was finished.
    assert.deepEqual(
      after.pieces.map(([start, end]) => [start, end]),
      before.pieces.map(([start, end]) => [start, end]),
    );
    assert.deepEqual(after.pieces[1], before.pieces[1]);
    assert.equal(/^SH010_take/.test(after.pieces[0][2]), trip.state === "done");
    assert.equal(/was finished/.test(said), trip.state === "done");
    assert.equal(await page.locator(".trip-notice:visible").count(), 0);
  },
);
