/** The graph with others in it, with groups, dropped files, two tabs and a viewer: what one pair of hands does not meet. */
import { expect, it } from "vitest";
import { card } from "../support/hands";
import { openStage, type Person } from "../support/stage";

const stage = await openStage();
const ada = await stage.owner();
const shots = process.env["TAKEBRIDGE_SHOTS"];
const shot = async (person: Person, name: string) => (shots ? person.shot(`${shots}/${name}.png`) : undefined);

interface Seen {
  canvas: {
    nodes: Record<
      string,
      { title: string; x: number; y: number; group: string | null; params: Record<string, unknown> }
    >;
  };
}
const seen = (canvas: string) => stage.bridge.api<Seen>("GET", `/api/canvases/${canvas}`);
const ops = (canvas: string, list: object[]) =>
  stage.bridge.api("POST", `/api/canvases/${canvas}/ops`, { author: "Test", ops: list });

async function made(title: string, list: object[]): Promise<string> {
  const { canvas } = await stage.bridge.api<{ canvas: { id: string } }>("POST", "/api/canvases", { title });
  if (list.length) await ops(canvas.id, list);
  return canvas.id;
}

const node = (id: string, kind: string, title: string, x: number, y: number, params = {}) => ({
  op: "add_node",
  id,
  kind,
  title,
  x,
  y,
  params,
});

async function drag({ page }: Person, from: { x: number; y: number }, to: { x: number; y: number }): Promise<void> {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps: 8 });
  await page.mouse.up();
}

async function boxOf({ page }: Person, title: string) {
  const box = await card(page, title).boundingBox();
  if (!box) throw new Error(`${title} is not drawn`);
  return box;
}

it("shows who else is here: name, cursor, selection and what they write", async () => {
  const canvas = await made("Team", [node("t-still", "image", "Still", 0, 0), node("t-clip", "video", "Clip", 460, 0)]);
  const bob = await stage.person("editor", "Bob");
  await Promise.all([ada.open(canvas), bob.open(canvas)]);
  await Promise.all([ada.graphReady(), bob.graphReady()]);
  await ada.page.getByRole("list", { name: "Also here" }).getByText("Bob").waitFor({ state: "attached" });
  await card(bob.page, "Clip").click();
  await card(ada.page, "Clip").getByText("Bob").waitFor();
  await ada.page.locator(".react-flow__viewport-portal").getByText("Bob").waitFor({ state: "attached" });
  const words = bob.page.getByRole("complementary", { name: "Selection" }).getByLabel("Prompt", { exact: true });
  await words.fill("Rain on glass");
  await card(ada.page, "Clip").getByText("Bob is writing").waitFor();
  await shot(ada, "presence");
  await bob.leave();
  await expect.poll(() => ada.page.getByRole("list", { name: "Also here" }).count()).toBe(0);
});

it("takes nodes into a group by dropping them there, lets them go outside, and resizes it", async () => {
  const canvas = await made("Group", [
    node("g-frame", "group", "Scene", 0, 0, { width: 640, height: 480 }),
    node("g-still", "image", "Still", 760, 100),
  ]);
  await ada.open(canvas);
  await ada.graphReady();
  const group = async () => (await seen(canvas)).canvas.nodes["g-still"]?.group;
  const scene = await boxOf(ada, "Scene");
  const still = await boxOf(ada, "Still");
  await drag(ada, { x: still.x + 60, y: still.y + 12 }, { x: scene.x + 120, y: scene.y + 80 });
  await expect.poll(group).toBe("g-frame");
  const inside = await boxOf(ada, "Still");
  await drag(ada, { x: inside.x + 60, y: inside.y + 12 }, { x: still.x + 60, y: still.y + 12 });
  await expect.poll(group).toBe(null);
  await ada.page.locator(".grip").click();
  const corner = await ada.page.locator(".react-flow__resize-control").boundingBox();
  if (!corner) throw new Error("no corner to resize with");
  const at = { x: corner.x + corner.width / 2, y: corner.y + corner.height / 2 };
  await drag(ada, at, { x: at.x + 60, y: at.y + 60 });
  await shot(ada, "group");
  await expect
    .poll(async () => Number((await seen(canvas)).canvas.nodes["g-frame"]?.params["width"]))
    .toBeGreaterThan(660);
});

it("offers files dropped on a card as references that feed it", async () => {
  await ada.open(await made("Drop", [node("d-still", "image", "Still", 0, 0)]));
  await ada.graphReady();
  const files = await ada.page.evaluateHandle(() => {
    const data = new DataTransfer();
    data.items.add(new File([new Uint8Array([137, 80, 78, 71])], "deck.png", { type: "image/png" }));
    return data;
  });
  await card(ada.page, "Still").dispatchEvent("dragover", { dataTransfer: files });
  await card(ada.page, "Still").dispatchEvent("drop", { dataTransfer: files });
  const dialog = ada.page.getByRole("dialog");
  await dialog.getByText("deck.png").first().waitFor();
  await shot(ada, "drop");
  await ada.page.keyboard.press("Escape");
});

it("pastes in another tab, on another canvas", async () => {
  const from = await made("From", [node("p-still", "image", "Night harbour", 0, 0)]);
  const to = await made("To", []);
  await ada.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await ada.open(from);
  await ada.graphReady();
  await card(ada.page, "Night harbour").click();
  await ada.page.keyboard.press("Control+c");
  await ada.page.getByText("Copied 1 node").waitFor();
  const other = await ada.context.newPage();
  await other.goto(`${stage.bridge.url}/c/${to}/graph`);
  await other.locator('[data-ready="true"]').waitFor();
  await other.locator(".react-flow").focus();
  await other.keyboard.press("Control+v");
  await card(other, "Night harbour").waitFor();
  await other.close();
  await ada.page.bringToFront();
});

it("lets a viewer look and tells why nothing can be changed", async () => {
  const canvas = await made("Look", [node("v-still", "image", "Still", 0, 0)]);
  const eve = await stage.person("viewer", "Eve");
  eve.forgive(/401/); // asked who they are before they had joined
  await eve.open(canvas);
  await eve.graphReady();
  const bar = eve.page.getByRole("toolbar", { name: "Canvas" });
  for (const name of ["Add", "Templates", "Bring in references", "Arrange"]) {
    expect(await bar.getByRole("button", { name, exact: true }).isDisabled(), name).toBe(true);
  }
  const before = await boxOf(eve, "Still");
  await drag(eve, { x: before.x + 60, y: before.y + 12 }, { x: before.x + 60, y: before.y + 200 });
  expect((await seen(canvas)).canvas.nodes["v-still"]?.y).toBe(0);
  await card(eve.page, "Still").click({ button: "right" });
  const menu = eve.page.getByRole("menu");
  await menu.getByText("Changing the canvas needs the role editor.").waitFor();
  expect(await menu.getByRole("menuitem", { name: /^Delete/ }).getAttribute("aria-disabled")).toBe("true");
  expect(await menu.getByRole("menuitem", { name: /^Open the takes/ }).getAttribute("aria-disabled")).toBe(null);
  await shot(eve, "viewer");
  await eve.page.keyboard.press("Escape");
  expect(eve.complaints).toEqual([]);
  await eve.leave();
});
