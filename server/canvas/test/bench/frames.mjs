/** Frames of a page while something is done to it. */

/** Milliseconds until the graph stood, counted from the navigation. */
export async function readyMs(page, url, patience = 60_000) {
  await page.addInitScript(() => {
    new MutationObserver((_, observer) => {
      if (document.querySelector('[data-ready="true"]')) {
        window.benchReady = performance.now();
        observer.disconnect();
      }
    }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-ready"] });
  });
  await page.goto(url);
  await page.waitForFunction(() => window.benchReady !== undefined, undefined, { timeout: patience });
  return page.evaluate(() => window.benchReady);
}

/** Gaps between frames, in ms, while `work` runs. */
export async function framesDuring(page, work) {
  await page.evaluate(() => {
    const frames = [];
    let last = performance.now();
    let on = true;
    const tick = (now) => {
      frames.push(now - last);
      last = now;
      if (on) requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
    window.benchStop = () => {
      on = false;
      return frames.slice(1);
    };
  });
  await work();
  return page.evaluate(() => window.benchStop());
}

export function percentile(values, part) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length ? sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] : Number.NaN;
}

const PANE = ".react-flow__pane";

/** Drag the empty canvas to and fro, a step a frame. */
export async function pan(page, steps = 60) {
  const box = await page.locator(".react-flow").first().boundingBox();
  const at = await emptySpot(page, box);
  const frames = await framesDuring(page, async () => {
    await page.mouse.move(at.x, at.y);
    await page.mouse.down({ button: "middle" });
    for (let step = 1; step <= steps; step++) {
      const turn = Math.sin((step / steps) * Math.PI * 2);
      await page.mouse.move(at.x + turn * 300, at.y + turn * 160);
    }
    await page.mouse.up({ button: "middle" });
  });
  return percentile(frames, 0.95);
}

async function emptySpot(page, box) {
  return page.evaluate(
    ({ box, pane }) => {
      for (let y = box.y + 40; y < box.y + box.height - 40; y += 16) {
        for (let x = box.x + 40; x < box.x + box.width - 40; x += 16) {
          if (document.elementFromPoint(x, y)?.matches(pane)) return { x, y };
        }
      }
      return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    },
    { box, pane: PANE },
  );
}

/** Turn the wheel until everything is in sight; the frames on the way and the one that shows all. */
export async function zoomOut(page, turns = 24) {
  const box = await page.locator(".react-flow").first().boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  const frames = await framesDuring(page, async () => {
    for (let turn = 0; turn < turns; turn++) await page.mouse.wheel(0, 240);
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  });
  return percentile(frames, 0.95);
}
