import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import type { FileChooser, Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { openStage, type Person, type Stage } from "../support/stage";

let stage: Stage;
let ada: Person;
let canvas = "";
const SHOTS = process.env["TAKEBRIDGE_SHOTS"];

beforeAll(async () => {
  stage = await openStage();
  ({ canvas } = await stage.bridge.ask<{ canvas: string }>("canvas_of", { nodes: 4, files: 1 }));
  ada = await stage.owner();
  await ada.open(canvas, "references");
});

type Given = Parameters<FileChooser["setFiles"]>[0];

async function choose(page: Page, file: Given): Promise<void> {
  await page.getByRole("button", { name: "Bring in files" }).first().click();
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Choose files" }).click();
  await (await chooser).setFiles(file);
}
const send = (page: Page) => page.getByRole("dialog").getByRole("button", { name: "Bring in", exact: true }).click();
const close = (page: Page) => page.getByRole("dialog").getByRole("button", { name: "Close" }).last().click();
const row = (page: Page, name: string) =>
  page.getByRole("list", { name: "Files" }).getByRole("listitem").filter({ hasText: name });
const near = (name: string) => path.join(path.dirname(stage.bridge.home), name);

/** Silence, as many bytes of it. */
function wav(bytes: number): Buffer {
  const head = Buffer.alloc(44);
  head.write("RIFF");
  head.writeUInt32LE(36 + bytes, 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20); // PCM
  head.writeUInt16LE(1, 22); // one channel
  head.writeUInt32LE(48_000, 24);
  head.writeUInt32LE(96_000, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write("data", 36);
  head.writeUInt32LE(bytes, 40);
  return Buffer.concat([head, Buffer.alloc(bytes)]);
}

test("a full drive is said calmly; what came is kept, and the rest goes out when there is room", async () => {
  const { page } = ada;
  fs.writeFileSync(near("rain.wav"), wav(20_000_000));
  await choose(page, near("rain.wav"));
  await stage.bridge.ask("room", { bytes: 12_000_000 });
  await send(page);
  await row(page, "rain").getByText("no room on the bridge's drive").waitFor();
  if (SHOTS) await ada.shot(path.join(SHOTS, "full.png"));
  expect(await page.getByRole("alert").count()).toBe(0);
  await stage.bridge.ask("room", {});
  await page.getByRole("button", { name: "Try rain.wav again" }).click();
  await row(page, "rain")
    .getByText(/on the canvas/)
    .waitFor({ timeout: 20_000 });
  ada.forgive(/507|ERR_CONNECTION_RESET/);
  await page.getByRole("dialog").getByRole("button", { name: "Done" }).click();
});

test("the bridge is killed in the middle and comes back: nothing is sent twice", async () => {
  const { page } = ada;
  fs.writeFileSync(near("wind.wav"), wav(40_000_000));
  const offsets: number[] = [];
  let kill: Promise<void> | undefined;
  page.on("request", (asked) => {
    if (asked.method() !== "PATCH") return;
    offsets.push(Number(new URL(asked.url()).searchParams.get("offset")));
    if (offsets.length === 3) kill = stage.bridge.restart("kill");
  });
  await choose(page, near("wind.wav"));
  await send(page);
  await expect.poll(() => kill !== undefined, { timeout: 20_000 }).toBe(true);
  await kill;
  await row(page, "wind")
    .getByText(/on the canvas/)
    .waitFor({ timeout: 40_000 });
  expect(offsets.filter((offset) => offset === 0)).toHaveLength(1);
  expect([...offsets].sort((a, b) => a - b)).toEqual(offsets);
  await page.getByRole("dialog").getByRole("button", { name: "Done" }).click();
  ada.forgive(/ERR_|WebSocket/);
});

test("an empty file is refused in words, and a file that changed is to be chosen again", async () => {
  const { page } = ada;
  await choose(page, { name: "nothing.png", mimeType: "image/png", buffer: Buffer.alloc(0) });
  await send(page);
  await row(page, "nothing")
    .getByText(/is empty/)
    .waitFor();
  await page.getByRole("button", { name: "Cancel nothing.png" }).click();
  await close(page);

  fs.writeFileSync(near("take.wav"), wav(2_000_000));
  await choose(page, near("take.wav"));
  fs.writeFileSync(near("take.wav"), wav(2_100_000));
  await send(page);
  const refused = row(page, "take").getByRole("alert");
  await refused.waitFor();
  expect(await refused.textContent()).toMatch(/changed.*Choose it again/);
  if (SHOTS) await ada.shot(path.join(SHOTS, "changed.png"));
  ada.forgive(/ERR_/);
  await page.getByRole("button", { name: "Cancel take.wav" }).click();
  await close(page);
});

test("a picture that is too large to look at is refused with its size, and its bytes are given back", async () => {
  const { page } = ada;
  const python = process.env["TAKEBRIDGE_PYTHON"] ?? path.resolve("../../.venv/bin/python");
  const draw = "import sys; from PIL import Image; Image.new('1', (12000, 12000)).save(sys.argv[1])";
  expect(spawnSync(python, ["-c", draw, near("huge.png")]).status).toBe(0);
  await choose(page, near("huge.png"));
  await send(page);
  const refused = row(page, "huge").getByRole("alert");
  await refused.waitFor();
  expect(await refused.textContent()).toMatch(/12,000 × 12,000 pixels.*Make it smaller/);
  expect(fs.readdirSync(path.join(stage.bridge.home, "uploads")).filter((one) => one.endsWith(".data"))).toEqual([]);
  ada.forgive(/422/);
});

test("nothing else was complained about", () => {
  expect(ada.complaints).toEqual([]);
});
