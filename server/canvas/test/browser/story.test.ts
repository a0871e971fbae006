/** A whole small film by hand, from an empty canvas to the storyboard on paper, with the free models of this machine. */
import fs from "node:fs";
import { expect, it } from "vitest";
import {
  add,
  card,
  chooseByKeys,
  column,
  dragWire,
  palette,
  photographFailures,
  stateOf,
  tabTo,
  write,
} from "../support/hands";
import { openStage } from "../support/stage";

const stage = await openStage();
photographFailures(stage);
const ada = await stage.owner({ viewport: { width: 1920, height: 1200 } });
const { page } = ada;
page.setDefaultTimeout(12_000);

const SCRIPT = [
  "# The Last Ferry",
  "## [s01] EXT. FERRY DECK – DUSK",
  "### [s01a] Wide, slow push in",
  "Ines stands at the rail.",
  "### [s01b] Close on her hands",
  "A letter, folded too often.",
].join("\n");
const TITLES = ["Ines", "Quay", "Script", "S01A Deck", "S01B Letter", "Board", "Film"];
const STILLS = ["S01A Deck", "S01B Letter"];

const choose = async (title: string) => {
  await page.locator(".react-flow__pane").click({ position: { x: 30, y: 600 } });
  await card(page, title).click({ position: { x: 60, y: 12 } });
  await expect.poll(() => column(page).getByLabel("Name", { exact: true }).inputValue()).toBe(title);
};
const states = async () =>
  Object.fromEntries(await Promise.all(TITLES.map(async (one) => [one, await stateOf(page, one)])));
const staleOnes = async () =>
  Object.entries(await states()).flatMap(([title, state]) => (state === "stale" ? [title] : []));

/** Confirm the open plan and wait until nothing is under way. */
const generate = async (words: RegExp) => {
  await page.getByRole("dialog").getByRole("button", { name: words }).click();
  await page
    .getByText(/^Started: /)
    .first()
    .waitFor();
};

it("begins with an empty canvas and two references that are brought in", async () => {
  const stills = await Promise.all(
    ["Ines.png", "Quay.png"].map((name, index) => stage.bridge.ask<string>("still", { name, number: index + 1 })),
  );
  await page.getByRole("button", { name: "New canvas" }).click();
  await page.getByRole("dialog").getByLabel("Title").fill("The Last Ferry");
  await page.getByRole("dialog").getByRole("button", { name: "Make canvas" }).click();
  await page.getByRole("heading", { name: "This canvas is empty." }).waitFor();
  await page.getByRole("region", { name: "Empty canvas" }).getByRole("button", { name: "Bring in references" }).click();
  const dialog = page.getByRole("dialog");
  const chooser = page.waitForEvent("filechooser");
  await dialog.getByRole("button", { name: "Choose files" }).click();
  await (await chooser).setFiles(stills);
  await dialog.getByRole("button", { name: "Bring in 2 files" }).click();
  await expect.poll(() => dialog.locator('[data-standing="done"]').count()).toBe(2);
  await dialog.getByRole("button", { name: "Show on the canvas" }).click();
  await ada.graphReady();
  for (const title of ["Ines", "Quay"]) await expect.poll(() => stateOf(page, title)).toBe("fresh");
});

it("adds the other nodes with the Add dialog and writes the script", async () => {
  await add(ada, "Script", "Script");
  await write(ada, "Words", SCRIPT);
  await page.getByText("Saved as take 1.").waitFor();
  for (const title of STILLS) {
    await add(ada, "Image", title);
    // Without any key the free model of this machine is the one a new node has.
    await column(page).getByText("Previz still").first().waitFor();
  }
  await add(ada, "Storyboard", "Board");
  await add(ada, "Export to editor", "Film");
  await page.locator(".react-flow__pane").click({ position: { x: 30, y: 600 } });
  await palette(page, "Tidy the canvas");
  await palette(page, "Show everything");
  for (const title of TITLES) expect(await card(page, title).isVisible()).toBe(true);
});

it("wires by dragging ports, and once with the keyboard", async () => {
  for (const [index, title] of STILLS.entries()) {
    const part = ["shot s01a: Wide, slow push in", "shot s01b: Close on her hands"][index];
    await dragWire(ada, ["Script", "shot"], [title, "direction"], part);
    await dragWire(ada, [index ? "Quay" : "Ines", "image"], [title, "references"]);
    await dragWire(ada, [title, "image"], ["Board", "panels"]);
  }
  await choose("Board");
  await page.keyboard.press("Shift+W");
  const dialog = page.getByRole("dialog", { name: "Wires of “Board”" });
  await chooseByKeys(page, "Port", "Output animatic");
  await chooseByKeys(page, "Connect with", "Film");
  await tabTo(page, /^Connect$/);
  await page.keyboard.press("Enter");
  await dialog.getByText("animatic to “Film”, clips").first().waitFor();
  // The button has shut behind itself; the focus has gone where the next wire begins.
  await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe("BUTTON");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  expect(await page.locator(".react-flow__edge").count()).toBe(7);
});

it("writes prompts, plans, and makes all of it with the free models of this machine", async () => {
  for (const [index, title] of STILLS.entries()) {
    await choose(title);
    await write(ada, "Prompt", index ? "Low winter sun on paper" : "Grey sea, wind");
  }
  await palette(page, "Plan everything that is out of date");
  const plan = page.getByRole("dialog", { name: /^Generate 4 takes/ });
  await plan.waitFor();
  await generate(/^Generate 4 takes · free, on this computer$/);
  await expect.poll(states, { timeout: 45_000 }).toEqual(Object.fromEntries(TITLES.map((one) => [one, "fresh"])));
});

const strip = page.getByRole("region", { name: "Takes of the selected node" });
const take = (number: number) => strip.getByRole("option", { name: new RegExp(`^Take ${number}\\b`, "i") });

it("rates a take, makes another, pins it, and pins the first again: what was made of it fits again", async () => {
  await choose("S01A Deck");
  await take(1).click();
  await page.keyboard.press("3");
  await strip.locator('[data-rating="keep"]').waitFor();
  await column(page).getByRole("button", { name: "Generate another take" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Generate one take, free" }).click();
  await take(2).waitFor({ timeout: 30_000, state: "attached" });
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await strip.getByText("Pinned: ◆ take 1").waitFor();

  await take(2).click();
  await page.keyboard.press("Enter");
  await strip.getByText("Pinned: ◆ take 2").waitFor();
  await expect.poll(staleOnes).toEqual(["Board"]);
  await take(1).click();
  await page.keyboard.press("Enter");
  await strip.getByText("Pinned: ◆ take 1").waitFor();
  await expect.poll(staleOnes).toEqual([]);
});

it("edits one shot of the script: exactly one ring goes stale, and says why", async () => {
  await choose("Script");
  await write(ada, "Words", SCRIPT.replace("Ines stands at the rail.", "Ines waits at the rail."));
  await page.getByText("Saved as take 2.").waitFor();
  await expect.poll(staleOnes).toEqual(["S01A Deck"]);
  expect(await states()).toMatchObject({
    Script: "fresh",
    "S01B Letter": "fresh",
    Board: "upstream",
    Film: "upstream",
  });
  await choose("S01A Deck");
  await column(page).getByRole("button", { name: "Why?" }).click();
  const why = page.getByRole("dialog", { name: /^Why “?S01A Deck”? is out of date$/ });
  await why.getByRole("deletion").filter({ hasText: "stands" }).waitFor();
  await why.getByRole("insertion").filter({ hasText: "waits" }).waitFor();
  await why.getByRole("button", { name: "Generate again" }).click();
  await generate(/^Generate 1 take · free/);
  await expect.poll(staleOnes, { timeout: 30_000 }).toEqual(["Board"]);
  // Ring by ring: what hangs below the board is out of date once the new board is pinned, not before.
  await palette(page, "Plan everything that is out of date");
  await generate(/^Generate 1 take · free/);
  await expect.poll(staleOnes, { timeout: 30_000 }).toEqual(["Film"]);
  await palette(page, "Plan everything that is out of date");
  await generate(/^Generate 1 take · free/);
  await expect.poll(staleOnes, { timeout: 30_000 }).toEqual([]);
  await expect.poll(() => stateOf(page, "Film"), { timeout: 30_000 }).toBe("fresh");
});

it("exports the storyboard as PDF, with nothing complained about on the way", async () => {
  await page.getByRole("link", { name: "Storyboard" }).click();
  await page.getByRole("button", { name: "Export PDF" }).click();
  const coming = page.waitForEvent("download");
  await page.getByRole("dialog").getByRole("button", { name: "Export PDF" }).click();
  const download = await coming;
  expect(download.suggestedFilename()).toBe("The Last Ferry storyboard.pdf");
  const pdf = fs.readFileSync(await download.path()).toString("latin1");
  expect(pdf.startsWith("%PDF-")).toBe(true);
  // A still in each of the two cards.
  expect(pdf.match(/\/Subtype \/Image/g)?.length).toBeGreaterThanOrEqual(2);
  expect(ada.complaints).toEqual([]);
});
