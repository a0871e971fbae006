"use strict";

/**
 * Measures the page in Chromium and prints: how long until it stands, and how 300 takes scroll.
 *     node test/browser/measure.js [runs]
 * Budgets: page ready in 1 s; no frame of a scroll longer than 50 ms (95th percentile). Exits 1 when one is passed.
 */

const { openPanel } = require("./acting.js");
const { harbour, take } = require("./stand_in_bridge.js");

const READY_MS = 1000;
const FRAME_MS = 50;

/** @param {number[]} values @param {number} part */
function quantile(values, part) {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
}

function manyTakes() {
  const facts = harbour();
  facts.canvas.takes = Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`take_${n + 1}`, take(n + 1)]));
  return facts;
}

/** Milliseconds from the page's start: the panel stands, the takes are drawn. */
async function opened(panel) {
  await panel.see("All 300");
  return panel.page.evaluate(() => {
    const { domContentLoadedEventEnd, responseEnd } = performance.getEntriesByType("navigation")[0];
    return { stands: domContentLoadedEventEnd - responseEnd, takes: performance.now() - responseEnd };
  });
}

/** Gaps between frames while the tray scrolls from its first take to its last and back. */
function scrolled(page) {
  return page.evaluate(async () => {
    const room = document.querySelector(".tray-room");
    const end = room.scrollHeight - room.clientHeight;
    const gaps = [];
    const work = [];
    let before = 0;
    for (let n = 0; n <= 240; n += 1) {
      await new Promise((done) =>
        requestAnimationFrame((at) => {
          if (before) {
            gaps.push(at - before);
          }
          before = at;
          const begun = performance.now();
          room.scrollTop = end * (1 - Math.abs(1 - n / 120));
          room.dispatchEvent(new Event("scroll"));
          void room.offsetHeight;
          work.push(performance.now() - begun);
          done();
        }),
      );
    }
    return { gaps, work };
  });
}

async function main() {
  const runs = Number(process.argv[2] || 3);
  let passed = true;
  for (let run = 0; run < runs; run += 1) {
    const ended = [];
    const panel = await openPanel({ after: (work) => ended.push(work) }, { facts: manyTakes() });
    const ready = await opened(panel);
    const { gaps, work } = await scrolled(panel.page);
    const p95 = quantile(gaps, 0.95);
    passed = passed && ready.stands <= READY_MS && p95 <= FRAME_MS;
    const ms = (value) => `${value.toFixed(1)} ms`;
    console.log(
      `page stands ${ms(ready.stands)} · 300 takes drawn ${ms(ready.takes)} · ` +
        `scroll frames: median ${ms(quantile(gaps, 0.5))}, ` +
        `p95 ${ms(p95)}, longest ${ms(Math.max(...gaps))} · own work p95 ${ms(quantile(work, 0.95))} · ` +
        `${await panel.page.locator(".tile").count()} tiles in the page`,
    );
    for (const work of ended) {
      await work();
    }
  }
  process.exit(passed ? 0 : 1);
}

main();
