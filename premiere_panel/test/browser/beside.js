"use strict";

/**
 * The panel's half of docs/images/panels-side-by-side.png (tests/panel/make_side_by_side.py starts it): one line of JSON
 * in, "paired" out; when the input ends, the shot is on the canvas and the picture is taken.
 */

const readline = require("node:readline");
const { openStage } = require("../support/stage.js");

async function main() {
  const lines = readline.createInterface({ input: process.stdin });
  const ended = new Promise((resolve) => lines.once("close", resolve));
  const { canvas, port, code, film, facts, size, picture } = await new Promise((resolve) =>
    lines.once("line", (line) => resolve(JSON.parse(line))),
  );
  const bridge = { ask: async (_what, asked) => facts[asked.path] || null };
  const stage = await openStage(null, { bridge, film, size });
  const { page } = stage;
  await page.locator(".button.wide", { hasText: "Reconnect" }).click();
  await page.locator("input[title=Port]").fill(String(port));
  await page.locator("input[title='Six digits']").fill(code);
  await page.locator(".button:visible", { hasText: /^Pair$/ }).click();
  await page.getByText(film.name).locator("visible=true").first().waitFor({ timeout: 30_000 });
  await page.locator("select.canvas-choice, .canvas-choice select").first().selectOption(canvas);
  console.log("paired");
  await ended;
  await page.getByText("In timeline: original").locator("visible=true").first().waitFor({ timeout: 30_000 });
  await page.locator(".tile-picture:visible").nth(2).waitFor({ timeout: 30_000 });
  await page.locator(".tile-picture:visible").first().click();
  await page.locator(".button:visible", { hasText: /^View$/ }).click();
  await page.mouse.move(0, 0);
  await page.waitForTimeout(1500);
  await stage.shot(picture);
  for (const complaint of stage.complaints) {
    console.error(complaint);
  }
  process.exit(stage.complaints.length ? 1 : 0);
}

main();
