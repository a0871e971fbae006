/** What cards show: film under the pointer, the shape of a sound, work under way; and what comes from elsewhere. */
import { expect, it } from "vitest";
import { card, photographFailures } from "../support/hands";
import { openStage } from "../support/stage";

const stage = await openStage();
photographFailures(stage);
const ada = await stage.owner();
const { page } = ada;
const SHOTS = process.env["TAKEBRIDGE_SHOTS"];
const shot = async (name: string) => (SHOTS ? ada.shot(`${SHOTS}/${name}.png`) : undefined);

async function made(title: string, titles: readonly string[]): Promise<string> {
  const { canvas } = await stage.bridge.api<{ canvas: { id: string } }>("POST", "/api/canvases", { title });
  const ops = titles.map((name, at) => {
    const params = { prompt: `A ferry, ${name}` };
    return {
      op: "add_node",
      id: `${canvas.id}-${name}`,
      kind: "video",
      title: name,
      x: at * 460,
      y: 0,
      model: "stage/free",
      params,
    };
  });
  if (ops.length) await stage.bridge.api("POST", `/api/canvases/${canvas.id}/ops`, { author: "Test", ops });
  return canvas.id;
}

async function opened(canvas: string): Promise<void> {
  await ada.open(canvas);
  await ada.graphReady();
}

/** A second of a tone, 16 bits mono, as a WAV file. */
function tone(name: string) {
  const rate = 8000;
  const sound = Buffer.alloc(44 + 2 * rate);
  sound.write("RIFF", 0);
  sound.writeUInt32LE(36 + 2 * rate, 4);
  sound.write("WAVEfmt ", 8);
  sound.writeUInt32LE(16, 16);
  sound.writeUInt16LE(1, 20);
  sound.writeUInt16LE(1, 22);
  sound.writeUInt32LE(rate, 24);
  sound.writeUInt32LE(2 * rate, 28);
  sound.writeUInt16LE(2, 32);
  sound.writeUInt16LE(16, 34);
  sound.write("data", 36);
  sound.writeUInt32LE(2 * rate, 40);
  for (let at = 0; at < rate; at++) {
    sound.writeInt16LE(Math.round(20_000 * (at / rate) * Math.sin(at / 3)), 44 + 2 * at);
  }
  return { name, mimeType: "audio/wav", buffer: sound };
}

it("scrubs through a film under the pointer, and lets go of it", async () => {
  const canvas = await made("Scrub", ["Ferry"]);
  await stage.bridge.ask("take", { canvas, node: `${canvas}-Ferry`, frames: 48 });
  await opened(canvas);
  const still = card(page, "Ferry").locator("img");
  await still.waitFor();
  const box = await still.boundingBox();
  if (!box) throw new Error("no still");
  const frame = () =>
    card(page, "Ferry")
      .locator('[style*="background-image"]')
      .evaluate((one) => (one as HTMLElement).style.backgroundPosition);
  await page.mouse.move(box.x + box.width * 0.1, box.y + 60);
  await page.mouse.move(box.x + box.width * 0.12, box.y + 60);
  const early = await frame();
  await page.mouse.move(box.x + box.width * 0.9, box.y + 60);
  await expect.poll(frame).not.toBe(early);
  await shot("scrub");
  await page.mouse.move(box.x - 200, box.y - 100);
  await expect.poll(() => card(page, "Ferry").locator('[style*="background-image"]').count()).toBe(0);
});

it("draws the shape of a sound that is brought in", async () => {
  const canvas = await made("Sound", []);
  await opened(canvas);
  await page.getByRole("toolbar", { name: "Canvas" }).getByRole("button", { name: "Bring in references" }).click();
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Choose files" }).click();
  await (await chooser).setFiles(tone("wind.wav"));
  await page.getByRole("dialog").getByRole("button", { name: "Bring in", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Done" }).click();
  const wave = card(page, "wind").locator("article canvas");
  await wave.waitFor();
  const drawn = () =>
    wave.evaluate((one) => {
      const { width, height } = one as HTMLCanvasElement;
      const pixels = (one as HTMLCanvasElement).getContext("2d")?.getImageData(0, 0, width, height).data ?? [];
      const column = (x: number) => {
        let ink = 0;
        for (let y = 0; y < height; y++) if ((pixels[4 * (y * width + x) + 3] ?? 0) > 0) ink++;
        return ink;
      };
      return [column(3), column(width - 6)];
    });
  // It swells: hardly anything in front, much at the end.
  await expect.poll(async () => ((await drawn())[1] ?? 0) - ((await drawn())[0] ?? 0)).toBeGreaterThan(30);
  await shot("waveform");
});

it("shows work under way on the card, then the take; and why another failed", async () => {
  const canvas = await made("Work", ["Busy", "Bad"]);
  await opened(canvas);
  await stage.bridge.ask("provider", { next: [{ submit: "ok", ending: "done", work_ms: 4000 }] });
  await stage.bridge.api("POST", "/api/jobs", { canvas_id: canvas, node_id: `${canvas}-Busy`, author: "Test" });
  await card(page, "Busy").getByText("In progress").waitFor();
  await card(page, "Busy")
    .getByText(/^\d+\/\d+$/)
    .first()
    .waitFor();
  await shot("job");
  await card(page, "Busy").getByText("◆1/1").waitFor();
  await expect.poll(() => card(page, "Busy").getByText("In progress").count()).toBe(0);
  await stage.bridge.ask("provider", { next: [{ submit: "ok", ending: "failed", message: "The model refused it." }] });
  await stage.bridge.api("POST", "/api/jobs", { canvas_id: canvas, node_id: `${canvas}-Bad`, author: "Test" });
  await card(page, "Bad").getByText("Failed").waitFor();
  await card(page, "Bad").getByTitle("The model refused it.").waitFor();
  await shot("failed");
});

it("says that a clip came from the editor, beside the rest, and goes there", async () => {
  const canvas = await made("Push", ["One", "Two", "Three"]);
  await stage.bridge.ask("resolve.start", { clips: 2, frames: 24 });
  await opened(canvas);
  const host = { canvas_id: canvas, mode: "marks", process: ["upscale"], handles: 4 };
  await stage.bridge.api("POST", "/api/clips/push", host);
  await page.getByText("2 clips came from the editor.").waitFor();
  await shot("pushed");
  await page.getByRole("button", { name: "Show", exact: true }).click();
  await page.getByRole("heading", { name: "4 nodes selected" }).waitFor();
  for (const title of ["SH010 source", "SH020 upscale"]) {
    const box = await card(page, title).boundingBox();
    expect(box?.y).toBeGreaterThan(0);
    expect((box?.x ?? 9999) + (box?.width ?? 0)).toBeLessThan(1600);
  }
  await shot("pushed_shown");
  const { canvas: doc } = await stage.bridge.api<{
    canvas: { nodes: Record<string, { title: string; x: number; y: number }> };
  }>("GET", `/api/canvases/${canvas}`);
  // Below the row of three, which is wide; the second below the first.
  const at = (title: string) => Object.values(doc.nodes).find((one) => one.title === title);
  expect(at("SH010 source")).toMatchObject({ x: 0 });
  expect(at("SH010 source")?.y).toBeLessThan(400);
  expect((at("SH020 source")?.y ?? 0) - (at("SH010 source")?.y ?? 0)).toBe(256);
  expect(ada.complaints).toEqual([]);
});
