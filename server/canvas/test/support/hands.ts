/**
 * What a person's hands do in the page: add, name, wire and write, with nothing but pointer and keys.
 *
 *     photographFailures(stage);                             // with TAKEBRIDGE_SHOTS=folder: a picture of every page
 *     await add(ada, "Image", "Deck");
 *     await dragWire(ada, ["Script", "shot"], ["Deck", "direction"], "shot s01a: Wide");
 */
import path from "node:path";
import type { Locator, Page } from "playwright-core";
import { afterEach, expect } from "vitest";
import type { Person, Stage } from "./stage";

/** A node's card on the graph, by its whole title. */
export function card(page: Page, title: string): Locator {
  // "Kind, Title, State …": titles are between commas; attribute selectors need their quotes escaped.
  return page.locator(`.react-flow__node[aria-label*=${JSON.stringify(`, ${title}`)}]`).first();
}

/** The state of a card as the bridge says it: "empty", "fresh", "stale" … */
export const stateOf = (page: Page, title: string): Promise<string | null> =>
  card(page, title).locator("article").getAttribute("data-state");

/** The column beside the canvas. */
export const column = (page: Page): Locator => page.getByRole("complementary", { name: "Selection" });

/** A verb or a node through Ctrl+K. */
export async function palette(page: Page, words: string): Promise<void> {
  await page.keyboard.press("Control+k");
  await page.getByPlaceholder(/^A verb/).fill(words);
  await page.getByRole("menuitem", { name: words }).first().click();
  await page.getByRole("dialog", { name: "Go to or do" }).waitFor({ state: "detached" });
}

/** A new node through the Add dialog, named in the column. */
export async function add({ page }: Person, kind: string, title: string): Promise<void> {
  await page.getByRole("toolbar", { name: "Canvas" }).getByRole("button", { name: "Add", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Add a node" });
  await dialog.getByLabel("Search kinds of nodes").fill(kind);
  await dialog.getByRole("menuitem", { name: kind, exact: true }).click();
  await dialog.waitFor({ state: "detached" });
  // The new node is selected once it is there; it is called as its kind is.
  const name = column(page).getByLabel("Name", { exact: true });
  await expect.poll(() => name.inputValue().catch(() => "")).toBe(kind);
  await name.fill(title);
  await name.press("Enter");
  await card(page, title).waitFor();
  const { top, bottom } = await card(page, title).evaluate((one) => one.getBoundingClientRect());
  const height = page.viewportSize()?.height ?? 0;
  if (top < 0 || bottom > height) throw new Error(`the new node “${title}” is out of sight`);
}

type PortOf = readonly [title: string, port: string];

async function handle(page: Page, [title, port]: PortOf): Promise<Locator> {
  await card(page, title).hover();
  return card(page, title).locator(`.react-flow__handle[data-handleid="${port}"]`);
}

/** Draw a wire with the pointer; `part` is chosen where the output has several. */
export async function dragWire({ page }: Person, from: PortOf, to: PortOf, part?: string): Promise<void> {
  const wires = page.locator(".react-flow__edge");
  const before = await wires.count();
  await (await handle(page, from)).hover();
  await page.mouse.down();
  // With the first movement the wire begins, and every card shows its ports.
  await card(page, to[0]).hover();
  await card(page, to[0]).locator(`.react-flow__handle[data-handleid="${to[1]}"]`).hover();
  await page.mouse.up();
  if (part) await page.getByRole("menuitem", { name: part, exact: true }).click();
  await wires.nth(before).waitFor({ state: "attached" });
}

/** Write into a field of the column and leave it. */
export async function write({ page }: Person, label: string, words: string): Promise<void> {
  const field = column(page).getByLabel(label, { exact: true });
  await field.fill(words);
  await field.press("Control+Enter");
}

/** Come to a button of the open dialog with Tab; the dialog keeps the focus all the way. */
export async function tabTo(page: Page, name: RegExp): Promise<void> {
  const button = page.getByRole("dialog").getByRole("button", { name });
  for (let steps = 0; steps < 25; steps++) {
    if (await hasFocus(button)) return;
    await page.keyboard.press("Tab");
    const inside = () => page.evaluate(() => Boolean(document.activeElement?.closest("[role=dialog]")));
    await expect.poll(inside, { message: "the focus stays in the dialog" }).toBe(true);
  }
  throw new Error(`25 times Tab did not come to ${name}`);
}

const hasFocus = (one: Locator): Promise<boolean> =>
  one.evaluate((element) => element === document.activeElement, undefined, { timeout: 2000 }).catch(() => false);

/** Choose from a list of the open dialog by keyboard alone; the list gives the focus back to its button. */
export async function chooseByKeys(page: Page, list: string, words: string): Promise<void> {
  // Its name begins with what is chosen: "Select an item Port".
  const button = new RegExp(`${list}$`);
  await tabTo(page, button);
  await page.keyboard.press("Enter");
  await page.getByRole("listbox").waitFor();
  await page.keyboard.type(words);
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent ?? "")).toContain(words);
  await page.keyboard.press("Enter");
  await page.getByRole("listbox").waitFor({ state: "detached" });
  await expect.poll(() => hasFocus(page.getByRole("dialog").getByRole("button", { name: button }))).toBe(true);
}

/** With TAKEBRIDGE_SHOTS a picture of every open page is kept there when a test fails. */
export function photographFailures(stage: Stage): void {
  const folder = process.env["TAKEBRIDGE_SHOTS"];
  if (!folder) return;
  afterEach(async ({ task }) => {
    if (task.result?.state !== "fail") return;
    const pages = stage.browser.contexts().flatMap((context) => context.pages());
    for (const [index, page] of pages.entries()) {
      await page.screenshot({ path: path.join(folder, `${task.name.slice(0, 60)}-${index}.png`) });
    }
  });
}
