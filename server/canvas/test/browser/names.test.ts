/** Without a mouse and without eyes: a whole small job by keyboard, names for every control, what is said aloud. */
import { expect, it } from "vitest";
import { card, chooseByKeys, palette, photographFailures, stateOf, tabTo as tabToButton } from "../support/hands";
import { openStage } from "../support/stage";

const stage = await openStage();
photographFailures(stage);
const ada = await stage.owner();
const { page } = ada;
page.setDefaultTimeout(15_000);

interface Focus {
  what: string;
  lost: boolean;
  seen: boolean;
}

/** What has the focus, and whether somebody who looks can tell. */
const focus = (): Promise<Focus> =>
  page.evaluate(() => {
    const one = document.activeElement;
    const box = one?.getBoundingClientRect();
    const marked = (element: Element | null, depth: number): boolean => {
      if (!element || depth === 0) return false;
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
      if ((outlineStyle !== "none" && outlineWidth !== "0px") || boxShadow !== "none") return true;
      return marked(element.parentElement, depth - 1);
    };
    return {
      what: `${one?.tagName} ${one?.getAttribute("aria-label") ?? one?.textContent?.slice(0, 40) ?? ""}`,
      lost: !one || one === document.body,
      // A field may show it on the frame around it.
      seen: Boolean(box && box.width > 0 && box.height > 0) && marked(one, 3),
    };
  });

/** Tab on until a control of this name has the focus; nowhere on the way is the focus lost, hidden or held. */
async function tabTo(name: string): Promise<void> {
  const target = page.getByLabel(name, { exact: true }).last();
  let before = "";
  let same = 0;
  for (let steps = 0; steps < 90; steps++) {
    if (await target.evaluate((one) => one === document.activeElement).catch(() => false)) return;
    await page.keyboard.press("Tab");
    const now = await focus();
    // After the last control the browser's own come, where the page has no focus for a step.
    if (!now.lost) expect([now.what, now.seen]).toEqual([now.what, true]);
    same = now.what === before ? same + 1 : 0;
    expect(same, `the focus is held at ${now.what}`).toBeLessThan(4);
    before = now.what;
  }
  throw new Error(`90 times Tab did not come to ${name}`);
}

async function addByKeys(kind: string): Promise<void> {
  // In a field of words Shift+N is a letter; the palette opens from everywhere.
  await page.keyboard.press("Control+k");
  await page.getByPlaceholder(/^A verb/).waitFor();
  await page.keyboard.type("Add a node");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: "Add a node" }).waitFor();
  await page.keyboard.type(kind);
  // What a kind takes and makes is searched, too: others may stand before it.
  const wanted = page.getByRole("menuitem", { name: kind, exact: true });
  await wanted.waitFor();
  for (let steps = 0; steps < 20; steps++) {
    if ((await wanted.getAttribute("data-focused")) !== null) break;
    await page.keyboard.press("ArrowDown");
  }
  await page.keyboard.press("Enter");
  // The new node has the focus: one goes on from there.
  await expect.poll(async () => (await focus()).what).toContain(`${kind}, ${kind}`);
}

async function goByKeys(title: string): Promise<void> {
  await page.keyboard.press("Control+k");
  const words = page.getByPlaceholder(/^A verb/);
  await words.waitFor();
  await page.keyboard.type(title);
  await page.keyboard.press("Enter");
  // The palette closes; what was chosen may open a dialog of its own.
  await words.waitFor({ state: "detached" });
}

it("does a whole small job without a mouse: add, write, wire, prompt, plan, run, rate, pin", async () => {
  await page.getByRole("button", { name: "New canvas" }).waitFor();
  await page.keyboard.press("n");
  await page.getByRole("dialog", { name: "New canvas" }).waitFor();
  await page.keyboard.type("By keys");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "This canvas is empty." }).waitFor();
  await ada.graphReady();

  await addByKeys("Brief");
  await page.keyboard.press("Escape");
  await goByKeys("Brief");
  await tabTo("Words");
  await page.keyboard.type("A ferry at dusk.");
  await page.keyboard.press("Control+Enter");
  await page.getByText("Saved as take 1.").waitFor();

  await page.keyboard.press("Escape");
  await addByKeys("Image");
  await page.keyboard.press("Shift+W");
  const wires = page.getByRole("dialog", { name: "Wires of “Image”" });
  await wires.waitFor();
  await chooseByKeys(page, "Port", "Input direction");
  await chooseByKeys(page, "Connect with", "Brief");
  await tabToButton(page, /^Connect$/);
  await page.keyboard.press("Enter");
  await wires.getByText("direction from “Brief”, text").first().waitFor();
  await page.keyboard.press("Escape");
  await wires.waitFor({ state: "detached" });
  // A closed dialog gives the focus back.
  await expect.poll(async () => (await focus()).what).toContain("Image, Image");

  await tabTo("Prompt");
  await page.keyboard.type("Grey sea");
  await page.keyboard.press("Control+Enter");
  await goByKeys("Generate: open the plan");
  const plan = page.getByRole("dialog", { name: "Generate 1 take" });
  await expect.poll(async () => (await focus()).what).toContain("Generate 1 take · free");
  await page.keyboard.press("Enter");
  await plan.waitFor({ state: "detached" });
  await page.locator("[aria-live=polite]").getByText(/Image/).waitFor({ state: "attached" });
  await expect.poll(() => stateOf(page, "Image")).toBe("fresh");

  await page.keyboard.press("Alt+Shift+2");
  await page.getByRole("listbox", { name: /^Takes, / }).waitFor();
  await tabToTake();
  await page.keyboard.press("3");
  await page.getByRole("listbox").locator('[data-rating="keep"]').first().waitFor();
  await page.keyboard.press("Enter");
  expect((await focus()).lost).toBe(false);
  expect(ada.complaints).toEqual([]);
});

async function tabToTake(): Promise<void> {
  for (let steps = 0; steps < 60; steps++) {
    if (await page.evaluate(() => document.activeElement?.getAttribute("role") === "option")) return;
    await page.keyboard.press("Tab");
  }
  throw new Error("60 times Tab did not come to a take");
}

const CONTROLS = "button|link|textbox|searchbox|combobox|checkbox|switch|radio|slider|tab|option|menuitem";
const NAMELESS = new RegExp(`^\\s*- (${CONTROLS})( \\[[^\\]]*\\])*:?$`, "gm");

it("has landmarks and a name for every control in each view", async () => {
  const { canvas } = await stage.bridge.ask<{ canvas: string }>("canvas_of", { nodes: 13, files: 2 });
  for (const place of ["graph", "takes", "cut", "board", "shots", "references", "money"]) {
    await ada.open(canvas, place);
    if (place === "graph") {
      await ada.graphReady();
      await palette(page, "Select everything");
    }
    // What is loaded when it is first shown is there.
    await page.getByRole("button", { name: /^Queue/ }).waitFor();
    await expect.poll(() => page.locator("main [aria-busy=true]").count()).toBe(0);
    const said = await page.locator("body").ariaSnapshot();
    for (const landmark of ["- banner", '- navigation "Views"', "- main"]) {
      expect(`${place}: ${said.includes(landmark) ? landmark : "none"}`).toBe(`${place}: ${landmark}`);
    }
    expect(await page.getByRole("main").count()).toBe(1);
    expect(await page.getByRole("heading", { level: 1 }).count()).toBe(1);
    expect([place, said.match(NAMELESS) ?? []]).toEqual([place, []]);
  }
  for (const place of ["/", "/people"]) {
    await page.goto(`${stage.bridge.url}${place}`);
    await page.getByRole("main").waitFor();
    await page.getByRole("heading", { level: 1 }).waitFor();
    const said = await page.locator("body").ariaSnapshot();
    expect([place, said.match(NAMELESS) ?? []]).toEqual([place, []]);
  }
  ada.forgive(/503/); // the cut, where no editor is connected
  expect(ada.complaints).toEqual([]);
});

it("says a failed job aloud at once, with its reason", async () => {
  ada.complaints.splice(0); // those of the tests before have been looked at there
  const made = await stage.bridge.api<{ canvas: { id: string } }>("POST", "/api/canvases", { title: "Aloud" });
  const canvas = made.canvas.id;
  const node = {
    op: "add_node",
    id: "aloud",
    kind: "image",
    title: "Deck",
    model: "stage/image",
    params: { prompt: "Sea" },
  };
  await stage.bridge.api("POST", `/api/canvases/${canvas}/ops`, { op_id: "aloud", ops: [node] });
  await stage.bridge.ask("provider", {
    next: [{ ending: "failed", message: "No ferries today.", work_ms: 200, cost: 0 }],
  });
  await ada.open(canvas);
  await ada.graphReady();
  await card(page, "Deck").waitFor();
  await stage.bridge.api("POST", "/api/jobs", { canvas_id: canvas, node_id: "aloud", max_micros: 40_000 });
  await page
    .locator("[aria-live=assertive]")
    .getByText(/Deck.*No ferries today/)
    .waitFor({ state: "attached" });
  expect(ada.complaints).toEqual([]);
});
