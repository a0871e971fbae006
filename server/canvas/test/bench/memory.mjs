/** Scripted editing for a while: what the page holds after each garbage collection. */

const EVERY_MS = 20_000;

/** `{first, last, change}`: MB after the first tenth and at the end, and the change between them in per cent. */
export async function flat(context, url, minutes, say) {
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await page.goto(url);
  await page.locator('[data-ready="true"]').waitFor();
  const end = Date.now() + minutes * 60_000;
  const held = [];
  let turn = 0;
  let looked = 0;
  while (Date.now() < end) {
    await edit(page, turn++);
    if (Date.now() - looked > EVERY_MS) {
      looked = Date.now();
      held.push(await heldMb(session));
      if (held.length % 9 === 0) say(`  ${held.length} looks, ${held.at(-1).toFixed(1)} MB`);
    }
  }
  held.push(await heldMb(session));
  await page.close();
  // The first tenth fills caches: pictures, sheets, compiled code.
  const settled = held.slice(Math.floor(held.length / 10));
  const first = settled[0];
  const worst = settled.reduce((far, one) => (Math.abs(one - first) > Math.abs(far - first) ? one : far), first);
  return { turns: turn, first, last: settled.at(-1), worst: ((worst - first) / first) * 100 };
}

async function heldMb(session) {
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  return usedSize / 1e6;
}

/** One round of what a person does: add, type, move, select, look at other views, undo. */
async function edit(page, turn) {
  const say = (ops) =>
    page.evaluate(
      async ({ ops, id }) => {
        const headers = { "Content-Type": "application/json", "X-TakeBridge": "1" };
        const answer = await fetch(`/api/canvases/${id}/ops`, {
          method: "POST",
          body: JSON.stringify({ ops }),
          headers,
        });
        if (!answer.ok) throw new Error(await answer.text());
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
