// How a large tray feels: `node test/bench/web_tray.mjs '{"url", "link", "canvas"}' [NAME]`, with a one-time link of the
// owner. Says when the first tile stood, what filters, scrolling, the ring and flips cost, and where the time went.
import fs from "node:fs";
import { chromium } from "playwright-core";

const asked = JSON.parse(process.argv[2] ?? "{}");
const profile = asked.profile ?? "";
const browser = await chromium.launch({
  executablePath: asked.chromium ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
const context = await browser.newContext({ viewport: { width: 1600, height: 900 }, colorScheme: "dark" });
const page = await context.newPage();
page.on("pageerror", (error) => process.stderr.write(`${error}\n`));
await page.goto(asked.link);
await page.getByRole("heading").first().waitFor();
const cdp = await context.newCDPSession(page);
const figures = {};

await page.addInitScript(() => {
  window.marks_ = {};
  new MutationObserver(() => {
    if (document.querySelector("[data-take]")) window.marks_.tile ??= performance.now();
  }).observe(document, { subtree: true, childList: true });
  // What happens between a key and the frame that shows it.
  window.until_ = (type, done) =>
    new Promise((resolve) => {
      const at = () => {
        const began = performance.now();
        const look = () => {
          if (done()) requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - began)));
          else requestAnimationFrame(look);
        };
        // Before the key's own work is done already: a long task counts.
        look();
      };
      addEventListener(type, at, { capture: true, once: true });
    });
});

/** Give up on a part rather than on all of them. */
process.on("unhandledRejection", (error) => {
  process.stdout.write(`${JSON.stringify(figures)}\n`);
  process.stderr.write(`${error}\n`);
  process.exit(1);
});
setTimeout(
  () => {
    process.stdout.write(`${JSON.stringify(figures)}\n`);
    process.exit(1);
  },
  (asked.seconds ?? 240) * 1000,
).unref();

/** A profile of the page's own time while `work` runs, when asked for. */
async function profiled(name, work) {
  if (!profile) return work();
  await cdp.send("Profiler.enable");
  await cdp.send("Profiler.start");
  const result = await work();
  const { profile: taken } = await cdp.send("Profiler.stop");
  fs.writeFileSync(`${profile}-${name}.cpuprofile`, JSON.stringify(taken));
  summary(name, taken);
  return result;
}

function summary(name, { nodes, samples, timeDeltas }) {
  const self = new Map();
  for (const [index, id] of samples.entries()) self.set(id, (self.get(id) ?? 0) + timeDeltas[index]);
  const total = new Map();
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const label = ({ callFrame: f }) =>
    `${f.functionName || "(anonymous)"} ${f.url.split("/").at(-1)}:${f.lineNumber}:${f.columnNumber}`;
  const walk = (node, above) => {
    const words = label(node);
    const own = (self.get(node.id) ?? 0) / 1000;
    const inside = new Set(above).add(words);
    let sum = own;
    for (const child of node.children ?? []) sum += walk(byId.get(child), inside);
    if (!above.has(words)) total.set(words, (total.get(words) ?? 0) + sum);
    return sum;
  };
  walk(nodes[0], new Set());
  const selves = new Map();
  for (const node of nodes) selves.set(label(node), (selves.get(label(node)) ?? 0) + (self.get(node.id) ?? 0) / 1000);
  const top = (map) =>
    [...map]
      .sort((a, b) => b[1] - a[1])
      .slice(0, 22)
      .map(([words, ms]) => `  ${Math.round(ms)} ms ${words}`)
      .join("\n");
  process.stderr.write(`== ${name}: self\n${top(selves)}\n== ${name}: with what it calls\n${top(total)}\n`);
}

const percentile = (values, part) => {
  const sorted = values.toSorted((a, b) => a - b);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0);
};
const spread = (values) => ({
  p50: percentile(values, 0.5),
  p95: percentile(values, 0.95),
  most: percentile(values, 1),
});

async function until(type, done, act) {
  const wait = page.evaluate(([kind, words]) => window.until_(kind, new Function(`return ${words}`)), [type, done]);
  await page.evaluate(() => undefined);
  await act();
  return wait;
}

// First tile: the server's part by the resource's own times, then reading, then drawing.
await profiled("load", async () => {
  await page.goto(`${asked.url}/c/${asked.canvas}/takes`);
  await page.waitForFunction(() => window.marks_.tile !== undefined, undefined, { timeout: 120_000 });
});
figures.first = await page.evaluate((canvas) => {
  const entry = performance.getEntriesByType("resource").find((one) => one.name.endsWith(`/api/canvases/${canvas}`));
  const round = Math.round;
  return {
    tile: round(window.marks_.tile),
    asked: round(entry.startTime),
    server: round(entry.responseStart - entry.requestStart),
    transfer: round(entry.responseEnd - entry.responseStart),
    bytes: entry.decodedBodySize,
    sent: entry.encodedBodySize,
    after: round(window.marks_.tile - entry.responseEnd),
  };
}, asked.canvas);
await page.waitForLoadState("networkidle");

const chip = page.getByRole("search").getByRole("button", { name: /^Unrated/ });
if (asked.only === undefined || asked.only.includes("filter")) {
  figures.filter = await profiled("filter", async () => {
    const took = [];
    for (let turn = 0; turn < 4; turn++) {
      const want = turn % 2 === 0 ? "true" : "false";
      took.push(
        await until(
          "pointerdown",
          `location.search.includes("rating") === ${want} && document.querySelector("[role=listbox]") !== null && document.querySelector("[data-busy=true]") === null`,
          () => chip.click(),
        ),
      );
    }
    return spread(took);
  });
  figures.typing = await profiled("typing", async () => {
    const field = page.getByLabel("Search shots and prompts");
    await field.focus();
    const took = [];
    for (const [index, letter] of [..."SH_0120"].entries()) {
      const so = "SH_0120".slice(0, index + 1);
      took.push(
        await until("keydown", `document.activeElement.value === ${JSON.stringify(so)}`, () =>
          page.keyboard.press(letter),
        ),
      );
    }
    return spread(took);
  });
  figures.found = await page.evaluate(async () => {
    const began = performance.now();
    while (!/^Takes, \d{1,3}$/.test(document.querySelector("[role=listbox]").ariaLabel))
      await new Promise(requestAnimationFrame);
    return Math.round(performance.now() - began);
  });
  await page.getByRole("button", { name: "Clear filters" }).click();
  await page.getByRole("listbox", { name: /^Takes, \d{4,5}$/ }).waitFor();
}

figures.scroll = await profiled("scroll", async () => {
  await page.mouse.move(400, 500);
  await page.evaluate(() => {
    window.frames_ = [];
    let last = performance.now();
    const tick = (now) => {
      window.frames_.push(now - last);
      last = now;
      if (!window.stop_) requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  });
  for (let turn = 0; turn < 40; turn++) await page.mouse.wheel(0, turn < 30 ? 240 : -240);
  await page.waitForTimeout(300);
  return spread(
    await page.evaluate(() => {
      window.stop_ = true;
      return window.frames_;
    }),
  );
});

await page.locator("[data-ring=true]").focus();
figures.ring = await profiled("ring", async () => {
  const took = [];
  for (let turn = 0; turn < 20; turn++) {
    const now = await page.evaluate(() => document.querySelector("[data-ring=true]").dataset.take);
    took.push(
      await until("keydown", `document.querySelector("[data-ring=true]").dataset.take !== "${now}"`, () =>
        page.keyboard.press(turn % 5 === 4 ? "ArrowDown" : "ArrowRight"),
      ),
    );
  }
  return spread(took);
});
figures.rate = await profiled("rate", async () => {
  const took = [];
  for (let turn = 0; turn < 6; turn++) {
    const want = ["keep", "almost"][turn % 2];
    took.push(
      await until("keydown", `document.querySelector("[data-ring=true]").dataset.rating === "${want}"`, () =>
        page.keyboard.press(turn % 2 ? "2" : "3"),
      ),
    );
  }
  return spread(took);
});

// Flips, one by one as somebody does who looks: the new film's frame on screen.
await page.goto(`${asked.url}/c/${asked.canvas}/takes?q=video&sort=shot`);
await page.locator("[data-ring=true]").waitFor();
await page.locator("[data-ring=true]").focus();
await page.waitForLoadState("networkidle");
await page.waitForTimeout(1500);
await page.keyboard.press("c");
await page.locator("[data-film]").first().waitFor();
await page.waitForTimeout(2500);
figures.flip = await profiled("flip", async () => {
  const took = [];
  for (let turn = 0; turn < 10; turn++) {
    const films = `[...document.querySelectorAll("[data-film]")].at(-1)`;
    const now = await page.evaluate((words) => new Function(`return ${words}.dataset.film`)(), films);
    took.push(
      await until(
        "keydown",
        `${films}.dataset.shown !== "${now}" && ${films}.dataset.film !== "${now}" && ${films}.dataset.shown === ${films}.dataset.film`,
        () => page.keyboard.press("ArrowDown"),
      ),
    );
    await page.waitForTimeout(900);
  }
  return { ...spread(took), all: took.map(Math.round) };
});
await browser.close();
process.stdout.write(`${JSON.stringify(figures)}\n`);
