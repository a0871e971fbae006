/** axe-core over every view and the main dialogs, in both themes: nothing serious or critical, nothing cut off. */
import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Film, makeFilm, withCut, withJobs } from "../support/film";
import { palette } from "../support/hands";
import { openStage } from "../support/stage";

const AXE = fs.readFileSync(
  path.resolve(import.meta.dirname, "..", "..", "node_modules", "axe-core", "axe.min.js"),
  "utf8",
);
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const VIEWS = ["graph", "takes", "cut", "board", "shots", "references", "money"];
/** Targets at least this wide and high (WCAG 2.5.8). */
const TARGET = 24;

const stage = await openStage();
const ada = await stage.owner({ viewport: { width: 1280, height: 720 } });
const { page } = ada;
let film: Film;

beforeAll(async () => {
  film = await makeFilm(stage.bridge);
  await withJobs(film);
  await withCut(film);
}, 120_000);

afterEach(async () => {
  for (let left = 3; left && (await page.locator("[role=dialog], [role=menu]").count()); left--) {
    await page.keyboard.press("Escape");
  }
});

interface Found {
  id: string;
  impact: string;
  nodes: { target: string[]; failureSummary: string }[];
}

/** What axe finds serious or critical, in words. */
async function findings(): Promise<string[]> {
  // The page's own policy lets no script in but its own; the tool is put in by the browser's debugger.
  await page.evaluate(AXE);
  const asked = { resultTypes: ["violations"], runOnly: TAGS };
  const violations = await page.evaluate(
    (options) =>
      (window as unknown as { axe: { run(at: Document, how: object): Promise<{ violations: Found[] }> } }).axe
        .run(document, options)
        .then((report) => report.violations),
    asked,
  );
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(" ")} ${node.failureSummary}`));
}

/** Buttons and links in sight that are smaller than a target may be; the graph's ports have areas of their own. */
const small = () =>
  page.evaluate((least) => {
    const all = [...document.querySelectorAll<HTMLElement>("button, nav a[href], [role=tab], [role=menuitem]")];
    const seen = all.filter((one) => one.checkVisibility({ visibilityProperty: true }) && one.textContent !== null);
    const tight = seen.filter((one) => {
      const { width, height } = one.getBoundingClientRect();
      const hidden = getComputedStyle(one).clipPath !== "none" || one.closest("[aria-hidden=true], [data-clip]");
      return !hidden && width > 1 && height > 1 && (width < least - 0.5 || height < least - 0.5);
    });
    const drops = (one: HTMLElement) => one.parentElement && getComputedStyle(one.parentElement).clipPath !== "none";
    return tight.filter((one) => !drops(one)).map((one) => one.getAttribute("aria-label") ?? one.outerHTML);
  }, TARGET);

const settled = async () => {
  await page.getByRole("heading").first().waitFor();
  await page.locator("main:not([aria-busy])").first().waitFor();
  await page.waitForLoadState("networkidle");
};

for (const colorScheme of ["dark", "light"] as const) {
  describe(`in ${colorScheme}`, () => {
    beforeAll(() => page.emulateMedia({ colorScheme, reducedMotion: "reduce" }));

    it.each(["/", "/people"])("finds nothing on %s", async (address) => {
      await page.goto(stage.bridge.url + address);
      await settled();
      expect(await findings()).toEqual([]);
    });

    it.each(VIEWS)("finds nothing in %s, whose top bar fits", async (view) => {
      await ada.open(film.canvas, view);
      await settled();
      expect(await findings()).toEqual([]);
      expect(await small()).toEqual([]);
      const bar = page.getByRole("banner");
      expect(await bar.evaluate((one) => one.scrollWidth - one.clientWidth)).toBe(0);
    });

    it.each([
      ["Show the keys", "Keys"],
      ["Show budgets", "Budgets"],
      ["Plan everything that is out of date", /plan|generate/i],
    ] as const)("finds nothing in “%s”", async (verb, name) => {
      await ada.open(film.canvas, "money");
      await palette(page, verb);
      await page.getByRole("dialog", { name }).waitFor();
      await page.waitForLoadState("networkidle");
      expect(await findings()).toEqual([]);
    });

    it.each([
      ["Alt+w", "why it is out of date"],
      ["Alt+c", "comments"],
      ["Alt+m", "models"],
      ["Alt+f", "fan"],
    ])("finds nothing in %s, %s", async (chord) => {
      await ada.open(film.canvas, "graph");
      await ada.graphReady();
      await palette(page, "S01C The stretch: still");
      await page.getByRole("complementary", { name: "Selection" }).getByLabel("Name", { exact: true }).waitFor();
      await page.keyboard.press(chord);
      await page.getByRole("dialog").waitFor();
      await page.waitForLoadState("networkidle");
      expect(await findings()).toEqual([]);
    });

    it("finds nothing in a conflict", async () => {
      await ada.open(film.canvas, "cut");
      await page.getByRole("button", { name: "Compare", exact: true }).click();
      await page.getByRole("article", { name: /^Conflict: SH030/ }).waitFor();
      expect(await findings()).toEqual([]);
    });
  });
}

it("finds nothing for a stranger", async () => {
  const stranger = await stage.stranger();
  for (const address of ["/", "/join", "/join#invite=wrong"]) {
    await stranger.page.goto(stage.bridge.url + address);
    await stranger.page.getByRole("heading").first().waitFor();
    await stranger.page.evaluate(AXE);
    const run = "axe.run(document, { resultTypes: ['violations'] }).then((report) => report.violations)";
    const found = (await stranger.page.evaluate(run)) as Found[];
    expect(found.filter(({ impact }) => impact === "serious" || impact === "critical")).toEqual([]);
  }
  await stranger.leave();
});

it("opens the palette and the keys from the first page, and keeps the theme that was chosen", async () => {
  await page.emulateMedia({ colorScheme: "dark" });
  await page.goto(`${stage.bridge.url}/`);
  await settled();
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keys" }).getByText("Go to or do", { exact: true }).waitFor();
  await page.keyboard.press("Escape");
  await palette(page, "Colours: light");
  const theme = () => page.evaluate(() => document.documentElement.dataset["theme"]);
  await expect.poll(theme).toBe("light");
  await page.reload();
  await settled();
  await expect.poll(theme).toBe("light");
  await palette(page, "Open A morning off");
  await page.getByRole("navigation", { name: "Views" }).waitFor();
});
