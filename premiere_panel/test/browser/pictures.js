"use strict";

/**
 * Writes the panel's pictures for the documentation: node test/browser/pictures.js [FOLDER]
 * The real page in Chromium against the bridge written down in stand_in_bridge.js, the panel's own buttons pressed.
 */

const path = require("node:path");
const { openPanel } = require("./acting.js");
const { withGaps } = require("./gap_facts.js");
const { tripFacts } = require("./trip_acting.js");
const { pastTrip } = require("../support/trip_facts.js");
const { job, someJobs } = require("./job_facts.js");
const { harbour } = require("./stand_in_bridge.js");

const FOLDER = path.resolve(process.argv[2] || path.resolve(__dirname, "..", "..", "..", "docs", "images"));
const TALL = { width: 420, height: 860 };

/** @type {[string, object, (panel: any) => Promise<void>][]} */
const PICTURES = [
  ["premiere-takes", {}, async (panel) => panel.see("Swap to take 5")],
  [
    "premiere-pairing",
    { unpaired: true },
    async (panel) => {
      await panel.press("Reconnect");
      await panel.page.locator("input[title=Port]").fill("8765");
      await panel.page.locator("input[title='Six digits']").fill("482913");
    },
  ],
  [
    "premiere-send",
    {},
    async (panel) => {
      await panel.see("Swap to take 5");
      await panel.press("Send to canvas");
      await panel.page.locator(".sheet select").first().selectOption("video_edit");
      await panel.page.locator("textarea:visible").fill("The same harbour, heavy rain, lamps come on");
      panel.bridge.facts.answers["POST /api/canvases/canvas_1/ops"] = { epoch: "e", rev: 8, states: {} };
      await panel.press("Send to canvas · free");
      await panel.see("Generate 1 take · up to $4.60");
    },
  ],
  [
    "premiere-jobs",
    { facts: { ...harbour(), jobs: someJobs() } },
    async (panel) => {
      await panel.see("Swap to take 5");
      await panel.page.locator(".foot-line").click();
    },
  ],
  [
    "premiere-view",
    {},
    async (panel) => {
      await panel.see("Swap to take 5");
      await panel.press("View");
      const scrub = await panel.page.locator(".scrub").boundingBox();
      await panel.page.mouse.click(scrub.x + scrub.width * 0.4, scrub.y + 6);
      await panel.see("frame ");
    },
  ],
  [
    "premiere-put",
    {},
    async (panel) => {
      await panel.see("Swap to take 5");
      await panel.press("Put on timeline");
    },
  ],
  [
    "premiere-gaps",
    { facts: withGaps() },
    async (panel) => {
      await panel.see("Swap to take 5");
      await panel.press("Gaps");
      await panel.press("Gaps on the timeline");
      await panel.press("Look for gaps");
      await panel.page.locator(".gap-picture:visible").nth(1).waitFor();
      await panel.page.locator("textarea:visible").fill("She turns towards the window; rain outside.");
    },
  ],
  [
    "premiere-roundtrip",
    { facts: tripFacts({ trips: [pastTrip()] }).facts, size: { width: 720, height: 1180 } },
    async (panel) => {
      await panel.see("REEL 2 v14");
      await panel.press("Round trip");
      await panel.press("What changed");
      await panel.page.locator(".conflict-choice", { hasText: "Use canvas" }).first().click();
      await panel.page.locator(".still-picture:visible").nth(2).waitFor();
    },
  ],
  ["premiere-narrow", { size: { width: 320, height: 760 } }, async (panel) => panel.see("Swap to take 5")],
  [
    "premiere-wide-light",
    {
      size: { width: 900, height: 760 },
      colorScheme: "light",
      facts: { ...harbour(), jobs: [job("job_runs", { done: 3, total: 10 })] },
    },
    async (panel) => {
      await panel.see("Swap to take 5");
      await panel.press("View");
      await panel.press("Recipe");
    },
  ],
];

async function main() {
  for (const [name, options, act] of PICTURES) {
    const ended = [];
    const panel = await openPanel({ after: (work) => ended.push(work) }, { size: TALL, ...options });
    await act(panel);
    await panel.page.waitForTimeout(700);
    await panel.stage.shot(path.join(FOLDER, `${name}.png`));
    console.log(`${name}.png ${panel.stage.complaints.join(" ")}`);
    for (const work of ended) {
      await work();
    }
  }
  process.exit(0);
}

main();
