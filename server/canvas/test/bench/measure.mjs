/**
 * What the canvas page costs in headless Chromium: node test/bench/measure.mjs '{"url", "link", "canvases": {"1000": id,
 * "3000": id}, "bare": url|null, "chromium", "minutes": 30}'. One JSON line of figures on standard output.
 */
import { createRequire } from "node:module";
import { chromium } from "playwright-core";
import { findings } from "./axe.mjs";
import { pan, percentile, readyMs, zoomOut } from "./frames.mjs";
import { flat } from "./memory.mjs";

const asked = JSON.parse(process.argv[2] ?? "{}");
const SIZE = { width: 1600, height: 900 };
const TRIES = 3;
const require = createRequire(import.meta.url);
const browser = await chromium.launch({
  executablePath: asked.chromium,
  args: ["--no-sandbox", "--js-flags=--expose-gc"],
});
const say = (words) => process.stderr.write(`${words}\n`);

const signedIn = await browser.newContext({ viewport: SIZE });
const door = await signedIn.newPage();
await door.goto(asked.link);
await door.getByRole("heading").first().waitFor();
await door.close();
const figures = {};
try {
  for (const [count, canvas] of Object.entries(asked.canvases)) {
    say(`${count} nodes`);
    figures[count] = await best(async () => {
      const page = await signedIn.newPage();
      const ready = await readyMs(page, `${asked.url}/c/${canvas}/graph`);
      await page.keyboard.press("Escape");
      const panned = await pan(page);
      const zoomed = await zoomOut(page);
      const all = await pan(page);
      await page.close();
      return { ready, pan: panned, zoom: zoomed, panAll: all };
    });
  }
  for (const [count, url] of Object.entries(asked.bare ?? {})) {
    say(`bare React Flow, ${count} nodes`);
    const context = await browser.newContext({ viewport: SIZE });
    figures[`bare ${count}`] = await best(async () => {
      const page = await context.newPage();
      const ready = await readyMs(page, url);
      const panned = await pan(page);
      const zoomed = await zoomOut(page);
      await page.close();
      return { ready, pan: panned, zoom: zoomed };
    });
    await context.close();
  }
  const first = Object.values(asked.canvases)[0];
  say("first view");
  figures.firstView = await firstView(first);
  say("op to the second browser");
  figures.echo = await echo(first);
  say("axe");
  figures.axe = await findings(signedIn, asked.url, asked.film ?? first, require.resolve("axe-core/axe.min.js"));
  say(`memory, ${asked.minutes} min of editing`);
  figures.memory = await flat(signedIn, `${asked.url}/c/${asked.film ?? first}/graph`, asked.minutes, say);
} finally {
  await browser.close();
}
process.stdout.write(`${JSON.stringify(figures)}\n`);

/** The quickest of a few: the machine may be busy with something else for a moment. */
async function best(once) {
  const all = [];
  for (let turn = 0; turn < TRIES; turn++) all.push(await once());
  return Object.fromEntries(Object.keys(all[0]).map((name) => [name, Math.min(...all.map((one) => one[name]))]));
}

/** Scripts and styles a first visit to the graph loads: their addresses, for the bench to weigh. */
async function firstView(canvas) {
  const page = await signedIn.newPage();
  const loaded = new Set();
  page.on("response", (response) => {
    const { pathname } = new URL(response.url());
    if (pathname.startsWith("/assets/")) loaded.add(pathname);
  });
  await readyMs(page, `${asked.url}/c/${canvas}/graph`);
  await page.waitForLoadState("networkidle");
  await page.close();
  return [...loaded];
}

/** Milliseconds from sending an op in one browser to its text on the screen of another. */
async function echo(canvas) {
  const other = await browser.newContext({ viewport: SIZE, storageState: await signedIn.storageState() });
  const [from, to] = [await signedIn.newPage(), await other.newPage()];
  for (const page of [from, to]) await readyMs(page, `${asked.url}/c/${canvas}/graph`);
  const took = [];
  for (let turn = 0; turn < 40; turn++) {
    const title = `Echo ${turn}`;
    const seen = to.evaluate(
      (words) =>
        new Promise((resolve) => {
          const look = () => {
            if (document.title.startsWith(words)) {
              requestAnimationFrame(() => resolve(performance.timeOrigin + performance.now()));
              observer.disconnect();
            }
          };
          const observer = new MutationObserver(look);
          observer.observe(document.head, { subtree: true, childList: true, characterData: true });
        }),
      title,
    );
    await to.evaluate(() => undefined);
    const sent = await from.evaluate(
      async ({ canvas, title }) => {
        const at = performance.timeOrigin + performance.now();
        const body = JSON.stringify({ author: "", ops: [{ op: "set_canvas_title", title }] });
        const headers = { "Content-Type": "application/json", "X-TakeBridge": "1" };
        await fetch(`/api/canvases/${canvas}/ops`, { method: "POST", body: body.replace('"author":"",', ""), headers });
        return at;
      },
      { canvas, title },
    );
    took.push((await seen) - sent);
  }
  await from.close();
  await other.close();
  return { p50: percentile(took, 0.5), p95: percentile(took, 0.95) };
}
