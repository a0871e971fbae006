"use strict";

/** The round trip's page against the real bridge, with the fake Premiere in the page. */

const assert = require("node:assert/strict");
const { test } = require("node:test");
const { rowsOf } = require("./trip_acting.js");
const { openProduction, shownIn } = require("./trip_production.js");

test(
  "with the real bridge: a trim and a deletion meet new takes; decided, applied, read back, in step",
  { timeout: 115_000 },
  async (t) => {
    const { stage, page, see, press } = await openProduction(t);
    await press("What changed");
    await see("1 change · 1 conflict");
    const [[shot, you, theirs]] = await rowsOf(page);
    assert.deepEqual([shot, you], ["SH010", "trimmed the head 3 frames and the tail 4 frames"]);
    assert.match(theirs, /^Shows SH010 take 1, as on the canvas \(17 frames\); other media in its place$/);
    await see("You deleted it; the canvas shows SH030 take 1 there now.");
    await page.locator(".conflict .still-picture:visible").waitFor({ timeout: 40_000 });
    const before = await shownIn(stage);
    assert.deepEqual(before.names, ["REEL 2"]); // a look changes nothing
    await page.locator(".conflict-choice", { hasText: "Keep timeline" }).click();
    await press("Apply 1 change");
    await see("Done. “REEL 2” is the merged cut, read back clip by clip.");
    await see(/Safety copy: “REEL 2 \(TakeBridge safety copy [^”]+” is the cut as it was/);
    const after = await shownIn(stage);
    assert.deepEqual(after.pieces.map(([start, end]) => [start, end]), [[3, 20], [24, 48]]);
    assert.match(after.pieces[0][2], /^SH010_take\d\d_previz/);
    assert.equal(after.pieces[0][3], 12 + 3); // twelve frames of handles, three trimmed off
    assert.deepEqual(after.pieces[1], before.pieces[1]);
    assert.equal(after.names.length, 2);
    await press("What changed");
    await see("In step: nothing to change");
    assert.deepEqual(stage.complaints, []);
  },
);
