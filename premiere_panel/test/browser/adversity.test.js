"use strict";

/** The panel's page and the real bridge on a bad day: crashes, dialogs, another project. */

const assert = require("node:assert/strict");
const { test } = require("node:test");
const { film, links, paired, theBridge, until } = require("./real_bridge.js");

test("the panel is loaded anew in the middle of an op: the bridge says so, and goes on with the new one", async (t) => {
  const { stage, page, see, primary } = await paired(t);
  await see("A003_C005.mov");
  await stage.person("openDialog");
  await primary("Push clip to canvas");
  await see("Pushing clip…");
  await stage.reload();
  await see("Premiere · REEL 2");
  await until(() => page.locator(".button.wide").textContent(), (words) => words === "Push clip to canvas", "the button");
  assert.deepEqual(await links(), []);
  await see("A003_C005.mov");
  assert.deepEqual(stage.complaints, []);
});

test("another project, and a sequence of another rate: the page follows, and nothing is said of the old clip", async (t) => {
  const { stage, page, see } = await paired(t);
  await see("A003_C005.mov");
  await stage.person("openProject", film({ project: "Other film", name: "REEL 50p", rate: "50", start: "10:00:00:00" }));
  await see("Premiere · REEL 50p");
  await see("10:00:00:00");
  await stage.person("closeSequence", null);
  await see("No sequence is open");
  assert.equal(await page.locator(".button.wide").getAttribute("disabled"), "");
  assert.deepEqual(stage.complaints, []);
});

test("killed while a push waits behind a dialog: the same port, the same token, pushed once", async (t) => {
  const { stage, page, see, primary } = await paired(t);
  await see("A003_C005.mov");
  const had = (await links()).length;
  await stage.person("openDialog");
  await primary("Push clip to canvas");
  await see("Pushing clip…");
  const bridge = theBridge();
  const { port } = bridge;
  await bridge.kill();
  await see("Bridge stopped");
  await stage.person("closeDialog");
  await bridge.start();
  assert.equal(bridge.port, port);
  await see("Premiere · REEL 2");
  assert.equal((await links()).length, had, "a push whose bridge died is not done by itself");
  await until(() => page.locator(".button.wide").textContent(), (words) => words === "Push clip to canvas", "the button");
  await primary("Push clip to canvas");
  await until(links, (found) => found.length > had, "the push");
  await see("is on the canvas");
  assert.equal((await links()).length, had + 1);
  assert.deepEqual(stage.complaints.filter((one) => !/ERR_CONNECTION_REFUSED|WebSocket connection/.test(one)), []);
});
