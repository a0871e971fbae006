/** The graph as somebody works in it: templates, parts, fast hands, writing, aligning, finding one's way. */
import type { Locator } from "playwright-core";
import { expect, it } from "vitest";
import { card, photographFailures } from "../support/hands";
import { openStage } from "../support/stage";

const stage = await openStage();
photographFailures(stage);
const ada = await stage.owner();
const { page } = ada;
const SHOTS = process.env["TAKEBRIDGE_SHOTS"];
const shot = async (name: string) => (SHOTS ? ada.shot(`${SHOTS}/${name}.png`) : undefined);

interface Node {
  title: string;
  x: number;
  y: number;
  group: string | null;
  pin: string | null;
  params: Record<string, unknown>;
}
interface Seen {
  canvas: { nodes: Record<string, Node>; wires: Record<string, { src_port: string }> };
}
const seen = async (canvas: string) => (await stage.bridge.api<Seen>("GET", `/api/canvases/${canvas}`)).canvas;

async function made(title: string, list: object[]): Promise<string> {
  const { canvas } = await stage.bridge.api<{ canvas: { id: string } }>("POST", "/api/canvases", { title });
  if (list.length) await stage.bridge.api("POST", `/api/canvases/${canvas.id}/ops`, { author: "Test", ops: list });
  return canvas.id;
}

const node = (id: string, kind: string, title: string, x: number, y: number) => ({
  op: "add_node",
  id,
  kind,
  title,
  x,
  y,
});

const SCRIPT = "## [s01] Harbour\n\n### [s01a] Wide\n\nThe ferry leaves.\n\n### [s01b] Close\n\nMira turns.\n";

async function opened(canvas: string): Promise<void> {
  await ada.open(canvas);
  await ada.graphReady();
}

async function boxOf(title: string) {
  const box = await card(page, title).boundingBox();
  if (!box) throw new Error(`${title} is not drawn`);
  return box;
}

/** Where the view stands and how near. */
const view = () => page.locator(".react-flow__viewport").evaluate((one) => (one as HTMLElement).style.transform);
const zoom = async () => Number(/scale\(([\d.]+)\)/.exec(await view())?.[1]);

it("takes a node along with the hand from where it pressed, however fast", async () => {
  const canvas = await made("Fast", [node("fast", "image", "Still", 0, 0)]);
  await opened(canvas);
  const before = await boxOf("Still");
  await page.mouse.move(before.x + 60, before.y + 12);
  await page.mouse.down();
  await page.mouse.move(before.x + 300, before.y + 132);
  await expect.poll(async () => (await boxOf("Still")).x - before.x).toBeCloseTo(240, 0);
  await page.mouse.up();
  await expect
    .poll(async () => (await seen(canvas)).nodes["fast"])
    .toMatchObject({ x: Math.round(240 / (await zoom())), y: Math.round(120 / (await zoom())) });
});

it("puts a template on the canvas with its slots filled, and says in the dialog what is wrong with one", async () => {
  const canvas = await made("Slots", []);
  const face = await stage.bridge.ask<string>("still", { name: "mira.png", number: 3 });
  await opened(canvas);
  await page.getByRole("toolbar", { name: "Canvas" }).getByRole("button", { name: "Templates" }).click();
  const dialog = page.getByRole("dialog", { name: "Templates" });
  await dialog.getByRole("option", { name: "References to animatic" }).click();
  await dialog.getByRole("textbox", { name: "Script" }).fill(SCRIPT);
  await fill(dialog.getByRole("group", { name: "Character" }), face);
  const place = dialog.getByRole("group", { name: "Place" });
  await fill(place, { name: "quay.png", mimeType: "image/png", buffer: Buffer.from("a picture in name only") });
  await place.getByRole("alert").waitFor();
  await shot("template_wrong");
  expect(Object.keys((await seen(canvas)).nodes)).toEqual([]);
  await place.getByRole("button", { name: "Leave Place empty" }).click();
  await dialog.getByRole("button", { name: "Add “References to animatic”" }).click();
  await dialog.waitFor({ state: "detached" });
  await page.getByText("“References to animatic” is on the canvas.").waitFor();
  await card(page, "Character").getByText("◆1/1").waitFor();
  await card(page, "Script").getByText("The ferry leaves.").waitFor();
  await shot("template_added");
  ada.forgive(/4\d\d/);
});

/** Choose a file for a slot, as the system's dialog gives it, and wait until it is sent or refused. */
async function fill(slot: Locator, file: string | { name: string; mimeType: string; buffer: Buffer }): Promise<void> {
  const chooser = page.waitForEvent("filechooser");
  await slot.getByRole("button", { name: /^Choose a file for/ }).click();
  await (await chooser).setFiles(file);
  await slot.getByRole("button", { name: /^Leave / }).waitFor();
  await slot.getByRole("progressbar").waitFor({ state: "detached" });
}

it("lights up the ports that fit, and asks which part a wire carries", async () => {
  const canvas = await made("Parts", [
    node("script", "script", "Script", 0, 0),
    node("deck", "image", "Deck", 520, 0),
    node("large", "upscale", "Large", 520, 320),
  ]);
  await stage.bridge.api("POST", `/api/canvases/${canvas}/nodes/script/text`, { text: SCRIPT, author: "Test" });
  await opened(canvas);
  const handle = (title: string, port: string) =>
    card(page, title).locator(`.react-flow__handle[data-handleid="${port}"]`);
  const draw = async () => {
    await handle("Script", "shot").hover();
    await page.mouse.down();
    await card(page, "Deck").hover();
    await handle("Deck", "direction").hover();
  };
  await draw();
  expect(await handle("Deck", "direction").getAttribute("data-fit")).toBe("yes");
  expect(await handle("Deck", "references").getAttribute("data-fit")).toBe("no");
  expect(await handle("Large", "source").getAttribute("data-fit")).toBe("no");
  await shot("ports_lit");
  await page.mouse.up();
  const menu = page.getByRole("menu", { name: "Which shot" });
  await menu.waitFor();
  const choices = ["shot s01a: Wide", "shot s01b: Close"];
  await expect.poll(() => menu.getByRole("menuitem").allInnerTexts()).toEqual(choices);
  await shot("part_menu");
  await page.keyboard.press("Escape");
  await menu.waitFor({ state: "detached" });
  expect((await seen(canvas)).wires).toEqual({});
  await draw();
  await page.mouse.up();
  await menu.getByRole("menuitem", { name: "shot s01b" }).click();
  await expect
    .poll(async () => Object.values((await seen(canvas)).wires).map((wire) => wire.src_port))
    .toEqual(["shot.s01b"]);
});

it("writes a note in place, aligns what is selected, and frames it as a group", async () => {
  const canvas = await made("Notes", [
    node("n-note", "note", "Idea", 0, 300),
    node("n-one", "image", "One", 0, 0),
    node("n-two", "image", "Two", 420, 60),
  ]);
  await opened(canvas);
  await card(page, "Idea").dblclick();
  await page.getByLabel("Words of Idea").fill("Rain on <b>every</b> window");
  await page.keyboard.press("Control+Enter");
  await card(page, "Idea").getByText("Rain on <b>every</b> window").waitFor();
  await card(page, "One").click();
  await card(page, "Two").click({ modifiers: ["Shift"] });
  await page.getByRole("toolbar", { name: "Canvas" }).getByRole("button", { name: "Arrange" }).click();
  await page.getByRole("menuitem", { name: "Align top edges" }).click();
  await expect.poll(async () => (await seen(canvas)).nodes["n-two"]?.y).toBe(0);
  await page.keyboard.press("Control+g");
  await expect.poll(async () => (await seen(canvas)).nodes["n-one"]?.group).toBeTruthy();
  expect((await seen(canvas)).nodes["n-two"]?.group).toBe((await seen(canvas)).nodes["n-one"]?.group);
  await card(page, "Group").waitFor();
  await shot("group_note");
  await page.keyboard.press("Control+z");
  await expect.poll(async () => (await seen(canvas)).nodes["n-one"]?.group).toBe(null);
});

it("finds nodes by title and by what their model is called, and goes there", async () => {
  const canvas = await made("Find", [
    ...Array.from({ length: 12 }, (_, at) => node(`f-${at}`, "video", `Shot ${at}`, at * 420, 0)),
    { ...node("f-away", "image", "Lighthouse", 9000, 4000), model: "local/previz-image" },
  ]);
  await opened(canvas);
  await page.locator(".react-flow").focus();
  await page.keyboard.press("z");
  await expect.poll(zoom).toBe(1);
  await card(page, "Lighthouse").waitFor({ state: "attached" });
  await page.keyboard.press("Control+f");
  const bar = page.getByRole("search");
  await bar.getByLabel("Find on the canvas").fill("shot");
  await bar.getByText("1 of 12").waitFor();
  await bar.getByLabel("Find on the canvas").fill("previz still");
  await bar.getByText("1 of 1").waitFor();
  await shot("search");
  const away = await boxOf("Lighthouse");
  expect(away.x).toBeGreaterThan(0);
  expect(away.x + away.width).toBeLessThan(1600);
  await page.keyboard.press("Escape");
  await expect.poll(() => card(page, "Lighthouse").getAttribute("aria-current")).toBe("true");
  await card(page, "Lighthouse").getByText("Previz still").waitFor();
  await page.keyboard.press("Shift+Z");
  await expect.poll(zoom).toBeLessThan(0.3);
  await page.keyboard.press("z");
  await expect.poll(zoom).toBe(1);
  const small = await page.locator("[data-minimap]").boundingBox();
  const before = await view();
  await page.mouse.click((small?.x ?? 0) + 30, (small?.y ?? 0) + 100);
  await expect.poll(view).not.toBe(before);
  await shot("minimap");
  expect(ada.complaints).toEqual([]);
});
