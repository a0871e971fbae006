/** A canvas of hundreds of nodes in the hand: moved and locked as a whole, come near to from afar. */
import { expect, it } from "vitest";
import { photographFailures } from "../support/hands";
import { openStage } from "../support/stage";

const stage = await openStage();
photographFailures(stage);
const ada = await stage.owner();
const { page } = ada;
const { canvas } = await stage.bridge.ask<{ canvas: string }>("canvas_of", { nodes: 620 });

interface Node {
  x: number;
  pin: string | null;
  locked: boolean;
}
const seen = async () => {
  const answer = await stage.bridge.api<{
    canvas: { nodes: Record<string, Node>; takes: Record<string, object>; wires: Record<string, object> };
  }>("GET", `/api/canvases/${canvas}`);
  return answer.canvas;
};

it("moves and locks more nodes than one edit has room for; their takes, pins and wires stay", async () => {
  const before = await seen();
  const ids = Object.keys(before.nodes);
  expect(ids.length).toBeGreaterThan(500);
  await ada.open(canvas);
  await ada.graphReady();
  await page.locator(".react-flow").focus();
  await page.keyboard.press("Control+a");
  await page.getByRole("heading", { name: `${ids.length} nodes selected` }).waitFor();
  await page.keyboard.press("ArrowRight");
  const moved = async () =>
    Object.entries((await seen()).nodes).filter(([id, one]) => one.x === (before.nodes[id]?.x ?? 0) + 10);
  await expect.poll(async () => (await moved()).length).toBe(ids.length);
  const after = await seen();
  expect(
    Object.values(after.nodes)
      .map((one) => one.pin)
      .sort(),
  ).toEqual(
    Object.values(before.nodes)
      .map((one) => one.pin)
      .sort(),
  );
  expect(Object.keys(after.takes).sort()).toEqual(Object.keys(before.takes).sort());
  expect(Object.keys(after.wires).sort()).toEqual(Object.keys(before.wires).sort());
  await page.getByRole("button", { name: /^Lock \d+$/ }).click();
  const locked = async () => Object.values((await seen()).nodes).filter((one) => one.locked).length;
  await expect.poll(locked).toBeGreaterThan(500);
  expect(ada.complaints).toEqual([]);
});

it("comes near from afar a few cards a frame, until all in sight are there", async () => {
  await ada.open(canvas);
  await ada.graphReady();
  expect(await page.locator(".react-flow__node").count()).toBe(0);
  await page.evaluate(() => {
    const nodes = document.querySelector(".react-flow__nodes");
    const page = window as unknown as { together: number };
    page.together = 0;
    if (!nodes) return;
    new MutationObserver((all) => {
      const added = all.reduce((sum, one) => sum + one.addedNodes.length, 0);
      page.together = Math.max(page.together, added);
    }).observe(nodes, { childList: true });
  });
  const box = await page.locator(".react-flow").boundingBox();
  await page.mouse.move((box?.x ?? 0) + 500, (box?.y ?? 0) + 400);
  const zoom = () =>
    page
      .locator(".react-flow__viewport")
      .evaluate((one) => Number(/scale\(([\d.]+)\)/.exec((one as HTMLElement).style.transform)?.[1]));
  while ((await zoom()) < 0.36) await page.mouse.wheel(0, -40);
  // The picture goes once every card in sight has come.
  await page.locator("canvas[data-far]").waitFor({ state: "detached" });
  expect(await page.locator(".react-flow__node").count()).toBeGreaterThan(40);
  expect(await page.evaluate(() => (window as unknown as { together: number }).together)).toBeLessThan(25);
  expect(ada.complaints).toEqual([]);
});
