import fs from "node:fs";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { openStage, type Person, type Stage } from "../support/stage";

let stage: Stage;
let ada: Person;
let canvas = "";
const COUNT = 40;
const SHOTS = process.env["TAKEBRIDGE_SHOTS"];

interface Shot {
  node: string;
  wire: string;
  title: string;
}
const film = () => stage.bridge.api<Shot[]>("GET", `/api/canvases/${canvas}/shots`);

beforeAll(async () => {
  stage = await openStage();
  ({ canvas } = await stage.bridge.ask<{ canvas: string }>("canvas_of", {
    nodes: COUNT * 4 + 1,
    exported: COUNT,
    files: 1,
  }));
  ada = await stage.owner();
});

/** Half a minute of a tone, so that something is heard. */
function tone(): string {
  const [rate, seconds] = [8000, 30];
  const data = Buffer.alloc(rate * seconds * 2);
  for (let at = 0; at < rate * seconds; at++) data.writeInt16LE(Math.round(8000 * Math.sin(at / 3)), at * 2);
  const head = Buffer.alloc(44);
  head.write("RIFF");
  head.writeUInt32LE(36 + data.length, 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write("data", 36);
  head.writeUInt32LE(data.length, 40);
  const file = path.join(path.dirname(stage.bridge.home), "music.wav");
  fs.writeFileSync(file, Buffer.concat([head, data]));
  return file;
}

test("of a long film only the cards in sight are drawn, and the last is reached by keyboard", async () => {
  await ada.open(canvas, "board");
  const { page } = ada;
  const cards = page.locator("[data-shot]");
  await cards.first().waitFor();
  expect(await cards.count()).toBeLessThan(30);
  const shots = await film();
  await cards.first().focus();
  await page.keyboard.press("End");
  const last = page.locator(`[data-shot="${shots.at(-1)?.wire}"]`);
  await last.waitFor();
  await expect.poll(() => last.evaluate((card) => document.activeElement === card)).toBe(true);
  expect(await cards.count()).toBeLessThan(30);
  if (SHOTS) await ada.shot(path.join(SHOTS, "board_end.png"));
});

test("the last card of a long film is moved up by keyboard and stays in the hand", async () => {
  const { page } = ada;
  const shots = await film();
  const last = shots.at(-1);
  await page.keyboard.press("Alt+ArrowLeft");
  await expect.poll(async () => (await film()).at(-2)?.wire, { timeout: 10_000 }).toBe(last?.wire);
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.getAttribute("data-shot")), { timeout: 10_000 })
    .toBe(last?.wire);
});

test("the shot list draws the rows in sight, and walks to the last", async () => {
  await ada.open(canvas, "shots");
  const { page } = ada;
  const grid = page.getByRole("grid", { name: "Shot list" });
  await grid.getByRole("row").nth(3).waitFor();
  await grid.focus();
  await page.keyboard.press("Control+End");
  const row = grid.locator(`[aria-rowindex="${COUNT + 1}"]`);
  await row.waitFor();
  const [inside, box] = [await grid.boundingBox(), await row.boundingBox()];
  expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual((inside?.y ?? 0) + (inside?.height ?? 0) + 1);
  await page.keyboard.press("Control+Home");
  await grid.locator('[aria-rowindex="2"]').waitFor();
  expect(await grid.getByRole("row").count()).toBeLessThan(30);
});

test("the animatic has the film's sound: in step, silent when it is stopped, and gone with the view", async () => {
  const [first] = await film();
  const doc = await stage.bridge.api<{ canvas: { wires: Record<string, { id: string; dst_node: string }> } }>(
    "GET",
    `/api/canvases/${canvas}`,
  );
  const out = doc.canvas.wires[first?.wire ?? ""]?.dst_node;
  const { node } = await stage.bridge.api<{ node: string }>("POST", `/api/canvases/${canvas}/references`, {
    path: tone(),
    author: "editor",
  });
  await ada.open(canvas, "board");
  const { page } = ada;
  await page.getByRole("button", { name: "Play as animatic" }).click();
  await page.getByRole("region", { name: "Animatic" }).waitFor();
  // Nothing is wired yet: there is nothing to hear, and no words about it.
  expect(await page.getByRole("button", { name: /^Sound o/ }).count()).toBe(0);
  await page.keyboard.press("Escape");
  const wire = { op: "connect", id: "wire_music", src_node: node, src_port: "audio", dst_node: out, dst_port: "music" };
  const body = { ops: [wire], author: "editor", op_id: crypto.randomUUID() };
  await stage.bridge.api("POST", `/api/canvases/${canvas}/ops`, body);
  await page.getByRole("button", { name: "Play as animatic" }).click();
  await page.getByRole("button", { name: "Sound off" }).waitFor();
  const music = page.locator("audio[data-track=music]");
  await expect
    .poll(() => music.evaluate((one: HTMLAudioElement) => !one.paused && one.currentTime > 0.5), { timeout: 15_000 })
    .toBe(true);
  const apart = await page.evaluate(() => {
    const frame = Number(document.querySelector("[data-frame]")?.getAttribute("data-frame"));
    return Math.abs((document.querySelector<HTMLAudioElement>("audio")?.currentTime ?? 99) - frame / 24);
  });
  expect(apart).toBeLessThan(0.5);
  if (SHOTS) await ada.shot(path.join(SHOTS, "animatic.png"));
  await page.keyboard.press("Space");
  await expect.poll(() => music.evaluate((one: HTMLAudioElement) => one.paused)).toBe(true);
  const stopped = Number(await page.locator("[data-frame]").getAttribute("data-frame"));
  await page.keyboard.press("ArrowRight");
  await page.locator(`[data-frame="${stopped + 1}"]`).waitFor();
  await expect
    .poll(() => music.evaluate((one: HTMLAudioElement) => Math.round(one.currentTime * 24)))
    .toBe(stopped + 1);
  await page.keyboard.press("Space");
  await expect.poll(() => music.evaluate((one: HTMLAudioElement) => one.paused)).toBe(false);
  const handle = await music.elementHandle();
  await page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: "Shots", exact: true }).click();
  await page.getByRole("grid", { name: "Shot list" }).waitFor();
  await expect.poll(() => handle?.evaluate((one) => (one as HTMLAudioElement).paused)).toBe(true);
});

test("nothing was complained about", () => {
  expect(ada.complaints).toEqual([]);
});
