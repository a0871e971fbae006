/** Every picture of the cut view is the very frame it stands for: the frames say their numbers themselves. */
import type { Locator, Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { photographFailures } from "../support/hands";
import { openStage, type Person } from "../support/stage";

interface Pushed {
  nodes: { upscale: string };
}

const stage = await openStage();
photographFailures(stage);
const { bridge } = stage;
/** Of the emulated editor: clips of 24 frames, from the camera's 40th frame on, each five frames further in. */
const [FRAMES, FIRST, STEP, HANDLES] = [24, 40, 5, 12];
const CAMERA = 1;
let ada: Person;
let page: Page;

beforeAll(async () => {
  ada = await stage.owner();
  page = ada.page;
});

const thumb = (name: RegExp) => page.getByRole("button", { name }).locator("img");

describe.each([
  { rate: "23.976", drop_frame: false },
  { rate: "25", drop_frame: false },
  { rate: "29.97", drop_frame: true },
])("pictures at $rate", ({ rate, drop_frame }) => {
  let canvas = "";
  let shots: Pushed[] = [];

  it("shows the first frame of a clip on the timeline, after a trim and a slip too", async () => {
    const made = await bridge.api<{ canvas: { id: string } }>("POST", "/api/canvases", { title: `Film ${rate}` });
    canvas = made.canvas.id;
    const start_timecode = drop_frame ? "01:00:00;00" : "01:00:00:00";
    await bridge.ask("resolve.start", { clips: 3, frames: FRAMES, rate, drop_frame, start_timecode, timeline: rate });
    shots = await bridge.api<Pushed[]>("POST", "/api/clips/push", {
      canvas_id: canvas,
      mode: "marks",
      process: ["upscale"],
      handles: HANDLES,
    });
    await bridge.ask("resolve.trim", { shot: 2, head: 3 });
    await bridge.ask("resolve.slip", { shot: 3, source_frames: 4 });
    await ada.open(canvas, "cut");
    await page.getByRole("heading", { name: `Cut: ${rate}` }).waitFor();
    await expect.poll(() => said(thumb(/^SH010/))).toEqual([CAMERA, FIRST]);
    await expect.poll(() => said(thumb(/^SH020/))).toEqual([CAMERA, FIRST + STEP + 3]);
    await expect.poll(() => said(thumb(/^SH030/))).toEqual([CAMERA, FIRST + 2 * STEP + 4]);
  });

  it("shows the last frame before a gap and the first behind it", async () => {
    await bridge.ask("resolve.trim", { shot: 1, tail: 2 });
    await page.getByRole("button", { name: "Fill gap…" }).click();
    const dialog = page.getByRole("dialog", { name: "Fill a gap" });
    // Two frames cut off the first clip's tail, three off the second's head: one gap, and its edges say so.
    await dialog.getByText(/V1 · 01:00:00[:;]22 · 5 f/).click();
    const edge = (label: string) => dialog.getByRole("img", { name: label }).locator("img");
    await expect.poll(() => said(edge("Last frame before it"))).toEqual([CAMERA, FIRST + FRAMES - 3]);
    await expect.poll(() => said(edge("First frame behind it"))).toEqual([CAMERA, FIRST + STEP + 3]);
    await dialog.getByRole("button", { name: "Cancel" }).click();
  });

  it("shows the frame with which a take begins in the clip as it was trimmed, before and after it is there", async () => {
    const node = shots[1]?.nodes.upscale;
    await bridge.ask("take", { canvas, node, frames: FRAMES + 2 * HANDLES, rate, clip_id: 9 });
    await page.getByRole("button", { name: "Compare", exact: true }).click();
    const row = page.getByRole("table", { name: "Changes" }).getByRole("row", { name: /SH020/ });
    // The take has the handles before the clip; three frames of the clip are cut off.
    await expect.poll(() => said(row.locator("img"))).toEqual([9, HANDLES + 3]);
    await page.getByRole("button", { name: "Apply 1 change" }).click();
    await page.getByRole("table", { name: "What became of each clip" }).getByText("Verified").waitFor();
    await expect.poll(() => said(thumb(/^SH020/))).toEqual([9, HANDLES + 3]);
    await page.getByRole("button", { name: "Put away" }).click();
    await page.getByRole("button", { name: /Layer/ }).click();
    await page.getByRole("option", { name: /^All three/ }).click();
    const layer = (name: string) =>
      page.locator(`[data-row="${name} video 1"] button[data-clip]`, { hasText: "SH030" });
    await expect.poll(() => said(layer("base").locator("img"))).toEqual([CAMERA, FIRST + 2 * STEP + 4]);
    await expect.poll(() => said(layer("editor").locator("img"))).toEqual([CAMERA, FIRST + 2 * STEP + 4]);
    await bridge.ask("resolve.stop");
    await page.getByRole("heading", { name: /^Resolve isn't connected/ }).waitFor();
    ada.forgive(/503/);
    expect(ada.complaints).toEqual([]);
  });
});

/** What a picture of the test card says: its clip's number and its frame's (bridge/takebridge/media/testcard.py). */
async function said(image: Locator): Promise<readonly number[]> {
  if ((await image.count()) !== 1) return [];
  return image.evaluate((one: HTMLImageElement) => {
    const [width, height] = [one.naturalWidth, one.naturalHeight];
    if (!width) return [];
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    const context = canvas.getContext("2d");
    if (!context) return [];
    context.drawImage(one, 0, 0);
    const [CELLS, CLIP, FRAME] = [23, 4, 14];
    const row = Math.floor(height - (height / 12) * 0.45);
    const bright = Array.from({ length: CELLS }, (_, cell) => {
      const [r = 0, g = 0, b = 0] = context.getImageData(Math.floor(((cell + 0.5) * width) / CELLS), row, 1, 1).data;
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    });
    const middle = ((bright[0] ?? 0) + (bright[1] ?? 0)) / 2;
    const bits = bright.slice(2, -1).map((one) => (one > middle ? 1 : 0));
    const number = (from: number, to: number) => Number.parseInt(bits.slice(from, to).join(""), 2);
    const ones = bits.slice(0, CLIP + FRAME).filter(Boolean).length;
    if (number(CLIP + FRAME, CLIP + FRAME + 2) !== ones % 4) return [];
    return [number(0, CLIP), number(CLIP, CLIP + FRAME)];
  });
}
