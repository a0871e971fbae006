/** The cut view as people use it: an emulated Resolve with the real agent behind the real bridge. */
import type { Locator, Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { openStage, type Person } from "../support/stage";

interface Pushed {
  link: { id: string; shot: string };
  nodes: { source_clip: string; upscale: string };
}

const stage = await openStage();
const { bridge } = stage;
let ada: Person;
let page: Page;
let canvas = "";
let shots: Pushed[] = [];

const clip = (name: string | RegExp) => page.locator("button[data-clip]").and(page.getByRole("button", { name }));
const take = (shot: number, clip_id: number) =>
  bridge.ask<{ take: string }>("take", { canvas, node: shots[shot - 1]?.nodes.upscale, frames: 48, clip_id });
const dryRun = () => bridge.api<{ decisions: { id: string }[] }>("POST", "/api/roundtrips", { canvas_id: canvas });

beforeAll(async () => {
  const made = await bridge.api<{ canvas: { id: string } }>("POST", "/api/canvases", { title: "Reel 2" });
  canvas = made.canvas.id;
  ada = await stage.owner();
  page = ada.page;
});

describe("the cut", () => {
  it("says how to connect an editor, and shows the timeline as soon as one is there", async () => {
    await ada.open(canvas, "cut");
    await page
      .getByRole("heading", { name: "Resolve isn't connected. In Resolve choose Workspace > Scripts > TakeBridge." })
      .waitFor();
    expect(await page.getByRole("button", { name: "Check again" }).isEnabled()).toBe(true);
    expect(await page.getByText("Premiere", { exact: true }).count()).toBe(1);
    await bridge.ask("resolve.start", { clips: 4, frames: 24, timeline: "REEL 2" });
    await page.getByRole("heading", { name: "Cut: REEL 2" }).waitFor();
    await page.getByRole("button", { name: "Editors: Resolve · REEL 2" }).waitFor();
    // Four shots of a second each, from 01:00:00:00 on, none of them linked.
    await clip(/^shot 4 Not linked, V1, at 01:00:03:00, 1 s 00 f/).waitFor();
    expect(await page.locator("button[data-clip]").count()).toBe(4);
    ada.forgive(/503/); // The browser notes the answer that says nobody is connected.
  });

  it("pushes the clips it names, and links them", async () => {
    await page.getByRole("button", { name: "Push clip…" }).click();
    const dialog = page.getByRole("dialog", { name: "Push clips to the canvas" });
    await dialog.getByText("Clips between the in and out marks").click();
    await dialog.getByRole("button", { name: "Push 4 clips" }).click();
    await clip(/^SH040 In step, shot 4, V1/).waitFor();
    const links = await bridge.api<Pushed["link"][]>("GET", `/api/clips/links?canvas_id=${canvas}`);
    expect(links.map((link) => link.shot).sort()).toEqual(["SH010", "SH020", "SH030", "SH040"]);
    // Pushed again, nothing is made: it answers which nodes there are.
    const again = { canvas_id: canvas, mode: "marks", process: ["upscale"], handles: 12 };
    shots = await bridge.api<Pushed[]>("POST", "/api/clips/push", again);
  });

  it("selects the node of a clip, leads to it, and comes back to the clip of a node", async () => {
    await clip(/SH020/).click();
    const chosen = page.getByRole("region", { name: "Selected clip" });
    await chosen.getByText("SH020 · shot 2").waitFor();
    await page.getByRole("complementary", { name: "Selection" }).getByRole("textbox").first().waitFor();
    await chosen.getByRole("button", { name: "Show on canvas" }).click();
    await ada.graphReady();
    // The clip's tray is the one of the last node behind what was pushed.
    const node = page.locator(`.react-flow__node[data-id="${shots[1]?.nodes.upscale}"]`);
    await node.waitFor();
    expect(await node.getAttribute("class")).toContain("selected");
    await page.getByRole("link", { name: "Cut", exact: true }).click();
    await page.locator('button[data-clip][aria-pressed="true"]', { hasText: "SH020" }).waitFor();
  });

  it("walks among clips with arrows, and tells the same in a table", async () => {
    await clip(/SH020/).focus();
    await page.keyboard.press("ArrowRight");
    await expect.poll(() => focused(page)).toContain("SH030");
    await page.keyboard.press("End");
    await expect.poll(() => focused(page)).toContain("SH040");
    await page.keyboard.press("Home");
    await expect.poll(() => focused(page)).toContain("SH010");
    await page.keyboard.press("Alt+T");
    const row = page.getByRole("table", { name: "Clips" }).getByRole("row", { name: /SH030/ });
    expect(await row.getByRole("cell").allTextContents()).toEqual([
      "V1",
      "SH030 · shot 3",
      "01:00:02:00",
      "01:00:03:00",
      "1 s 00 f",
      "✓ In step",
    ]);
    await row.getByRole("button").hover();
    const drawn = async () => (await clip(/SH010/).boundingBox())?.width ?? 0;
    await page.keyboard.press("Alt+T");
    // A second of four, of more than a thousand pixels: the drawing fills its place as it did before.
    await expect.poll(drawn).toBeGreaterThan(200);
  });

  it("shows a conflict with a picture of each side, and applies nothing before it is decided", async () => {
    // Both sides have agreed on a take of shots 2 and 3 first.
    await take(2, 2);
    await take(3, 3);
    await bridge.api("POST", "/api/roundtrips", { canvas_id: canvas, dry_run: false });
    await bridge.ask("resolve.delete", { shot: 3 });
    await take(3, 9);
    await take(2, 10);
    expect((await dryRun()).decisions).toHaveLength(1);
    await clip(/SH020.*New take ready/).waitFor();

    await page.getByRole("button", { name: "Compare", exact: true }).click();
    const card = page.getByRole("article", { name: /^Conflict: SH030/ });
    await card.getByText("You deleted it").waitFor();
    await expect.poll(() => pictures(page)).toBe(2);
    expect(await card.getByRole("radio", { checked: true }).count()).toBe(0);
    expect(await card.getByRole("radio", { name: /Keep both.*Not possible/ }).isDisabled()).toBe(true);
    const apply = page.getByRole("button", { name: /^Apply/ });
    expect(await apply.isDisabled()).toBe(true);
    await page.getByText("1 conflict still to decide.").waitFor();
    await page.getByText("1 change · 1 conflict").waitFor();
  });

  it("asks again when the timeline changed meanwhile, and keeps the choice", async () => {
    const card = page.getByRole("article", { name: /^Conflict: SH030/ });
    await card.getByText("Use canvas").click();
    await bridge.ask("resolve.trim", { shot: 2, tail: 4 });
    await page.getByRole("button", { name: "Apply 2 changes" }).click();
    await page.getByText("changed meanwhile; nothing was applied").waitFor();
    expect(await card.getByRole("radio", { name: /Use canvas/ }).isChecked()).toBe(true);
  });

  it("applies what was chosen, reads it back, and says so clip by clip", async () => {
    await page.getByRole("button", { name: "Apply 2 changes" }).click();
    const ended = page.getByRole("table", { name: "What became of each clip" });
    await ended.waitFor();
    expect(await ended.locator("tbody tr").count()).toBe(2);
    expect(await ended.getByText("Verified").count()).toBe(2);
    await clip(/SH030.*In step/).waitFor();
    expect((await dryRun()).decisions).toEqual([]);
    await page.getByRole("button", { name: "Put away" }).click();
  });

  it("stacks base, editor and canvas, and marks what differs", async () => {
    await bridge.ask("resolve.slip", { shot: 4, source_frames: 5 });
    await page.getByRole("button", { name: "Read the timeline again" }).click();
    await clip(/SH040.*Changed in the editor/).waitFor();
    await page.getByRole("button", { name: /Layer/ }).click();
    await page.getByRole("option", { name: /^All three/ }).click();
    await page.getByRole("heading", { name: "Base · REEL 2" }).waitFor();
    await page.getByRole("heading", { name: "Editor · ≠ 1 difference from the base" }).waitFor();
    await page.getByRole("heading", { name: "Canvas · As the base" }).waitFor();
    expect(await page.locator("button[data-differs]").count()).toBe(1);
    // Landmarks are told apart by their names (landmark-unique): the tracks of three layers are none.
    const regions = await page.locator("section[aria-label]").evaluateAll((all) => all.map((one) => one.ariaLabel));
    expect(regions).toEqual([...new Set(regions)]);
  });

  it("counts a clip that is gone, and says so where it lay", async () => {
    await bridge.ask("resolve.delete", { shot: 1 });
    await page.getByRole("button", { name: "Read the timeline again" }).click();
    await page.getByRole("heading", { name: "Editor · ≠ 2 differences from the base" }).waitFor();
    await page.getByRole("button", { name: /Deleted: SH010/ }).waitFor();
    // The line of the playhead lies behind the headings of the layers.
    const heading = page.getByRole("heading", { name: /^Editor ·/ });
    const [line, at] = [await page.locator("[data-playhead]").boundingBox(), await heading.boundingBox()];
    const over = await page.evaluate(
      ([x = 0, y = 0]) => {
        // What is drawn on top, the line counted although it lets the pointer through.
        document.querySelector<HTMLElement>("[data-playhead]")?.style.setProperty("pointer-events", "auto");
        return document.elementFromPoint(x, y)?.closest("h3")?.textContent;
      },
      [line?.x, (at?.y ?? 0) + (at?.height ?? 0) / 2],
    );
    expect(over).toMatch(/^Editor/);
  });

  it("points at a shot in every layer, whichever of them is pointed at", async () => {
    const row = (layer: string) => page.locator(`[data-row="${layer} video 1"]`);
    const pointed = async () => Promise.all(["base", "editor", "canvas"].map((layer) => hovered(row(layer))));
    await row("base").locator("button[data-clip]", { hasText: "SH020" }).hover();
    await expect.poll(pointed).toEqual([["SH020"], ["SH020"], ["SH020"]]);
    await row("canvas").locator("button[data-clip]", { hasText: "SH040" }).hover();
    await expect.poll(pointed).toEqual([["SH040"], ["SH040"], ["SH040"]]);
    await page.getByRole("heading", { name: "Cut: REEL 2" }).hover();
    await expect.poll(pointed).toEqual([[], [], []]);
  });

  it("lets a viewer look and change nothing", async () => {
    const bob = await stage.person("viewer", "Bob");
    await bob.open(canvas, "cut");
    await bob.page.locator("button[data-clip]", { hasText: "SH020" }).click();
    await bob.page.getByText("Changing the timeline needs the role editor.").waitFor();
    for (const name of ["Compare", "Push clip…", "Fill gap…", "Park the playhead here"]) {
      expect(await bob.page.getByRole("button", { name, exact: true }).isDisabled(), name).toBe(true);
    }
    bob.forgive(/401/); // Before he joined, nobody knew him.
    expect(bob.complaints).toEqual([]);
    await bob.leave();
  });

  it("keeps showing the cut when the editor leaves in the middle", async () => {
    await bridge.ask("resolve.stop");
    await page.getByRole("heading", { name: /^Resolve isn't connected/ }).waitFor();
    await page.getByRole("region", { name: "The timeline as it was" }).locator("button[data-clip]").first().waitFor();
    await page.getByRole("button", { name: "Editors: No editor" }).waitFor();
    ada.forgive(/503/);
    expect(ada.complaints).toEqual([]);
  });
});

/** The shots of a row that are drawn as pointed at, by what is read aloud of them. */
const hovered = (row: Locator) =>
  row
    .locator("button[data-hovered]")
    .evaluateAll((all) => all.map((one) => /SH\d+/.exec(one.getAttribute("aria-label") ?? "")?.[0]));

const focused = (at: Page) => at.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? "");

/** Sides of the conflict that show a picture: an image, or a cell of a sheet. */
const pictures = (at: Page) =>
  at.getByRole("article", { name: /^Conflict: SH030/ }).evaluate(
    (card) =>
      [...card.querySelectorAll("figure")].filter((side) => {
        const cell = [...side.querySelectorAll<HTMLElement>("span")].some((one) => one.style.backgroundImage);
        return cell || [...side.querySelectorAll("img")].some((one) => one.naturalWidth > 0);
      }).length,
  );
