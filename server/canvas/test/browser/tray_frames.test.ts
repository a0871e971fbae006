/** Panes of a comparison stand on the very same frame, at every rate, from the first frame to the last. */
import { expect, it } from "vitest";
import { openStage, type Person } from "../support/stage";

const stage = await openStage();
/** Where to leave pictures for looking at them; none by default. */
const SHOTS = process.env["TAKEBRIDGE_SHOTS"] ?? "";
const FRAMES = 24;

const soon = <T>(ask: () => T) => expect.poll(ask, { timeout: 20_000, interval: 30 });

/** A shot with takes of numbered clips, and the tray of it with the ring on the first. */
async function shotOf(title: string, takes: readonly object[]): Promise<{ canvas: string; takes: string[] }> {
  const made = await stage.bridge.api<{ canvas: { id: string } }>("POST", "/api/canvases", { title });
  const canvas = made.canvas.id;
  const node = `shot_${canvas}`;
  const ops = [{ op: "add_node", id: node, kind: "video", title, model: "stage/free" }];
  await stage.bridge.api("POST", `/api/canvases/${canvas}/ops`, { op_id: crypto.randomUUID(), author: "Bo", ops });
  const ids: string[] = [];
  for (const take of takes)
    ids.push((await stage.bridge.ask<{ take: string }>("take", { canvas, node, ...take })).take);
  return { canvas, takes: ids };
}

/** Choose every take of the shot and compare them. */
async function compare(one: Person, canvas: string, count: number): Promise<void> {
  await one.open(canvas, "takes?sort=shot");
  const ring = one.page.locator("[role=option][data-ring=true]");
  await ring.focus();
  await one.page.keyboard.press("Home");
  for (let pane = 0; pane < count; pane++) {
    await one.page.keyboard.press("Shift+C");
    if (pane < count - 1) await one.page.keyboard.press("ArrowRight");
  }
  await one.page.keyboard.press("c");
  await soon(() => one.page.locator("[data-film]").count()).toBe(count);
}

/**
 * The clip and frame painted into each pane's picture, as `3:17`: cells of one width at its foot, white, black, 4 bits
 * of clip, 14 of frame, 2 to check by, white (media/testcard.py). Empty while a pane is on its way.
 */
const painted = ({ page }: Person) =>
  page.locator("[data-film]").evaluateAll((films) =>
    films.map((film) => {
      const place = film as HTMLElement;
      const player = place.querySelector("video");
      if (place.dataset["shown"] !== place.dataset["film"] || !player || player.readyState < 2 || player.seeking)
        return "";
      const [width, height] = [player.videoWidth, player.videoHeight];
      const canvas = Object.assign(document.createElement("canvas"), { width, height });
      const pen = canvas.getContext("2d");
      pen?.drawImage(player, 0, 0);
      const row = pen?.getImageData(0, height - Math.ceil(height / 24), width, 1).data ?? [];
      const cells = Array.from({ length: 23 }, (_, cell) => row[4 * Math.floor(((cell + 0.5) * width) / 23)] ?? 0);
      const half = ((cells[0] ?? 0) + (cells[1] ?? 0)) / 2;
      const bits = cells.slice(2, 22).map((luma) => Number(luma > half));
      const number = (from: number, count: number) =>
        bits.slice(from, from + count).reduce((sum, bit) => 2 * sum + bit, 0);
      const ones = bits.slice(0, 18).reduce((sum, bit) => sum + bit, 0);
      return ones % 4 === number(18, 2) ? `${number(0, 4)}:${number(4, 14)}` : "";
    }),
  );

/** The counter and every pane's picture say this frame; panes of another rate the ones given. */
async function stands(
  one: Person,
  frame: number,
  clips: readonly number[],
  shown = clips.map(() => frame),
): Promise<void> {
  await one.page.getByText(`f ${frame} / ${FRAMES}`, { exact: true }).waitFor();
  await soon(() => painted(one)).toEqual(clips.map((clip, pane) => `${clip}:${shown[pane]}`));
}

const goTo = async ({ page }: Person, frame: number) => {
  const field = page.getByLabel("Timecode or frame");
  await field.fill(`f ${frame}`);
  await field.press("Enter");
  await field.blur();
};

for (const rate of ["24000/1001", "30000/1001", "25"]) {
  it(`two takes at ${rate}: every frame from the first to the last, and nothing beyond either`, async () => {
    const { canvas } = await shotOf(
      `At ${rate}`,
      [1, 2].map((clip_id) => ({ clip_id, rate, frames: FRAMES })),
    );
    const ada = await stage.owner();
    await compare(ada, canvas, 2);
    await ada.page.keyboard.press("Home");
    await stands(ada, 0, [1, 2]);
    await ada.page.keyboard.press("ArrowLeft");
    await stands(ada, 0, [1, 2]);
    for (let frame = 1; frame < FRAMES; frame++) {
      await ada.page.keyboard.press("ArrowRight");
      await stands(ada, frame, [1, 2]);
    }
    for (const key of ["ArrowRight", "Shift+ArrowRight"]) {
      await ada.page.keyboard.press(key);
      await stands(ada, FRAMES - 1, [1, 2]);
    }
    await ada.page.keyboard.press("Shift+ArrowLeft");
    await stands(ada, FRAMES - 11, [1, 2]);
    expect(ada.complaints).toEqual([]);
    await ada.leave();
  });
}

it("wipe, flip and difference change nothing about the frame; in and out are the frames one saw", async () => {
  const rate = "24000/1001";
  const { canvas, takes } = await shotOf(
    "Modes",
    [3, 4].map((clip_id) => ({ clip_id, rate, frames: FRAMES })),
  );
  const ada = await stage.owner();
  await compare(ada, canvas, 2);
  await goTo(ada, 7);
  for (const key of ["w", "d", "v", "q", "q", "s"]) {
    await ada.page.keyboard.press(key);
    await stands(ada, 7, [3, 4]);
    if (SHOTS) await ada.shot(`${SHOTS}/mode-${key}.png`);
  }
  await ada.page.keyboard.press("i");
  await goTo(ada, FRAMES - 1);
  await stands(ada, FRAMES - 1, [3, 4]);
  await ada.page.keyboard.press("o");
  const best = async () => {
    const { canvas: seen } = await stage.bridge.api<{ canvas: { takes: Record<string, { best: object | null }> } }>(
      "GET",
      `/api/canvases/${canvas}`,
    );
    return seen.takes[takes[1] ?? ""]?.best;
  };
  await soon(best).toEqual({ start: 7, end: FRAMES });
  expect(ada.complaints).toEqual([]);
  await ada.leave();
});

it("three takes of one rate agree; one of another rate shows the picture of the same moment", async () => {
  const same = { rate: "24", frames: FRAMES };
  const { canvas } = await shotOf("Three", [
    { clip_id: 5, ...same },
    { clip_id: 6, ...same },
    { clip_id: 7, rate: "30", frames: 30 },
  ]);
  const ada = await stage.owner();
  await compare(ada, canvas, 3);
  // The middle of frame n of 24 a second lies in frame floor((2 n + 1) / 48 · 30) of 30 a second.
  for (const [frame, other] of [
    [0, 0],
    [10, 13],
    [11, 14],
    [23, 29],
  ] as const) {
    await goTo(ada, frame);
    await stands(ada, frame, [5, 6, 7], [frame, frame, other]);
  }
  if (SHOTS) await ada.shot(`${SHOTS}/three.png`);
  expect(ada.complaints).toEqual([]);
  await ada.leave();
});
