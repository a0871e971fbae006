// How a large graph feels: `node test/bench/web_graph.mjs ADDRESS [NAME]`, with the address of a canvas page that needs
// no sign-in (a preview in front of a bridge). Says when it was ready, and the frames of panning and of zooming out.
import { chromium } from "playwright-core";

const [address = "", name = "graph"] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
const page = await browser.newPage({ viewport: { width: 1600, height: 900 } });
await page.addInitScript(() => {
  window.frames_ = [];
  let last = 0;
  const tick = (now) => {
    if (last) window.frames_.push(now - last);
    last = now;
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
  new MutationObserver((_, watch) => {
    if (!document.querySelector("[data-view=graph][data-ready]")) return;
    window.readyAt_ = performance.now();
    watch.disconnect();
  }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-ready"] });
});

const at = (list, part) =>
  list.toSorted((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * part))] ?? 0;
async function frames(work) {
  await page.evaluate(() => {
    window.frames_ = [];
  });
  await work();
  await page.waitForTimeout(250);
  const list = await page.evaluate(() => window.frames_);
  return {
    frames: list.length,
    p50: Math.round(at(list, 0.5)),
    p95: Math.round(at(list, 0.95)),
    most: Math.round(at(list, 1)),
  };
}
async function pan(from) {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  for (let step = 0; step < 60; step++) {
    await page.mouse.move(from.x - step * 8, from.y - step * 4);
    await page.waitForTimeout(16);
  }
  // Back again: what follows begins where this began.
  for (let step = 60; step >= 0; step--) await page.mouse.move(from.x - step * 8, from.y - step * 4);
  await page.mouse.up();
}
async function wheel(delta, steps) {
  await page.mouse.move(560, 460);
  for (let step = 0; step < steps; step++) {
    await page.mouse.wheel(0, delta);
    await page.waitForTimeout(16);
  }
}

const settle = () => page.waitForTimeout(800);
await page.goto(address);
await page.waitForFunction(() => window.readyAt_, null, { timeout: 60_000 });
const ready = Math.round(await page.evaluate(() => window.readyAt_));
await settle();
const said = { name, ready };
said.panFar = await frames(() => pan({ x: 30, y: 700 }));
said.zoomIn = await frames(() => wheel(-120, 17));
await settle();
said.mounted = await page.locator(".react-flow__node").count();
/** Where nothing stands: a pan that begins on a card would drag it. */
const free = await page.evaluate(() => {
  for (let y = 120; y < 800; y += 10) {
    for (let x = 20; x < 1000; x += 10) {
      if (document.elementFromPoint(x, y)?.classList.contains("react-flow__pane")) return { x, y };
    }
  }
  return { x: 20, y: 120 };
});
said.panNear = await frames(() => pan(free));
said.zoomOut = await frames(() => wheel(120, 40));
console.log(JSON.stringify(said));
await browser.close();
