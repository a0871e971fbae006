/** Pinned on the canvas and in the editor's timeline are two facts: each take says which of them it is. */
import { expect, it } from "vitest";
import { openStage, type Person } from "../support/stage";

const stage = await openStage();
const { bridge } = stage;
/** Where to leave pictures for looking at them; none by default. */
const SHOTS = process.env["TAKEBRIDGE_SHOTS"] ?? "";

interface Pushed {
  link: { id: string; shot: string; node_id: string; source_take_id: string };
  nodes: { upscale: string };
}

const tile = ({ page }: Person, take: string) => page.locator(`[role=option][data-take="${take}"]`);
const marks = async (one: Person, take: string) => {
  const words = await tile(one, take).innerText();
  return ["Pinned", "In timeline"].filter((mark) => words.includes(mark));
};
const soon = <T>(ask: () => T) => expect.poll(ask, { timeout: 20_000 });

it("a take in the cut, one that is pinned only, and one that is both; asked for in one request", async () => {
  const { canvas } = await bridge
    .api<{ canvas: { id: string } }>("POST", "/api/canvases", { title: "Marks" })
    .then((made) => ({ canvas: made.canvas.id }));
  await bridge.ask("resolve.start", { clips: 3, frames: 24, timeline: "REEL 1" });
  const asked = { canvas_id: canvas, mode: "marks", process: ["upscale"], handles: 12 };
  const [first, second] = await bridge.api<Pushed[]>("POST", "/api/clips/push", asked);
  if (!first || !second) throw new Error("nothing was pushed");
  const newer = await bridge.ask<{ take: string }>("take", {
    canvas,
    node: first.link.node_id,
    clip_id: 9,
    frames: 48,
  });

  const ada = await stage.owner();
  const requests: string[] = [];
  ada.page.on("request", (request) => {
    if (request.url().includes("/api/clips/")) requests.push(new URL(request.url()).pathname);
  });
  await ada.open(canvas, "takes?sort=shot");
  await soon(() => marks(ada, first.link.source_take_id)).toEqual(["In timeline"]);
  expect(await marks(ada, newer.take)).toEqual(["Pinned"]);
  expect(await marks(ada, second.link.source_take_id)).toEqual(["Pinned", "In timeline"]);
  expect(requests).toEqual(["/api/clips/linked"]);
  if (SHOTS) await ada.shot(`${SHOTS}/marks.png`);

  // The upscaled take goes into the cut: the mark moves to it while the page looks on.
  const larger = await bridge.ask<{ take: string }>("take", {
    canvas,
    node: first.nodes.upscale,
    clip_id: 9,
    frames: 48,
  });
  await bridge.api("POST", "/api/clips/pull", { link_id: first.link.id, take_id: larger.take });
  await soon(() => marks(ada, larger.take)).toEqual(["Pinned", "In timeline"]);
  await soon(() => marks(ada, first.link.source_take_id)).toEqual([]);

  // Only those that lie in a timeline, by the chip.
  await ada.page
    .getByRole("search")
    .getByRole("button", { name: /^In timeline 3$/ })
    .click();
  await ada.page.getByRole("listbox", { name: "Takes, 3" }).waitFor();
  await tile(ada, larger.take).click();
  await ada.page.keyboard.press("c");
  if (SHOTS) await ada.shot(`${SHOTS}/marks-compare.png`);
  expect(ada.complaints).toEqual([]);
  await ada.leave();
});
