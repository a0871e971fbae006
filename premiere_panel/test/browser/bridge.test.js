"use strict";

const assert = require("node:assert/strict");
const { test } = require("node:test");
const { openStage, startBridge } = require("../support/stage.js");

/** A sequence of one clip that lies in the bridge's own folder. */
async function filmOf(bridge) {
  const path = await bridge.footage("A003_C005.mp4", { frames: 120, rate: "24000/1001", width: 320, height: 180 });
  const clip = { name: "A003_C005.mov", path: path.path || path, start: 0, length: 80, in: 10 };
  return {
    project: "Harbour",
    name: "REEL 2",
    rate: "24000/1001",
    dropFrame: false,
    start: "01:00:00:00",
    width: 320,
    height: 180,
    tracks: { video: [[clip]], audio: [[]] },
    markers: [],
  };
}

test(
  "with the real bridge: paired, pushed, a take made and put, found again after a restart, revoked",
  { timeout: 110_000 },
  async (t) => {
    const bridge = await startBridge();
    t.after(() => bridge.close());
    const stage = await openStage(t, { bridge, film: await filmOf(bridge) });
    const { page } = stage;
    const see = (words) => page.getByText(words).locator("visible=true").first().waitFor({ timeout: 30_000 });
    await page.locator(".button.wide", { hasText: "Reconnect" }).click();
    await page.locator("input[title=Port]").fill(String(bridge.port));
    await page.locator("input[title='Six digits']").fill(await bridge.code());
    await page.locator(".button:visible", { hasText: /^Pair$/ }).click();

    await see("Premiere · REEL 2");
    await see("A003_C005.mov");
    await page.locator(".button.wide", { hasText: "Push clip to canvas" }).click();
    await see("Generate first take");
    const canvases = await bridge.api("GET", "/api/canvases");
    assert.equal(Object.keys(canvases).length, 1);

    const press = (words) => page.locator(".button:visible", { hasText: words }).first().click();
    await press("Send to canvas…");
    await page.locator(".sheet select", { hasText: "Previz" }).first().selectOption("previz");
    await press("Send to canvas · free");
    await press("Generate 1 take · free");
    await page.locator(".tile-picture:visible").first().waitFor({ timeout: 60_000 });
    await press("Put take 1 above");
    await see("SH010 shows take 1 now. It lies above the clip, on V2.");
    await see("In timeline: take 1");
    assert.deepEqual(stage.complaints, []);

    await bridge.stop();
    await see("Bridge stopped");
    await bridge.start();
    await see("Premiere · REEL 2");
    await see("In timeline: take 1");

    const [panel] = await bridge.api("GET", "/api/panels");
    await bridge.api("DELETE", `/api/panels/${panel.id}`);
    await see("Pairing ended");
    await page.locator(".button.wide", { hasText: "Reconnect" }).click();
    await see("This panel was taken off the bridge's list. Pair it again to go on.");
  },
);
