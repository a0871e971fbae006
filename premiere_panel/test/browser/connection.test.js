"use strict";

const assert = require("node:assert/strict");
const { test } = require("node:test");
const { openPanel } = require("./acting.js");

const stripOf = (page) => page.locator(".strip-words").textContent();

test("unpaired: one next step, and the six digits pair it", async (t) => {
  const { page, bridge, see, press } = await openPanel(t, { unpaired: true });
  await see("Not paired");
  await press("Reconnect");
  await see("Run “takebridge pair” and write its port and six digits here.");
  await page.locator("input[title=Port]").fill("4711");
  await page.locator("input[title='Six digits']").fill("482 913");
  await page.locator("input[title='Six digits']").press("Enter");
  await see("Premiere · REEL 2 v14");
  assert.equal(bridge.heard.find((one) => one.type === "pair").code, "482913");
  await see("SH010");
});

test("a wrong code says the bridge's words and stays calm", async (t) => {
  const refuse = { code: "pairing", message: "That code is not valid.", hint: "Make another with 'takebridge pair'." };
  const { page, see, press } = await openPanel(t, { unpaired: true, refuse });
  await press("Reconnect");
  await page.locator("input[title=Port]").fill("4711");
  await page.locator("input[title='Six digits']").fill("000000");
  await press("Pair");
  await see("That code is not valid. Make another with 'takebridge pair'.");
  await see("Not paired").catch(() => see("Pair with the bridge"));
});

test("the token never goes to another bridge", async (t) => {
  const { bridge, see, press } = await openPanel(t, { greeting: { bridge: "b-2" } });
  await see("Another bridge");
  await press("Reconnect");
  await see("Nothing was sent to it.");
  assert.deepEqual(bridge.heard, []);
});

test("another major version: what to do is said", async (t) => {
  const { see, press } = await openPanel(t, { greeting: { protocol: "2.0" } });
  await see("Another version");
  await press("Reconnect");
  await see("Run “takebridge install premiere”, then restart Premiere.");
});

test("a panel older than the bridge's says so and goes on", async (t) => {
  const { see } = await openPanel(t, { greeting: { panel: "0.2.0" } });
  await see("The bridge has a newer panel (0.2.0");
  await see("SH010 · A003_C005.mov");
});

test("revoked: pair again", async (t) => {
  const { page, bridge, see } = await openPanel(t);
  await see("SH010 · A003_C005.mov");
  await bridge.close(4003);
  await see("Pairing ended");
  await page.locator(".button.wide", { hasText: "Reconnect" }).click();
  await see("This panel was taken off the bridge's list. Pair it again to go on.");
});

test("taken over by another connection: it does not fight for the place", async (t) => {
  const { page, bridge, see } = await openPanel(t);
  await see("SH010 · A003_C005.mov");
  await bridge.close(4004);
  await see("Not connected");
  await page.locator(".button.wide", { hasText: "Reconnect" }).click();
  await see("Another connection of this panel has taken over.");
});

test("a bridge that stops is told with its age, and is found again by itself", async (t) => {
  const { page, bridge, see } = await openPanel(t);
  await see("SH010 · A003_C005.mov");
  bridge.away = true;
  await bridge.close(1001);
  await see("Bridge stopped");
  await see("Takes on disk are safe; jobs at providers go on.");
  bridge.away = false;
  await see("Premiere · REEL 2 v14");
  await see("SH010 · A003_C005.mov");
  assert.equal(await stripOf(page), "Premiere · REEL 2 v14");
});

test("Premiere is busy: pushing waits, and that is said", async (t) => {
  const { bridge, see } = await openPanel(t);
  await see("SH010 · A003_C005.mov");
  bridge.facts.answers["GET /api/hosts/spot"] = {
    error: { code: "host_busy", message: "Premiere is busy.", hint: "Wait.", retryable: true },
  };
  await see("Premiere is busy (a dialog is open or it is rendering). Waiting; nothing is lost.");
});

test("no sequence is open: what to do", async (t) => {
  const { bridge, see } = await openPanel(t);
  await see("SH010 · A003_C005.mov");
  bridge.facts.host = { ...bridge.facts.host, timeline: null };
  bridge.event("host.changed", {});
  await see("No sequence is open");
});

test("settings: the port changes where it looks, forgetting asks first", async (t) => {
  const { page, see, press } = await openPanel(t);
  await see("SH010 · A003_C005.mov");
  await press("⋯");
  await page.locator("input[title='Port of the bridge']").fill("70000");
  await press("Use this port");
  await see("A port is a number from 1 to 65535.");
  await press("Light");
  assert.ok(await page.evaluate(() => document.getElementById("takebridge").classList.contains("looks-light")));
  await press("Forget this bridge");
  await page.locator(".button:visible", { hasText: "Forget it" }).click();
  await see("Not paired");
  assert.equal(await page.evaluate(() => JSON.parse(localStorage.getItem("takebridge.link")).token), "");
});

test("the log tells what happened, and there is no clipboard to pretend with", async (t) => {
  const { bridge, see, press } = await openPanel(t);
  await see("SH010 · A003_C005.mov");
  bridge.event("host.disconnected", { reason: "silent" });
  await press("Log");
  await see("The editor is disconnected: it stopped answering.");
});
