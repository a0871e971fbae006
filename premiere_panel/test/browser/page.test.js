"use strict";

const assert = require("node:assert/strict");
const { test } = require("node:test");
const { openStage } = require("../support/stage.js");

test("the page opens without a complaint and announces its panel at once", async (t) => {
  const stage = await openStage(t);
  const seen = await stage.page.evaluate(() => ({
    early: window.takebridgeStage.early,
    panels: Object.keys(window.takebridgeStage.entrypoints.panels),
    inside: window.takebridgeStage.root.contains(document.getElementById("takebridge")),
  }));
  assert.deepEqual(seen, { early: true, panels: ["takebridge"], inside: true });
  assert.deepEqual(stage.complaints, []);
});

test("what UXP lacks is not there for the page either", async (t) => {
  const stage = await openStage(t);
  const names = ["TextDecoder", "alert", "confirm", "prompt", "fetch", "structuredClone"];
  const there = await stage.page.evaluate((all) => all.filter((name) => typeof window[name] !== "undefined"), names);
  assert.deepEqual(there, []);
});

test("a panel that is put away and opened again shows the same page", async (t) => {
  const stage = await openStage(t);
  await stage.page.evaluate(() => document.getElementById("takebridge").setAttribute("data-mark", "same"));
  await stage.reopen();
  const mark = await stage.page.evaluate(() => window.takebridgeStage.root.querySelector("#takebridge")?.dataset.mark);
  assert.equal(mark, "same");
});
