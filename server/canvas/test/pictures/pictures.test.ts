/**
 * The pictures of the docs, of a small film that is cut and graded from one real clip:
 *
 *     PICTURES_FROM=bigbuckbunny.mp4 npx vitest run --config test/pictures/vitest.config.ts
 *
 * Built page and Debian's Chromium as for the tests in the browser. Never part of them.
 */
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, expect, it } from "vitest";
import { type Film, give, makeFilm, ops, useFiles, withCut, withJobs } from "../support/film";
import { card, palette } from "../support/hands";
import { openStage } from "../support/stage";

const ROOT = path.resolve(import.meta.dirname, "..", "..", "..", "..");
const IMAGES = process.env["PICTURES_TO"] ?? path.join(ROOT, "docs", "images");
const FROM = process.env["PICTURES_FROM"] ?? "";
const PYTHON = process.env["TAKEBRIDGE_PYTHON"] ?? path.join(ROOT, ".venv", "bin", "python");
/** Docs stay small. */
const MOST_BYTES = 400_000;

const footage = process.env["PICTURES_FOOTAGE"] ?? fs.mkdtempSync(path.join(os.tmpdir(), "takebridge-pictures-"));
if (!process.env["PICTURES_FOOTAGE"]) {
  execFileSync(PYTHON, [path.join(import.meta.dirname, "footage.py"), FROM, footage], { stdio: "inherit" });
  afterAll(() => fs.rmSync(footage, { recursive: true }));
}
const stage = await openStage();
const ada = await stage.owner();
const { page } = ada;
let film: Film;

/** A picture of the page, in as many colours as keep it small. */
async function picture(name: string): Promise<void> {
  await page.waitForLoadState("networkidle");
  await page.evaluate(() => document.fonts.ready);
  await expect
    .poll(() => page.evaluate(() => [...document.images].every((one) => one.complete && one.naturalWidth > 0)))
    .toBe(true);
  // Prices and takes that are still being asked for are a lone "…".
  await expect.poll(() => page.getByText(/^(A take here)?\s*…$/).count()).toBe(0);
  await page.mouse.move(800, 899);
  const file = path.join(IMAGES, name);
  await ada.shot(file);
  execFileSync(PYTHON, [path.join(import.meta.dirname, "smaller.py"), file, String(MOST_BYTES)]);
  expect(fs.statSync(file).size).toBeLessThan(MOST_BYTES);
}

const column = page.getByRole("complementary", { name: "Selection" });
const bring = (title: string) => palette(page, title);

/** Closer together than a person would leave them: a small picture of a graph has to show stills. */
const LAID_OUT: Readonly<Record<string, readonly [column: number, row: number]>> = {
  ...{ script: [0, 0.5], hero: [0, 2], place: [0, 3.5], film: [3, 1], board: [3, 3], export: [4, 3] },
  ...Object.fromEntries(
    ["s01a", "s01b", "s01c", "s02a", "s02b", "s02c"].flatMap((shot, row) => [
      [`still_${shot}`, [1, row]],
      [`shot_${shot}`, [2, row]],
    ]),
  ),
};

/** Select a node by its card. */
const choose = async (title: string) => {
  await card(page, `${title},`).click({ position: { x: 60, y: 12 } });
  await expect.poll(() => column.getByLabel("Name", { exact: true }).inputValue()).toBe(title);
};

it("makes the film", async () => {
  useFiles(stage.bridge, footage);
  film = await makeFilm(stage.bridge);
  await withJobs(film, false);
  const moved = Object.entries(LAID_OUT).map(([name, [column, row]]) => ({
    ...{ op: "move_node", node: film.nodes[name], x: column * 420, y: row * 236 },
  }));
  await ops(film, moved);
});

it("takes the graph, dark and light", async () => {
  for (const [colorScheme, names] of [
    ["dark", ["canvas-graph.png", "canvas-dark.png"]],
    ["light", ["canvas-light.png"]],
  ] as const) {
    await page.emulateMedia({ colorScheme });
    await ada.open(film.canvas, "graph");
    await ada.graphReady();
    await bring("Show everything");
    await choose("S01B He wakes");
    if (colorScheme === "dark") await picture(names[0]);
    await bring("S01C The stretch: still");
    await column.getByRole("button", { name: /^Generate take, / }).waitFor();
    await picture(names[names.length - 1] ?? "");
  }
  await page.emulateMedia({ colorScheme: "dark" });
});

it("takes the storyboard", async () => {
  await give(film, "shot_s02c", 6);
  await ada.open(film.canvas, "board");
  await page.getByRole("grid", { name: "Shots of the film, in order" }).waitFor();
  await picture("canvas-storyboard.png");
});

it("takes the plan", async () => {
  await ada.open(film.canvas, "graph");
  await ada.graphReady();
  await bring("Show everything");
  await bring("Plan everything that is out of date");
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /^Generate / })
    .waitFor();
  await picture("canvas-plan.png");
  await page.keyboard.press("Escape");
});

it("takes two takes side by side", async () => {
  await ada.open(film.canvas, "graph");
  await ada.graphReady();
  await bring("Show everything");
  await choose("S01C The stretch");
  await page.getByRole("link", { name: "Takes", exact: true }).click();
  await page.getByText("Compare", { exact: true }).first().click();
  await page.getByText("Side by side", { exact: true }).first().click();
  await expect
    .poll(() => page.locator("[data-film]").evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset)))
    .toEqual([0, 1].map(() => expect.objectContaining({ film: expect.any(String), shown: expect.any(String) })));
  await picture("canvas-compare.png");
});

it("takes the cut with a conflict", async () => {
  // In the editor the old take was chosen again; the canvas has pinned a new one since.
  await withCut(film, footage, ["resolve.select_take", { shot: 3, index: 1 }]);
  await ada.open(film.canvas, "cut");
  await page.locator("button[data-clip]", { hasText: "SH020" }).waitFor();
  await page.getByRole("button", { name: "Compare", exact: true }).click();
  await page.getByRole("article", { name: /^Conflict: SH030/ }).waitFor();
  await picture("canvas-cut-conflict.png");
});
