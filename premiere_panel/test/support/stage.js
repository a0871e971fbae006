"use strict";

/**
 * The real panel page in headless Chromium, in surroundings like UXP's, against a fake Premiere in the page and, when
 * asked for, the real Python bridge.
 *
 *     const stage = await openStage(t, { version: "26.3.0", film, bridge: true });
 *     await stage.page.click("…");              // a Playwright page
 *     await stage.bridge.code();                // see bridge.js
 *     await stage.person("trim", …);            // what a human does in Premiere
 *     assert.deepEqual(stage.complaints, []);   // errors of the page, in the order they came
 *
 * `t` is a test's context (or anything with `after`): everything is closed when it ends.
 */

const fs = require("node:fs");
const path = require("node:path");
const { after } = require("node:test");
const { pathToFileURL } = require("node:url");
const { chromium } = require("playwright-core");
const { startBridge } = require("./bridge.js");
const { install } = require("./surroundings.js");

const PANEL = path.resolve(__dirname, "..", "..");
const PLUGIN = path.join(PANEL, "takebridge_premiere", "plugin");
const FAKE = path.join(PANEL, "fake");
const NARROW = { width: 420, height: 900 };
const WIDE = { width: 900, height: 900 };

/** Where Chromium is: TAKEBRIDGE_CHROMIUM, else Debian's place; null when it is not there. */
function chromiumPath() {
  const named = process.env.TAKEBRIDGE_CHROMIUM || "/usr/bin/chromium";
  return fs.existsSync(named) ? named : null;
}

/** @type {Promise<import("playwright-core").Browser> | null} */
let browser = null;

/** One Chromium for all stages of a test file; it ends with the file's last test. */
function borrowBrowser() {
  browser = browser || chromium.launch({ executablePath: chromiumPath() || undefined, args: ["--no-sandbox"] });
  return browser;
}

after(async () => {
  if (browser) {
    await (await browser).close();
  }
});

/** Every script and JSON file below a folder, by `prefix/path`. */
function sourcesOf(folder, prefix) {
  const found = {};
  for (const entry of fs.existsSync(folder) ? fs.readdirSync(folder, { withFileTypes: true }) : []) {
    const name = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      Object.assign(found, sourcesOf(name, `${prefix}/${entry.name}`));
    } else if (/\.(js|json)$/.test(entry.name)) {
      found[`${prefix}/${entry.name}`] = fs.readFileSync(name, "utf8");
    }
  }
  return found;
}

class Stage {
  constructor(context, page, bridge) {
    this.context = context;
    this.page = page;
    this.bridge = bridge;
    /** Errors of the page: thrown, rejected, or logged as such. @type {string[]} */
    this.complaints = [];
    page.on("pageerror", (error) => this.complaints.push(String(error.stack || error)));
    page.on("console", (message) => {
      if (message.type() === "error") {
        this.complaints.push(message.text());
      }
    });
  }

  /** The fake's true state, as plain JSON. */
  world() {
    return this.page.evaluate(() => {
      const plain = (key, value) => (typeof value === "bigint" ? String(value) : value);
      return JSON.parse(JSON.stringify(window.takebridgeStage.host.world, plain));
    });
  }

  /** What a human does in Premiere (fake/premiere.js, `person`). */
  person(act, ...args) {
    return this.page.evaluate(([name, given]) => window.takebridgeStage.host.person[name](...given), [act, args]);
  }

  /** Close and open the panel as Premiere does when its tab is put away: a new root node each time. */
  reopen() {
    return this.page.evaluate(() => {
      const stage = window.takebridgeStage;
      const root = document.createElement("div");
      root.style.height = "100vh";
      document.body.appendChild(root);
      for (const panel of Object.values(stage.entrypoints.panels)) {
        panel.hide?.(stage.root);
        panel.show?.(root);
      }
      stage.root = root;
    });
  }

  /** Load the page again, as Premiere does when it starts: storage stays, everything else is new. */
  async reload() {
    await this.page.reload();
  }

  /** A picture of the page in its present size; `file` is absolute. */
  async shot(file) {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    await this.page.screenshot({ path: file });
    return file;
  }

  /** Pictures at 420x900 and 900x900 beside each other: NAME-420.png, NAME-900.png in `folder`. */
  async shots(folder, name) {
    for (const size of [NARROW, WIDE]) {
      await this.page.setViewportSize(size);
      await this.shot(path.join(folder, `${name}-${size.width}.png`));
    }
    await this.page.setViewportSize(NARROW);
  }

  async close() {
    await this.context.close();
    if (this.bridge && this.ownsBridge) {
      await this.bridge.close();
    }
  }
}

/**
 * Open the panel. `film` and `premiere` go to fake/premiere.js (`premiere`: latencyMs, lanes, …), `storage` into
 * localStorage before the first script, `plugin` is another plugin folder than ours (for what must go wrong).
 * @param {{after: (work: () => Promise<void>) => void} | null} t
 * @param {{
 *   version?: string, film?: object, premiere?: object, storage?: {[key: string]: string},
 *   size?: {width: number, height: number}, colorScheme?: "dark" | "light",
 *   bridge?: boolean | object, home?: string, plugin?: string,
 *   prepare?: (page: import("playwright-core").Page) => Promise<unknown>,
 * }} [options]
 * @returns {Promise<Stage>}
 */
async function openStage(t, options = {}) {
  const own = options.bridge === true;
  const bridge = own ? await startBridge({ home: options.home }) : options.bridge || null;
  const context = await (await borrowBrowser()).newContext({
    viewport: options.size || NARROW,
    deviceScaleFactor: 2,
    colorScheme: options.colorScheme || "dark",
  });
  const page = await context.newPage();
  const stage = Object.assign(new Stage(context, page, bridge), { ownsBridge: own });
  if (t) {
    t.after(() => stage.close());
  }
  const plugin = options.plugin || PLUGIN;
  await page.exposeFunction("takebridgeProbe", (file) => (bridge ? bridge.ask("probe", { path: file }) : null));
  await page.addInitScript(install, {
    sources: { ...sourcesOf(plugin, "plugin"), ...sourcesOf(FAKE, "fake") },
    version: options.version || "26.3.0",
    film: options.film || emptyFilm(),
    options: options.premiere || {},
    storage: options.storage || {},
  });
  if (options.prepare) {
    await options.prepare(page);
  }
  await page.goto(pathToFileURL(path.join(plugin, "index.html")).href);
  return stage;
}

/** A project with a sequence and nothing on it. */
function emptyFilm() {
  return {
    project: "Test film",
    name: "Cut 1",
    rate: "24000/1001",
    dropFrame: false,
    start: "01:00:00:00",
    width: 1920,
    height: 1080,
    tracks: { video: [[]], audio: [[]] },
    markers: [],
  };
}

module.exports = { openStage, startBridge, chromiumPath, emptyFilm, NARROW, WIDE };
