"use strict";

const assert = require("node:assert/strict");
const { test } = require("node:test");
const { openPanel } = require("./acting.js");

const clipboardOf = (page) => page.evaluate(() => window.takebridgeStage.clipboard);

/** A log of two lines: a refusal with its details, and a sentence of the bridge's. */
async function withLog(t) {
  const panel = await openPanel(t);
  await panel.see("Swap to take 5");
  panel.bridge.facts.answers["POST /api/clips/put"] = {
    error: { code: "host_rejected", message: "Premiere said no.", hint: "Try it again.", retryable: true, details: {} },
  };
  await panel.press("Swap to take 5");
  await panel.see("Premiere said no. Try it again.");
  panel.bridge.event("host.disconnected", { reason: "stopped" });
  await panel.press("Log");
  await panel.see("The editor is disconnected: it was stopped.");
  return panel;
}

test("Copy puts the whole log on the clipboard, oldest line first, with the details", async (t) => {
  const { page, see, press, stage } = await withLog(t);
  assert.equal(await clipboardOf(page), null);
  await press("Copy");
  await see("Copied.");
  const text = await clipboardOf(page);
  const first = text.indexOf("Premiere said no.");
  const last = text.indexOf("The editor is disconnected: it was stopped.");
  assert.ok(first >= 0 && last > first, text);
  assert.match(text, /host_rejected/);
  assert.match(text, /^\S*[0-9]{2}:[0-9]{2}/);
  assert.deepEqual(stage.complaints, []);
});

test("where copying is not allowed, that is said", async (t) => {
  const { page, see, press } = await withLog(t);
  await page.evaluate(() => {
    navigator.clipboard.writeText = () => Promise.reject(new Error("no permission"));
  });
  await press("Copy");
  await see("Copying was not allowed.");
  assert.equal(await clipboardOf(page), null);
});

test("an empty log offers nothing to copy", async (t) => {
  const { page, see, press } = await withLog(t);
  await press("Clear");
  await see("Nothing has happened yet.");
  const copy = page.locator(".button:visible", { hasText: "Copy" }).first();
  assert.equal(await copy.getAttribute("disabled"), "");
});
