"use strict";

const assert = require("node:assert/strict");
const { test } = require("node:test");
const { agent } = require("./rig.js");

const ticks = agent("ticks");
const rates = agent("rates");

/** Every rate a timeline of the bridge can have, and the ticks of a frame: whole seconds of ticks over the rate. */
const EDIT_RATES = {
  "24000/1001": 10594584000n,
  24: 10584000000n,
  25: 10160640000n,
  "30000/1001": 8475667200n,
  30: 8467200000n,
  "48000/1001": 5297292000n,
  48: 5292000000n,
  50: 5080320000n,
  "60000/1001": 4237833600n,
  60: 4233600000n,
  100: 2540160000n,
  "120000/1001": 2118916800n,
  120: 2116800000n,
  15: 16934400000n,
};

/** The same numbers each run: a small generator, so that a failure can be looked at again. */
function numbers(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state % below;
  };
}

test("ticks per frame are exact rates", () => {
  for (const [spelling, perFrame] of Object.entries(EDIT_RATES)) {
    assert.equal(rates.spell(rates.rateOfTicks(perFrame)), spelling);
  }
});

test("doubles and their usual spellings are exact rates", () => {
  for (const spelling of Object.keys(EDIT_RATES)) {
    const [num, den = 1] = spelling.split("/").map(Number);
    const exact = num / den;
    for (const said of [exact, Number(exact.toFixed(3)), Number(exact.toFixed(2)), Math.fround(exact)]) {
      assert.equal(rates.spell(rates.snapRate(said)), spelling, `${said}`);
    }
  }
  assert.equal(rates.spell(rates.snapRate(29.874)), "14937/500");
  assert.equal(rates.spell(rates.snapRate(12.5)), "25/2");
  for (const nonsense of [0, -25, NaN, Infinity, 1e9, "25", null, undefined]) {
    assert.equal(rates.snapRate(nonsense), null);
  }
  assert.equal(rates.spell(null), "");
});

test("a record frame goes to ticks and back, and stands until the next begins", () => {
  const random = numbers(8);
  for (const perFrame of Object.values(EDIT_RATES)) {
    for (let round = 0; round < 200; round += 1) {
      const grid = { ticksPerFrame: perFrame, zero: perFrame * BigInt(random(200000)) };
      const frame = random(9000000);
      const at = ticks.ticksAt(frame, grid);
      assert.equal(ticks.frameOf(at, grid), frame);
      assert.equal(ticks.frameOf(at + BigInt(random(Number(perFrame))), grid), frame);
      assert.equal(ticks.frameOf(at - 1n, grid), frame - 1);
      assert.equal(ticks.ticksAt(frame + 1, grid) - at, perFrame);
    }
  }
});

test("a source frame goes to ticks and back at any rate, also those no tick fits", () => {
  const random = numbers(9);
  const odd = ["14937/500", "25/2", "24000/1001", "60", "17/3"].map((text) => text.split("/").map(BigInt));
  for (const [num, den = 1n] of odd) {
    const rate = rates.makeRate(num, den);
    for (let round = 0; round < 200; round += 1) {
      const frame = random(5000000);
      const at = ticks.sourceTicksAt(frame, rate);
      assert.equal(ticks.sourceFrameOf(at, rate), frame);
      assert.equal(ticks.sourceFrameOf(at - 1n, rate), frame - 1);
      assert.equal(ticks.sourceEndOf(at + 1n, rate), frame + 1);
    }
  }
});

test("ticks are read from times and strings, and nothing else", () => {
  assert.equal(ticks.ticksOf({ ticks: "91445760000000000" }), 91445760000000000n);
  assert.equal(ticks.ticksOf("-101606400000000000"), -101606400000000000n);
  for (const nothing of [null, undefined, {}, "", "1.5", "12a", { ticks: "" }]) {
    assert.equal(ticks.ticksOrNull(nothing), null);
    assert.throws(() => ticks.ticksOf(nothing), { code: "timeline_changed" });
  }
});

test("speeds are plain fractions", () => {
  const said = [
    [1, false, "1"],
    [0.5, false, "1/2"],
    [0.5, true, "-1/2"],
    [-2, false, "-2"],
    [1.25, false, "5/4"],
    [1 / 3, false, "1/3"],
    [0.3333, false, "3333/10000"],
    [100, true, "-100"],
    [0, true, "0"],
    [NaN, false, ""],
    [null, false, ""],
  ];
  for (const [value, reversed, wanted] of said) {
    assert.equal(rates.snapSpeed(value, reversed), wanted, String(value));
  }
});

test("labels are those of SMPTE, drop-frame too", () => {
  const ntsc = rates.rateOfTicks(EDIT_RATES["30000/1001"]);
  const fast = rates.rateOfTicks(EDIT_RATES["60000/1001"]);
  const said = [
    [107892, ntsc, true, "01:00:00;00"],
    [108000, ntsc, false, "01:00:00:00"],
    [1799, ntsc, true, "00:00:59;29"],
    [1800, ntsc, true, "00:01:00;02"],
    [17982, ntsc, true, "00:10:00;00"],
    [17981, ntsc, true, "00:09:59;29"],
    [3600, fast, true, "00:01:00;04"],
    [35964, fast, true, "00:10:00;00"],
    [86400, rates.rateOfTicks(EDIT_RATES["24000/1001"]), false, "01:00:00:00"],
    [90001, rates.rateOfTicks(EDIT_RATES[25]), false, "01:00:00:01"],
  ];
  for (const [frame, rate, drop, label] of said) {
    assert.equal(rates.labelAt(frame, rate, drop), label);
  }
});

test("no label of a drop-frame hour is said twice or out of order", () => {
  const rate = rates.rateOfTicks(EDIT_RATES["30000/1001"]);
  let before = "";
  for (let frame = 0; frame < 107892; frame += 1) {
    const label = rates.labelAt(frame, rate, true);
    assert.ok(label > before, `${before} ${label}`);
    before = label;
  }
});
