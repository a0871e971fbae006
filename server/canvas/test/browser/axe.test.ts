/** axe-core over every view, dialog, menu and trouble, in both themes: it finds nothing, and nothing is cut off. */
import fs from "node:fs";
import path from "node:path";
import type { Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { type Film, makeFilm, withCut, withJobs } from "../support/film";
import { card, column, palette, photographFailures } from "../support/hands";
import { openStage } from "../support/stage";

const AXE = fs.readFileSync(
  path.resolve(import.meta.dirname, "..", "..", "node_modules", "axe-core", "axe.min.js"),
  "utf8",
);
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/** Targets at least this wide and high (WCAG 2.5.8). */
const TARGET = 24;

const stage = await openStage();
photographFailures(stage);
const ada = await stage.owner({ viewport: { width: 1280, height: 720 } });
const { page } = ada;
let film: Film;
let bare = "";

beforeAll(async () => {
  film = await makeFilm(stage.bridge);
  await withJobs(film);
  await withCut(film);
  const made = await stage.bridge.api<{ canvas: { id: string } }>("POST", "/api/canvases", { title: "Empty" });
  bare = made.canvas.id;
}, 240_000);

interface Found {
  id: string;
  nodes: { target: string[]; html: string; failureSummary: string }[];
}

/** What axe finds on a page, in words; `rules` alone when they are named. */
async function findings(at: Page, rules?: readonly string[]): Promise<string[]> {
  // The page's own policy lets no script in but its own; the tool is put in by the browser's debugger.
  await at.evaluate(AXE);
  // Beside the dialog of a popover stands the button by which screen readers leave it (React Aria): in no landmark.
  const popover = (await at.locator('[data-trigger="DialogTrigger"]').count()) > 0;
  const asked = { resultTypes: ["violations"], runOnly: rules ?? TAGS, rules: { region: { enabled: !popover } } };
  const violations = await at.evaluate((options) => {
    type Axe = { run(where: Document, how: object): Promise<{ violations: Found[] }> };
    return (window as unknown as { axe: Axe }).axe.run(document, options).then((report) => report.violations);
  }, asked);
  return violations.flatMap(({ id, nodes }) =>
    nodes
      // An item of a list is called by its title; the quieter line describes it and is no part of the name.
      .filter(({ html }) => id !== "label-content-name-mismatch" || !/^<[^>]*aria-describedby/.test(html))
      .map((node) => `${id}: ${node.target.join(" ")} ${node.failureSummary}`),
  );
}

/** The same in both themes: everything in the dark, colours in the light as well. */
async function inBothThemes(at = page): Promise<string[]> {
  await at.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
  const dark = await findings(at);
  await at.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  const light = await findings(at, ["color-contrast", "link-in-text-block"]);
  return [...dark.map((words) => `dark ${words}`), ...light.map((words) => `light ${words}`)];
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

const settled = async (at = page) => {
  await at.getByRole("heading").first().waitFor();
  await at.locator("main:not([aria-busy])").first().waitFor();
  await at.waitForLoadState("networkidle");
};

const VIEWS = ["graph", "takes", "cut", "board", "shots", "references", "money"];

describe("every view", () => {
  it.each(VIEWS)("%s, whose top bar fits", async (view) => {
    await ada.open(film.canvas, view);
    await settled();
    expect(await inBothThemes()).toEqual([]);
    expect(await small()).toEqual([]);
    const bar = page.getByRole("banner");
    expect(await bar.evaluate((one) => one.scrollWidth - one.clientWidth)).toBe(0);
  });

  it.each(VIEWS)("%s of an empty canvas", async (view) => {
    await ada.open(bare, view);
    await settled();
    expect(await inBothThemes()).toEqual([]);
  });

  it.each(["/", "/people"])("%s", async (address) => {
    await page.goto(stage.bridge.url + address);
    await settled();
    expect(await inBothThemes()).toEqual([]);
  });
});

type Steps = () => Promise<unknown>;
const at = (view: string) => () => ada.open(film.canvas, view);
const outside = (address: string) => () => page.goto(stage.bridge.url + address);
const node = async () => {
  await ada.open(film.canvas, "graph");
  await ada.graphReady();
  await palette(page, "S01C The stretch: still");
  await column(page).getByLabel("Name", { exact: true }).waitFor();
};
const verb = (words: string) => () => palette(page, words);
const key = (chord: string) => () => page.keyboard.press(chord);
const button = (name: string | RegExp) => () => page.getByRole("button", { name }).first().click();

/** Where one begins, what opens it, and the role of what is then there. */
const OPENED: Readonly<
  Record<string, readonly [Steps, Steps, "dialog" | "alertdialog" | "menu" | "listbox" | "tree"]>
> = {
  "the palette": [at("money"), key("Control+k"), "dialog"],
  "the keys": [at("money"), key("?"), "dialog"],
  budgets: [at("money"), verb("Show budgets"), "dialog"],
  "the plan": [at("money"), verb("Plan everything that is out of date"), "dialog"],
  "a list to choose from": [at("money"), button(/When/), "listbox"],
  "what is spent today": [at("money"), button(/^Money|Today/), "dialog"],
  "the editors": [at("money"), button(/Resolve/), "dialog"],
  oneself: [at("money"), button(/, owner$/), "menu"],
  "a question": [outside("/people"), button(/^Sign out/), "alertdialog"],
  "why it is out of date": [node, key("Alt+w"), "dialog"],
  comments: [node, key("Alt+c"), "dialog"],
  models: [node, key("Alt+m"), "dialog"],
  "several models": [node, key("Alt+f"), "dialog"],
  wires: [node, key("Shift+W"), "dialog"],
  "the menu of a node": [node, () => card(page, "S01C The stretch: still").click({ button: "right" }), "menu"],
  "what arranges": [at("graph"), button("Arrange"), "menu"],
  "the outline": [at("graph"), key("Shift+O"), "tree"],
  "kinds of nodes": [at("graph"), button("Add"), "dialog"],
  templates: [at("graph"), button("Templates"), "dialog"],
  uploads: [at("references"), button("Bring in files"), "dialog"],
  "uses of a reference": [at("references"), button(/^Use in/), "dialog"],
  provenance: [at("takes"), key("Shift+P"), "dialog"],
  "a filter of takes": [at("takes"), button("Model"), "dialog"],
  "the push of clips": [at("cut"), button(/^Push clip/), "dialog"],
  "the filling of gaps": [at("cut"), button(/^Fill gap/), "dialog"],
  "new takes for the timeline": [at("cut"), button(/^Put 1 new take/), "dialog"],
  "the storyboard on paper": [at("board"), button("Export PDF"), "dialog"],
  "columns of the shots": [at("shots"), button("Columns"), "dialog"],
  "a new canvas": [outside("/"), button("New canvas"), "dialog"],
  "a canvas from a template": [outside("/"), button("From a template"), "dialog"],
  "a canvas from a file": [outside("/"), button("From a graph file"), "dialog"],
};

describe("what opens", () => {
  it.each(Object.entries(OPENED))("%s", async (_, [begin, open, role]) => {
    await begin();
    await settled();
    await open();
    await page.getByRole(role).last().waitFor();
    await page.waitForLoadState("networkidle");
    expect(await inBothThemes()).toEqual([]);
  });

  it.each([
    ["the comparison", "c", "Side by side"],
    ["the cull", "f", "Done"],
    ["the contact sheet", "n", "Contact sheet"],
  ])("%s of takes", async (_, chord, there) => {
    await ada.open(film.canvas, "takes");
    await settled();
    await page.getByRole("option").first().waitFor();
    await page.keyboard.press(chord);
    await page.getByRole("button", { name: there, exact: true }).waitFor();
    expect(await inBothThemes()).toEqual([]);
  });

  it("the queue and a toast", async () => {
    await ada.open(film.canvas, "graph");
    await ada.graphReady();
    await palette(page, "Script");
    await page.keyboard.press("Delete");
    await page.getByText("Deleted 1 node. Takes are kept.").first().waitFor();
    await page.getByRole("button", { name: /^Queue/ }).click();
    await page.getByRole("heading", { name: /^Failed/ }).waitFor();
    expect(await inBothThemes()).toEqual([]);
    await page.getByRole("button", { name: "Undo", exact: true }).last().click();
    await page.getByRole("button", { name: /^Queue/ }).click();
  });

  it("a conflict", async () => {
    await ada.open(film.canvas, "cut");
    await page.getByRole("button", { name: "Compare", exact: true }).click();
    await page.getByRole("article", { name: /^Conflict: SH030/ }).waitFor();
    expect(await inBothThemes()).toEqual([]);
  });
});

describe("trouble", () => {
  it.each(["/", "/join", "/join#invite=wrong"])("a stranger at %s", async (address) => {
    const stranger = await stage.stranger();
    await stranger.page.goto(stage.bridge.url + address);
    await stranger.page.getByRole("heading").first().waitFor();
    await stranger.page.waitForLoadState("networkidle");
    expect(await inBothThemes(stranger.page)).toEqual([]);
    await stranger.leave();
  });

  it.each([
    ["a canvas that is not there", "/c/none/graph"],
    ["a page that is not there", "/nowhere"],
  ])("%s", async (_, address) => {
    await page.goto(`${stage.bridge.url}/`);
    await settled();
    // Within the page: the bridge itself has no such address.
    await page.evaluate((to) => {
      history.pushState(null, "", to);
      dispatchEvent(new PopStateEvent("popstate"));
    }, address);
    await page.getByRole("button", { name: "All canvases" }).waitFor();
    expect(await inBothThemes()).toEqual([]);
  });

  it("a viewer, who may change nothing", async () => {
    const vera = await stage.person("viewer", "Vera");
    for (const view of ["graph", "cut", "board"]) {
      await vera.open(film.canvas, view);
      await settled(vera.page);
      expect(await inBothThemes(vera.page)).toEqual([]);
    }
    await vera.leave();
  });

  it("a part of the page that is not served any more", async () => {
    const late = await stage.owner();
    await late.page.route(/\/assets\/MoneyView.*\.js/, (route) => route.abort());
    await late.page.goto(`${stage.bridge.url}/c/${film.canvas}/money`);
    await late.page.getByRole("button", { name: "Reload" }).waitFor();
    expect(await inBothThemes(late.page)).toEqual([]);
    await late.leave();
  });

  it("a bridge that has gone, and a refusal", async () => {
    await ada.open(film.canvas, "graph");
    await ada.graphReady();
    await palette(page, "S01C The stretch: still");
    await stage.bridge.ask("kill");
    await page.getByText("Bridge not heard; this page goes on by itself").waitFor();
    await page.keyboard.press("Shift+L");
    await page.getByText("The bridge does not answer.").first().waitFor();
    expect(await inBothThemes()).toEqual([]);
    Object.assign(stage.bridge, await stage.bridge.ask<object>("start"));
  }, 120_000);
});

it("opens the palette and the keys from the first page, and keeps the theme that was chosen", async () => {
  const { page: own, ...eve } = await stage.owner();
  await own.keyboard.press("?");
  await own.getByRole("dialog", { name: "Keys" }).getByText("Go to or do", { exact: true }).waitFor();
  await own.keyboard.press("Escape");
  await palette(own, "Colours: light");
  const theme = () => own.evaluate(() => document.documentElement.dataset["theme"]);
  await expect.poll(theme).toBe("light");
  await own.reload();
  await settled(own);
  await expect.poll(theme).toBe("light");
  await palette(own, "Open A morning off");
  await own.getByRole("navigation", { name: "Views" }).waitFor();
  await eve.context.close();
});
