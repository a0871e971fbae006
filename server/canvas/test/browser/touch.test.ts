/** A director with a tablet: takes are looked at, compared, rated and commented on with a finger alone. */
import { expect, it } from "vitest";
import { photographFailures } from "../support/hands";
import { openStage } from "../support/stage";

const stage = await openStage();
photographFailures(stage);
const TABLET = { viewport: { width: 1024, height: 768 }, hasTouch: true, isMobile: true };
/** Of a finger (docs of tablets say 44; rows of a list are less). */
const FINGER = 32;
const { canvas } = await stage.bridge.ask<{ canvas: string }>("canvas_of", { nodes: 8, takes: 16, files: 4 });
const ines = await stage.person("reviewer", "Ines", TABLET);
const { page } = ines;
const tile = (index: number) => page.getByRole("listbox").getByRole("option").nth(index);
const button = (name: string | RegExp) => page.getByRole("button", { name }).first();

it("rates, compares, wipes and comments with a finger", async () => {
  await ines.open(canvas, "takes");
  await tile(1).tap();
  await expect.poll(() => tile(1).getAttribute("data-ring")).toBe("true");
  await page.getByRole("toolbar", { name: "Rating" }).getByRole("button", { name: "Keep", exact: true }).tap();
  await expect.poll(() => tile(1).getAttribute("data-rating")).toBe("keep");

  await button(/^Compare/).tap();
  await button("Side by side").tap();
  await button("Wipe").tap();
  const line = page.getByRole("slider", { name: /wipe/i });
  const before = await line.boundingBox();
  if (!before) throw new Error("the line of the wipe is not in sight");
  const [x, y] = [before.x + before.width / 2, before.y + before.height / 2];
  const hand = await ines.context.newCDPSession(page);
  const touch = (type: string, at?: number) =>
    hand.send("Input.dispatchTouchEvent", {
      type: type as "touchStart",
      touchPoints: at === undefined ? [] : [{ x: at, y }],
    });
  await touch("touchStart", x);
  for (const by of [40, 80, 120]) await touch("touchMove", x - by);
  await touch("touchEnd");
  await expect.poll(async () => (await line.boundingBox())?.x ?? x).toBeLessThan(before.x - 80);

  await button("Note").tap();
  const words = page.getByRole("dialog").getByRole("textbox").last();
  await words.tap();
  await page.keyboard.type("The light is right here.");
  await page.getByRole("dialog").getByRole("button", { name: "Post", exact: true }).last().tap();
  await page.getByRole("dialog").getByText("The light is right here.").first().waitFor();
  ines.forgive(/401/); // Before she joined, nobody knew her.
  expect(ines.complaints).toEqual([]);
});

it.each([
  "graph",
  "takes",
  "cut",
  "board",
  "shots",
  "references",
  "money",
])("has nothing out of reach in %s, and nothing too small for a finger", async (view) => {
  await ines.open(canvas, view);
  await page.waitForLoadState("networkidle");
  const faults = await page.evaluate((least) => {
    const said: string[] = [];
    if (document.documentElement.scrollWidth > innerWidth) said.push("the page scrolls sideways");
    const scrolls = (one: Element | null): boolean =>
      one !== null && (/auto|scroll/.test(getComputedStyle(one).overflow) || scrolls(one.parentElement));
    for (const one of document.querySelectorAll<HTMLElement>("header button, header a, main button, aside button")) {
      if (!one.checkVisibility({ visibilityProperty: true }) || one.closest(".react-flow, [aria-hidden=true]"))
        continue;
      const { left, right, top, bottom, width, height } = one.getBoundingClientRect();
      if (width < 2 || getComputedStyle(one.parentElement ?? one).clipPath !== "none") continue;
      const name = one.getAttribute("aria-label") ?? one.textContent ?? "";
      const out = right > innerWidth + 1 || left < -1 || bottom > innerHeight + 1 || top < -1;
      if (out && !scrolls(one)) said.push(`out of reach: ${name}`);
      if (Math.max(width, height) < least) said.push(`too small: ${name} ${width} × ${height}`);
    }
    return said;
  }, FINGER);
  expect(faults).toEqual([]);
});
