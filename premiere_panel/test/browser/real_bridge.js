"use strict";

/** The page, paired with a real bridge, for the tests of a file: what a person sees and does there. */

const assert = require("node:assert/strict");
const { after, before } = require("node:test");
const { openStage, startBridge } = require("../support/stage.js");

/** One bridge for all tests of a file. @type {any} */
let bridge = null;
let footage = "";
before(async () => {
  bridge = await startBridge();
  footage = await bridge.footage("A003_C005.mp4", { frames: 120, rate: "24000/1001", width: 320, height: 180 });
});
after(() => bridge.close());

const theBridge = () => bridge;

function film(more = {}) {
  const clip = { name: "A003_C005.mov", path: footage, start: 0, length: 80, in: 10 };
  return {
    project: "Harbour",
    name: "REEL 2",
    rate: "24000/1001",
    dropFrame: false,
    start: "01:00:00:00",
    width: 320,
    height: 180,
    tracks: { video: [[clip]], audio: [[clip]] },
    markers: [],
    ...more,
  };
}

/** A panel that was paired just now, with words for what a person sees and does. */
async function paired(t, more = {}) {
  const stage = await openStage(t, { bridge, film: film(more) });
  const { page } = stage;
  const see = (words) => page.getByText(words).locator("visible=true").first().waitFor({ timeout: 20_000 });
  const primary = (words) => page.locator(".button.wide", { hasText: words }).click();
  await primary("Reconnect");
  await page.locator("input[title=Port]").fill(String(bridge.port));
  const code = await bridge.code();
  await page.locator("input[title='Six digits']").fill(code);
  await page.locator(".button:visible", { hasText: /^Pair$/ }).click();
  await see(`Premiere · ${more.name || "REEL 2"}`);
  return { stage, page, see, primary, code };
}

async function until(look, good, what) {
  const end = Date.now() + 20_000;
  for (;;) {
    const found = await look();
    if (good(found)) {
      return found;
    }
    assert.ok(Date.now() < end, `${what}: ${JSON.stringify(found)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** All links of all canvases. */
async function links() {
  const canvases = Object.keys(await bridge.api("GET", "/api/canvases"));
  return (await Promise.all(canvases.map((id) => bridge.api("GET", `/api/clips/links?canvas_id=${id}`)))).flat();
}

module.exports = { film, links, paired, theBridge, until };
