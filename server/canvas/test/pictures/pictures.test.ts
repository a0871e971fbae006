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
import { type Film, makeFilm, useFiles, withCut, withJobs } from "../support/film";
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
  await page.mouse.move(800, 899);
  const file = path.join(IMAGES, name);
  await ada.shot(file);
  execFileSync(PYTHON, [path.join(import.meta.dirname, "smaller.py"), file, String(MOST_BYTES)]);
  expect(fs.statSync(file).size).toBeLessThan(MOST_BYTES);
}

const column = page.getByRole("complementary", { name: "Selection" });
const bring = async (title: string) => {
  await page.keyboard.press("Control+k");
  await page.getByPlaceholder(/^A verb/).fill(title);
  await page.getByRole("menuitem", { name: title, exact: true }).first().click();
  await page.getByRole("dialog", { name: "Go to or do" }).waitFor({ state: "detached" });
};

it("makes the film", async () => {
  useFiles(stage.bridge, footage);
  film = await makeFilm(stage.bridge);
  await withJobs(film, false);
});

it("takes the graph, dark and light", async () => {
  for (const [colorScheme, names] of [
    ["dark", ["canvas-graph.png", "canvas-dark.png"]],
    ["light", ["canvas-light.png"]],
  ] as const) {
    await page.emulateMedia({ colorScheme });
    await ada.open(film.canvas, "graph");
    await ada.graphReady();
    await bring("S01B He wakes: still");
    await bring("Show everything");
    await column.getByLabel("Name", { exact: true }).waitFor();
    if (colorScheme === "dark") await picture(names[0]);
    await bring("S01C The stretch: still");
    await column.getByRole("button", { name: /^Generate take, / }).waitFor();
    await picture(names[names.length - 1] ?? "");
  }
  await page.emulateMedia({ colorScheme: "dark" });
});

it("takes the storyboard", async () => {
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
  await bring("S01C The stretch");
  await column.getByLabel("Name", { exact: true }).waitFor();
  await page.getByRole("link", { name: "Takes", exact: true }).click();
  await page.getByText("Compare", { exact: true }).first().click();
  await page.getByText("Side by side", { exact: true }).first().click();
  await picture("canvas-compare.png");
});

it("takes the cut with a conflict", async () => {
  await withCut(film, footage);
  await ada.open(film.canvas, "cut");
  await page.locator("button[data-clip]", { hasText: "SH020" }).waitFor();
  await page.getByRole("button", { name: "Compare", exact: true }).click();
  await page.getByRole("article", { name: /^Conflict: SH030/ }).waitFor();
  await picture("canvas-cut-conflict.png");
});
