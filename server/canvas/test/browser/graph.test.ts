/** The graph by hand and by keyboard: moving, wiring, copying, finding, and what is refused. */
import { expect, it } from "vitest";
import { openStage } from "../support/stage";

const stage = await openStage();
const ada = await stage.owner();
const { page } = ada;

const card = (title: string) => page.locator(`.react-flow__node[aria-label*="${title}"]`).first();

async function two(): Promise<string> {
  const made = await stage.bridge.api<{ canvas: { id: string } }>("POST", "/api/canvases", { title: "Graph" });
  const canvas = made.canvas.id;
  const ops = [
    { op: "add_node", id: `still_${canvas}`, kind: "image", title: "Still", x: 0, y: 0 },
    { op: "add_node", id: `clip_${canvas}`, kind: "video", title: "Clip", x: 460, y: 0 },
  ];
  await stage.bridge.api("POST", `/api/canvases/${canvas}/ops`, { op_id: `op_${canvas}`, ops });
  return canvas;
}

const seen = (canvas: string) =>
  stage.bridge.api<{ canvas: { nodes: Record<string, { title: string; x: number }>; wires: Record<string, unknown> } }>(
    "GET",
    `/api/canvases/${canvas}`,
  );

it("moves a node with the pointer and with arrows, each undone in one step", async () => {
  const canvas = await two();
  await ada.open(canvas);
  await ada.graphReady();
  expect(await card("Still").getAttribute("aria-label")).toBe("Image, Still, No take yet");
  const box = await card("Still").boundingBox();
  await page.mouse.move((box?.x ?? 0) + 60, (box?.y ?? 0) + 12);
  await page.mouse.down();
  await page.mouse.move((box?.x ?? 0) + 60, (box?.y ?? 0) + 200, { steps: 8 });
  await page.mouse.up();
  await page.getByRole("button", { name: "Undo" }).and(page.locator(":not([data-disabled])")).waitFor();
  await page.keyboard.press("Control+z");
  await expect.poll(async () => Math.round((await card("Still").boundingBox())?.y ?? 0)).toBe(Math.round(box?.y ?? -1));
  await card("Still").click();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await expect.poll(async () => (await seen(canvas)).canvas.nodes[`still_${canvas}`]?.x).toBe(20);
});

it("wires two ports and says why others do not fit", async () => {
  const canvas = await two();
  await ada.open(canvas);
  await ada.graphReady();
  const handle = (node: string, port: string) => card(node).locator(`.react-flow__handle[data-handleid="${port}"]`);
  await handle("Clip", "video").hover();
  await page.mouse.down();
  await handle("Still", "references").hover();
  await page.getByText("“Clip” gives video; “references” takes image.").waitFor();
  await page.mouse.up();
  await handle("Still", "image").hover();
  await page.mouse.down();
  await handle("Clip", "start_frame").hover();
  expect(await handle("Clip", "source").getAttribute("data-fit")).toBe("no");
  expect(await handle("Clip", "start_frame").getAttribute("data-fit")).toBe("yes");
  await page.mouse.up();
  await expect.poll(async () => Object.keys((await seen(canvas)).canvas.wires).length).toBe(1);
});

it("copies, pastes and deletes with the keyboard, and refuses what is no selection", async () => {
  const canvas = await two();
  await ada.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await ada.open(canvas);
  await ada.graphReady();
  await card("Still").click();
  await page.keyboard.press("Control+c");
  await page.getByText("Copied 1 node").waitFor();
  await page.keyboard.press("Control+v");
  await expect.poll(() => page.locator(".react-flow__node").count()).toBe(3);
  await page.keyboard.press("Delete");
  await expect.poll(() => page.locator(".react-flow__node").count()).toBe(2);
  await page.evaluate(() => navigator.clipboard.writeText('{"format": "takebridge.selection", "version": 9}'));
  await page.keyboard.press("Control+v");
  await page.getByText("These nodes were copied from a newer version of TakeBridge.").waitFor();
});

it("goes from node to node with Tab, and lets go after Escape", async () => {
  await ada.open(await two());
  await ada.graphReady();
  await page.locator(".react-flow").focus();
  await page.keyboard.press("Tab");
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.getAttribute("aria-label")))
    .toMatch(/^Image, Still/);
  await page.keyboard.press("Tab");
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.getAttribute("aria-label")))
    .toMatch(/^Video, Clip/);
  await page.keyboard.press("Escape");
  await page.keyboard.press("Tab");
  await expect.poll(() => page.evaluate(() => Boolean(document.activeElement?.closest(".react-flow")))).toBe(false);
  expect(ada.complaints).toEqual([]);
});
