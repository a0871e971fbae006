import fs from "node:fs";
import path from "node:path";
import type { FileChooser, Locator, Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { type Line, openLine } from "../support/line";
import { openStage, type Person, type Stage } from "../support/stage";

interface Shot {
  node: string;
  wire: string;
  title: string;
}

let stage: Stage;
let ada: Person;
/** Ada once more, on a line that can go dead. */
let far: Person;
let line: Line;
let canvas = "";
const MEGA = 1_000_000;
const HOSTILE = '<img src=x onerror="document.title=1">';

beforeAll(async () => {
  stage = await openStage();
  // Three shots of reference, image, video and upscale; nothing orders them yet.
  ({ canvas } = await stage.bridge.ask<{ canvas: string }>("canvas_of", { nodes: 12, files: 2 }));
  ada = await stage.owner();
});

const film = () => stage.bridge.api<Shot[]>("GET", `/api/canvases/${canvas}/shots`);
const order = async () => (await film()).map((shot) => shot.node);
/** What a card is known by on the page: its wire into the film. */
const keyOf = async (rank: number) => (await film())[rank]?.wire;
const farEdge = async (card: Locator) => {
  const box = await card.boundingBox();
  return { x: (box?.width ?? 20) - 6, y: (box?.height ?? 20) / 2 };
};
const titles = async () => {
  const told = await stage.bridge.api<{ canvas: { nodes: Record<string, { title: string }> } }>(
    "GET",
    `/api/canvases/${canvas}`,
  );
  return Object.values(told.canvas.nodes).map((node) => node.title);
};
const until = async (is: () => Promise<boolean>) => {
  await expect.poll(is, { timeout: 10_000 }).toBe(true);
};

test("shots become a film, are moved by keyboard and by their buttons, and undone as one edit", async () => {
  await ada.open(canvas, "board");
  const { page } = ada;
  await page.getByRole("button", { name: "Make a film of them" }).click();
  await until(async () => (await film()).every((shot) => shot.wire));
  const before = await order();
  expect(before).toHaveLength(3);
  await page
    .getByRole("button", { name: /^Move .* later$/, disabled: false })
    .first()
    .waitFor();
  const list = page.getByRole("grid", { name: "Shots of the film, in order" });
  const first = await list.getByRole("row").first().getAttribute("data-shot");
  await list.getByRole("row").first().focus();
  await page.keyboard.press("Alt+ArrowRight");
  const swapped = [before[1], before[0], ...before.slice(2)];
  await until(async () => (await order()).join() === swapped.join());
  await page.keyboard.press("Control+z");
  await until(async () => (await order()).join() === before.join());
  await page
    .locator("[data-shot]")
    .first()
    .and(page.locator(`[data-shot="${first}"]`))
    .waitFor();
  await list
    .getByRole("row")
    .nth(1)
    .getByRole("button", { name: /earlier$/ })
    .click();
  await until(async () => (await order()).join() === swapped.join());
});

test("a card is dragged behind the last one by the pointer", async () => {
  const before = await order();
  const { page } = ada;
  const cards = page.locator("[data-shot]");
  await cards
    .nth(1)
    .and(page.locator(`[data-shot="${await keyOf(1)}"]`))
    .waitFor();
  const targetPosition = await farEdge(cards.last());
  await cards.first().dragTo(cards.last(), { sourcePosition: { x: 40, y: 60 }, targetPosition });
  await until(async () => (await order()).join() === [...before.slice(1), before[0]].join());
});

test("the order that somebody spoilt meanwhile snaps back with the bridge's words", async () => {
  const before = await order();
  const { page } = ada;
  const refusal = {
    code: "precondition",
    message: "Somebody added a shot.",
    hint: "Load the shots again.",
    retryable: false,
  };
  await page.route("**/shots/order", (route) => route.fulfill({ status: 409, json: refusal }), { times: 1 });
  const list = page.getByRole("grid", { name: "Shots of the film, in order" });
  const first = await list.getByRole("row").first().getAttribute("data-shot");
  await list
    .getByRole("row")
    .first()
    .getByRole("button", { name: /later$/ })
    .click();
  await page.getByText("Somebody added a shot.").waitFor();
  await page.waitForFunction(
    (shot) => document.querySelector("[data-shot]")?.getAttribute("data-shot") === shot,
    first,
  );
  expect(await order()).toEqual(before);
  ada.forgive(/409/);
  await page.getByRole("button", { name: "Put away" }).click();
});

test("the storyboard is downloaded as PDF", async () => {
  const { page } = ada;
  await page.getByRole("button", { name: "Export PDF" }).click();
  const coming = page.waitForEvent("download");
  await page.getByRole("dialog").getByRole("button", { name: "Export PDF" }).click();
  const download = await coming;
  expect(download.suggestedFilename()).toMatch(/storyboard\.pdf$/);
  expect(
    fs
      .readFileSync(await download.path())
      .subarray(0, 5)
      .toString("latin1"),
  ).toBe("%PDF-");
});

test("a title is text, whatever it says, and a prompt is changed where it stands", async () => {
  const [shot] = await film();
  const ops = [{ op: "set_title", node: shot?.node, title: HOSTILE }];
  await stage.bridge.api("POST", `/api/canvases/${canvas}/ops`, { ops, author: "editor", op_id: crypto.randomUUID() });
  const { page } = ada;
  await page.getByRole("grid").getByRole("button", { name: HOSTILE, exact: true }).waitFor();
  await ada.open(canvas, "shots");
  await page.getByRole("gridcell", { name: HOSTILE, exact: true }).waitFor();
  expect(await page.locator('img[src="x"]').count()).toBe(0);
  const grid = page.getByRole("grid", { name: "Shot list" });
  await grid.focus();
  await page.keyboard.press("Control+Home");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("F2");
  await page.getByRole("textbox", { name: "Title of the shot" }).fill("The rail");
  await page.keyboard.press("Enter");
  await until(async () => (await film())[0]?.title === "The rail");
});

/** A minute of silence, 5.8 MB: more than what a line holds back by itself. */
function silence(name: string): string {
  const seconds = 60;
  const head = Buffer.alloc(44);
  head.write("RIFF");
  head.writeUInt32LE(36 + seconds * 96_000, 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20); // PCM
  head.writeUInt16LE(1, 22); // one channel
  head.writeUInt32LE(48_000, 24);
  head.writeUInt32LE(96_000, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write("data", 36);
  head.writeUInt32LE(seconds * 96_000, 40);
  const file = path.join(path.dirname(stage.bridge.home), name);
  fs.writeFileSync(file, Buffer.concat([head, Buffer.alloc(seconds * 96_000)]));
  return file;
}

type Given = Parameters<FileChooser["setFiles"]>[0];

async function bringIn(page: Page, file: Given): Promise<void> {
  await page.getByRole("button", { name: "Bring in files" }).first().click();
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Choose files" }).click();
  await (await chooser).setFiles(file);
  await page.getByRole("dialog").getByRole("button", { name: "Bring in", exact: true }).click();
}

/** Of what got through, the bridge has all but what was still on its way: some hundred kilobytes of buffers. */
function expectMost(offset: number | undefined, through: number): void {
  expect(offset).toBeGreaterThan(through - MEGA);
  expect(offset).toBeLessThanOrEqual(through);
}

/** Wait until the file of the dialog is on the canvas, and give what its row says. */
async function onTheCanvas(page: Page): Promise<string> {
  const row = page.getByRole("list", { name: "Files" }).getByRole("listitem");
  await row.filter({ hasText: /, on the canvas/ }).waitFor({ timeout: 20_000 });
  return (await row.textContent()) ?? "";
}

/** A cut is heard of in the console; so is the part the browser sent again by itself while the bridge had the first. */
function forgiveTheCut(): void {
  far.forgive(/ERR_(EMPTY_RESPONSE|CONNECTION_RESET|CONNECTION_CLOSED)|409 \(Conflict\)/);
}

test("an upload that is cut off goes on by itself from where the bridge has it", async () => {
  line = await openLine();
  far = await stage.owner({ proxy: { server: line.url } });
  await far.open(canvas, "references");
  const { page } = far;
  line.cutAfter(4 * MEGA);
  await bringIn(page, silence("rain.wav"));
  await onTheCanvas(page);
  // The browser itself may try the part once more before the page hears of it.
  expect(line.offsets[0]).toBe(0);
  expectMost(line.offsets.at(-1), 4 * MEGA);
  expect(line.offsets.filter((offset) => offset > 0)).toHaveLength(1);
  expect(await titles()).toContain("rain");
  forgiveTheCut();
  await page.getByRole("dialog").getByRole("button", { name: "Done" }).click();
});

test("after a reload the same file goes on where it stopped", async () => {
  const { page } = far;
  line.cutAfter(3 * MEGA, { forGood: true });
  const file = silence("wind.wav");
  await bringIn(page, file);
  await page.getByRole("button", { name: "Try wind.wav again" }).waitFor();
  await page.reload();
  line.mend();
  const lost = line.offsets.length;
  await bringIn(page, file);
  expect(await onTheCanvas(page)).toMatch(/went on from [23]\.\d MB/);
  const since = line.offsets.slice(lost);
  expect(since).toHaveLength(1);
  expectMost(since[0], 3 * MEGA);
  expect(await titles()).toContain("wind");
  forgiveTheCut();
  expect(far.complaints).toEqual([]);
  await far.leave();
});

test("an SVG is refused in words, and nothing of it is on the canvas", async () => {
  await ada.open(canvas, "references");
  const { page } = ada;
  const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>document.title="run"</script></svg>';
  await bringIn(page, { name: "logo.png", mimeType: "image/png", buffer: Buffer.from(svg) });
  const refused = page.getByRole("list", { name: "Files" }).getByRole("alert");
  await refused.waitFor();
  expect(await refused.textContent()).toMatch(/SVG/);
  expect(await page.title()).not.toBe("run");
  ada.forgive(/422/);
});

test("a viewer sees all of it and can change nothing", async () => {
  const vera = await stage.person("viewer", "Vera");
  await vera.open(canvas, "board");
  const list = vera.page.getByRole("grid", { name: "Shots of the film, in order" });
  const steps = list.getByRole("button", { name: /(earlier|later)$/ });
  await steps.first().waitFor();
  for (const one of await steps.all()) expect(await one.isDisabled()).toBe(true);
  expect(await vera.page.getByRole("button", { name: "Add a shot" }).isDisabled()).toBe(true);
  vera.forgive(/401/); // A stranger is asked who they are before they join.
  expect(vera.complaints).toEqual([]);
  await vera.leave();
});

test("nothing was complained about", () => {
  expect(ada.complaints).toEqual([]);
});
