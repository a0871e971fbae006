"use strict";

/** A production for the round trip: the real bridge, the fake Premiere, three shots, takes for two of them. */

const assert = require("node:assert/strict");
const { openStage, startBridge } = require("../support/stage.js");

/** Three shots of one file in the bridge's own folder. */
async function filmOf(bridge) {
  const path = await bridge.footage("A003_C005.mp4", { frames: 160, rate: "24000/1001", width: 320, height: 180 });
  const clips = [0, 1, 2].map((n) => ({ name: `shot ${n + 1}`, path, start: n * 24, length: 24, in: 40 + n * 6 }));
  const format = { rate: "24000/1001", dropFrame: false, start: "01:00:00:00", width: 320, height: 180 };
  return { project: "Harbour", name: "REEL 2", ...format, tracks: { video: [clips], audio: [[]] }, markers: [] };
}

/** Make the first take of a node and wait until it is there. */
async function takeOf(bridge, canvas, node) {
  const job = await bridge.api("POST", "/api/jobs", { canvas_id: canvas, node_id: node, author: "editor" });
  for (const end = Date.now() + 60_000; Date.now() < end; ) {
    const found = (await bridge.api("GET", "/api/jobs")).find((one) => one.job === job.job);
    if (found && found.status === "Complete") {
      return;
    }
    assert.notEqual(found && found.status, "Failed", JSON.stringify(found && found.error));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail("the take was not made in a minute");
}

/** What lies on V1: first frame, end, the file's name, first source frame. */
async function shownIn(stage) {
  const { state: world } = await stage.world();
  const project = world.projects[world.active];
  const sequence = project.sequences[project.active];
  const frame = Number(sequence.frame);
  const pieces = sequence.video[0].items.map((one) => [
    Number(one.start) / frame,
    Number(one.end) / frame,
    project.items[one.item].path.split("/").pop(),
    Number(one.in) / frame,
  ]);
  return { pieces, names: Object.values(project.sequences).map((one) => one.name) };
}

/**
 * The panel is paired and shows the round trip; the first base is kept, shots 1 to 3 are pushed, 1 and 3 have a take.
 * The person has trimmed shot 1 by three and four frames, and deleted shot 3.
 * @param {any} t
 */
async function openProduction(t) {
  const bridge = await startBridge();
  t.after(() => bridge.close());
  const stage = await openStage(t, { bridge, film: await filmOf(bridge) });
  const { page } = stage;
  const see = (words) => page.getByText(words).locator("visible=true").first().waitFor({ timeout: 40_000 });
  const ready = (words) => page.locator(".button:visible:not([disabled])", { hasText: words }).first();
  const press = (words) => ready(words).click({ timeout: 40_000 });
  await press("Reconnect");
  await page.locator("input[title=Port]").fill(String(bridge.port));
  await page.locator("input[title='Six digits']").fill(await bridge.code());
  await press(/^Pair$/);
  await see("Premiere · REEL 2");
  await page.locator(".tab", { hasText: "Round trip" }).click();
  await see("Choose or make a canvas on the first page.");
  const canvas = (await bridge.api("POST", "/api/canvases", { title: "Reel" })).canvas.id;
  await ready("What changed").waitFor();

  await press("What changed");
  await see("This timeline has no base yet, so there is nothing to compare it with.");
  await press("Make this cut the base");
  await see("This cut is the base now.");
  await stage.person("select", ["V1", 0], ["V1", 1], ["V1", 2]);
  const push = { canvas_id: canvas, mode: "selected", process: ["previz"], handles: 12, author: "editor" };
  const pushed = await bridge.api("POST", "/api/clips/push", push);
  const { canvas: now } = await bridge.api("GET", `/api/canvases/${canvas}`);
  const behind = (clip) => Object.values(now.wires).find((wire) => wire.src_node === clip.link.node_id).dst_node;
  await takeOf(bridge, canvas, behind(pushed[0]));
  await takeOf(bridge, canvas, behind(pushed[2]));
  await stage.person("trim", "V1", 0, 3, 4);
  await stage.person("delete", "V1", 2);
  return { bridge, stage, page, see, press };
}

module.exports = { openProduction, shownIn };
