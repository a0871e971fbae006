/** Scripted editing for a while: what the page holds after each garbage collection. */
import fs from "node:fs";

const EVERY_MS = 20_000;
const WHAT = ["heap", "nodes", "listeners", "files"];

/**
 * `{turns, looks, heap, nodes, listeners, files}`, each of the last four `{first, last, most}`: what the first looks after the
 * first tenth held, what the last one did, and how many per cent above `first` the highest was. The heap is in MB.
 *
 * All are needed: a heap may stay flat while nodes that were taken out of the page are still listened to. `files` are
 * those its process has open (Linux; 0 elsewhere): one for every answer whose body nobody read, 16,384 at most.
 */
export async function flat(context, url, minutes, say) {
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  const machine = await context.browser().newBrowserCDPSession();
  const look = async () => ({ ...(await held(session)), files: await openFiles(machine) });
  page.on("requestfailed", (request) => {
    const why = request.failure()?.errorText ?? "";
    if (why !== "net::ERR_ABORTED") say(`  ${request.method()} ${new URL(request.url()).pathname} was lost: ${why}`);
  });
  await page.goto(url);
  await page.locator('[data-ready="true"]').waitFor();
  const end = Date.now() + minutes * 60_000;
  const looks = [];
  let turns = 0;
  let looked = 0;
  while (Date.now() < end) {
    await edit(page, turns++);
    if (Date.now() - looked > EVERY_MS) {
      looked = Date.now();
      looks.push(await look());
      if (looks.length % 9 === 0) say(`  ${looks.length} looks, ${looks.at(-1).heap.toFixed(1)} MB`);
    }
  }
  looks.push(await look());
  await page.close();
  // The first tenth fills caches: pictures, sheets, compiled code.
  const settled = looks.slice(Math.floor(looks.length / 10));
  return { turns, looks: looks.length, ...Object.fromEntries(WHAT.map((name) => [name, change(settled, name)])) };
}

function change(looks, name) {
  const all = looks.map((one) => one[name]);
  const first = all.slice(0, 3).toSorted((a, b) => a - b)[Math.min(1, all.length - 1)];
  return { first, last: all.at(-1), most: ((Math.max(...all) - first) / first) * 100 };
}

/** What the page holds once everything that can go has gone. */
async function held(session) {
  // What was freed in the first collection may have held what the second one frees.
  for (let turn = 0; turn < 2; turn++) await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  const { nodes, jsEventListeners } = await session.send("Memory.getDOMCounters");
  return { heap: usedSize / 1e6, nodes, listeners: jsEventListeners };
}

/** The files all pages' processes have open. */
async function openFiles(machine) {
  if (!fs.existsSync("/proc/self/fd")) return 0;
  const { processInfo } = await machine.send("SystemInfo.getProcessInfo");
  const pages = processInfo.filter((one) => one.type === "renderer");
  return pages.reduce((sum, { id }) => sum + fs.readdirSync(`/proc/${id}/fd`).length, 0);
}

/** One round of what a person does: add, type, move, select, look at other views, undo. */
async function edit(page, turn) {
  const say = (ops) =>
    page.evaluate(
      async ({ ops, id }) => {
        const headers = { "Content-Type": "application/json", "X-TakeBridge": "1" };
        const body = JSON.stringify({ op_id: crypto.randomUUID(), ops });
        const send = () => fetch(`/api/canvases/${id}/ops`, { method: "POST", body, headers });
        // In half an hour a connection may be lost; the id keeps the edit from being made twice, as the page does it.
        const answer = await send().catch(send);
        const words = await answer.text();
        if (!answer.ok) throw new Error(words);
      },
      { ops, id: new URL(page.url()).pathname.split("/")[2] },
    );
  const id = `bench-${Date.now()}-${turn}`;
  await say([{ op: "add_node", id, kind: "image", title: `Round ${turn}`, x: 40 * (turn % 50), y: 3000 }]);
  await say([{ op: "set_param", node: id, name: "prompt", value: `Words of round ${turn}` }]);
  await say([{ op: "move_node", node: id, x: 20 * (turn % 90), y: 3200 }]);
  await page.keyboard.press("Escape");
  await page.mouse.move(300 + (turn % 400), 300);
  await page.mouse.wheel(0, turn % 2 ? 120 : -120);
  if (turn % 10 === 5) {
    const views = page.getByRole("navigation", { name: "Views" }).getByRole("link");
    await views.nth(1 + (turn % 6)).click();
    await views.nth(0).click();
    await page.locator('[data-ready="true"]').waitFor();
  }
  await say([{ op: "remove_node", node: id }]);
}
