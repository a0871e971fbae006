/** Keys and the focus: where it goes when something closes or is gone, what a field keeps, what is found first. */
import { expect, it } from "vitest";
import { card, column, photographFailures } from "../support/hands";
import { openStage } from "../support/stage";

const stage = await openStage();
photographFailures(stage);
const ada = await stage.owner({ viewport: { width: 1280, height: 720 } });
const { page } = ada;

const made = await stage.bridge.api<{ canvas: { id: string } }>("POST", "/api/canvases", { title: "Keys" });
const canvas = made.canvas.id;
const add = (id: string, title: string, x: number) => ({ op: "add_node", id, kind: "image", title, x, y: 0 });
await stage.bridge.api("POST", `/api/canvases/${canvas}/ops`, {
  op_id: "keys",
  ops: [add("k1", "Image of a quay", 0), add("k2", "Quay", 460), add("k3", "Deck", 920)],
});

const focused = () =>
  page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent);
const nodes = async () =>
  Object.keys((await stage.bridge.api<{ canvas: { nodes: object } }>("GET", `/api/canvases/${canvas}`)).canvas.nodes);

it("gives the focus back to what opened a dialog, a menu or a list", async () => {
  await ada.open(canvas);
  await ada.graphReady();
  for (const name of ["Add", "Templates", "Arrange", "Go to or do"]) {
    const opener = page.getByRole("button", { name, exact: true }).first();
    await opener.focus();
    await page.keyboard.press("Enter");
    const opened = page.locator("[role=dialog], [role=menu]").last();
    await opened.waitFor();
    await page.keyboard.press("Escape");
    await opened.waitFor({ state: "detached" });
    await expect.poll(() => opener.evaluate((one) => one === document.activeElement), { message: name }).toBe(true);
  }
});

it("closes what lies on top first: the menu, then the dialog, then the selection", async () => {
  await ada.open(canvas);
  await ada.graphReady();
  await card(page, "Quay").click({ position: { x: 60, y: 12 } });
  await page.keyboard.press("Shift+W");
  const dialog = page.getByRole("dialog", { name: "Wires of “Quay”" });
  await dialog.waitFor();
  await dialog.getByRole("button", { name: /Port$/ }).click();
  const list = page.getByRole("listbox");
  await list.waitFor();
  await page.keyboard.press("Escape");
  await list.waitFor({ state: "detached" });
  await dialog.waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await expect.poll(focused).toContain("Quay");
  await column(page).getByLabel("Name", { exact: true }).waitFor();
  await page.keyboard.press("Escape");
  await column(page).getByLabel("Name of the canvas").waitFor();
});

it("does nothing to the canvas while somebody types, and nothing behind a dialog", async () => {
  await ada.open(canvas);
  await ada.graphReady();
  await card(page, "Quay").click({ position: { x: 60, y: 12 } });
  const prompt = column(page).getByLabel("Prompt", { exact: true });
  await prompt.focus();
  await page.keyboard.type("Shift n ? g delete");
  for (const chord of ["Control+d", "Control+g", "Delete", "Shift+N", "Alt+ArrowRight"])
    await page.keyboard.press(chord);
  expect(await page.locator("[role=dialog]").count()).toBe(0);
  expect(await prompt.evaluate((one) => one === document.activeElement)).toBe(true);
  await page.keyboard.press("Escape");
  await card(page, "Quay").focus();
  await page.keyboard.press("Shift+W");
  await page.getByRole("dialog").waitFor();
  for (const chord of ["Control+d", "Alt+Shift+Digit2", "Delete"]) await page.keyboard.press(chord);
  await page.getByRole("dialog", { name: "Wires of “Quay”" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  expect((await nodes()).sort()).toEqual(["k1", "k2", "k3"]);
});

it("finds what is called exactly so before what merely has it in its title, and nodes by their id", async () => {
  const first = page.getByRole("menuitem").first();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("quay");
  await expect.poll(() => first.textContent()).toMatch(/^Quay/);
  await page.getByPlaceholder(/^A verb/).fill("k3");
  await expect.poll(() => first.textContent()).toMatch(/^Deck/);
  await page.keyboard.press("Enter");
  await expect.poll(() => column(page).getByLabel("Name", { exact: true }).inputValue()).toBe("Deck");
  // What was chosen last stands first the next time.
  await page.keyboard.press("Control+k");
  await expect.poll(() => first.textContent()).toMatch(/^Deck/);
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Add", exact: true }).click();
  for (const kind of ["Image", "Video", "Upscale"]) {
    await page.getByLabel("Search kinds of nodes").fill(kind.toLowerCase());
    await expect.poll(() => first.getByText(kind, { exact: true }).count(), { message: kind }).toBe(1);
  }
  await page.keyboard.press("Escape");
});

it("goes to a view by the digit's key, whatever sign the keyboard writes with it", async () => {
  await ada.open(canvas);
  await ada.graphReady();
  await page.keyboard.press("Alt+Shift+Digit2");
  await page.waitForURL("**/takes");
});

it("goes on from the neighbour when a node is deleted by key", async () => {
  await ada.open(canvas);
  await ada.graphReady();
  await card(page, "Quay").click({ position: { x: 60, y: 12 } });
  await card(page, "Quay").focus();
  await page.keyboard.press("Delete");
  await card(page, "Quay").waitFor({ state: "detached" });
  await expect.poll(focused).toContain("Deck");
  expect(ada.complaints).toEqual([]);
});
