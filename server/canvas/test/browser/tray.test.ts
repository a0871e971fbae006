/** The version tray: ten thousand takes, rating, pinning, comparing frame by frame, culling, guides, provenance. */
import { expect, it } from "vitest";
import { openStage, type Person } from "../support/stage";

const stage = await openStage();

interface Take {
  id: string;
  node_id: string;
  seq: number;
  rating: string | null;
  hidden: boolean;
  best: { start: number; end: number } | null;
}
interface Seen {
  nodes: Record<string, { id: string; pin: string | null }>;
  takes: Record<string, Take>;
  wires: Record<string, { take: string | null; dst_node: string }>;
}

/** Where to leave pictures for looking at them; none by default. */
const SHOTS = process.env["TAKEBRIDGE_SHOTS"] ?? "";
const HOSTILE = "<img src=x onerror=alert(1)>";

const ops = (canvas: string, list: object[]) =>
  stage.bridge.api("POST", `/api/canvases/${canvas}/ops`, { op_id: crypto.randomUUID(), author: "Bo", ops: list });

async function seen(canvas: string): Promise<Seen> {
  return (await stage.bridge.api<{ canvas: Seen }>("GET", `/api/canvases/${canvas}`)).canvas;
}

/** A canvas with one shot that has these takes; the last one is pinned. */
async function shotOf(
  title: string,
  takes: readonly object[],
): Promise<{ canvas: string; shot: string; takes: string[] }> {
  const made = await stage.bridge.api<{ canvas: { id: string } }>("POST", "/api/canvases", { title });
  const canvas = made.canvas.id;
  const shot = `shot_${canvas}`;
  const params = { prompt: HOSTILE };
  await ops(canvas, [{ op: "add_node", id: shot, kind: "video", title: HOSTILE, model: "stage/free", params }]);
  const ids: string[] = [];
  for (const take of takes) {
    const { take: id } = await stage.bridge.ask<{ take: string }>("take", { canvas, node: shot, ...take });
    ids.push(id);
  }
  return { canvas, shot, takes: ids };
}

/** What comes to be in a while; a busy machine takes its time. */
const soon = <T>(ask: () => T, interval = 50) => expect.poll(ask, { timeout: 15_000, interval });

const ring = ({ page }: Person) => page.locator("[role=option][data-ring=true]");
const ringed = (one: Person) => ring(one).getAttribute("data-take");
const list = ({ page }: Person) => page.getByRole("listbox", { name: /^Takes, / });
const panes = ({ page }: Person) => page.locator("[data-pane]");
/** Which take is on the screen, pane by pane, once its film stands there. */
const onScreen = ({ page }: Person) =>
  page.locator("[data-film]").evaluateAll((films) => films.map((film) => (film as HTMLElement).dataset["shown"]));

/** A view of takes with the focus on the ring. */
async function tray(one: Person, canvas: string, query = ""): Promise<void> {
  await one.open(canvas, `takes${query}`);
  await ring(one).focus();
}

/** The number burnt into a test card's picture tells frames apart: panes at the same frame look the same. */
const pictures = ({ page }: Person) =>
  page.locator("[data-film]").evaluateAll((films) =>
    films.map((film) => {
      const player = film.querySelector("video");
      if (!player || player.readyState < 2 || player.seeking) return "";
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [48, 27];
      const pen = canvas.getContext("2d");
      pen?.drawImage(player, 0, 0, 48, 27);
      return [...(pen?.getImageData(0, 0, 48, 27).data ?? [])].map((value) => value >> 6).join("");
    }),
  );

it("shows ten thousand takes a few rows at a time; a filter and a scroll leave the ring where it is", async () => {
  const { canvas, takes } = await stage.bridge.ask<{ canvas: string; takes: number }>("canvas_of", {
    nodes: 1000,
    takes: 10,
  });
  expect(takes).toBeGreaterThan(9_800);
  const ada = await stage.owner();
  await tray(ada, canvas, "?sort=shot");
  await list(ada)
    .and(ada.page.getByLabel(`Takes, ${takes}`))
    .waitFor();
  expect(await ada.page.locator("[role=option]").count()).toBeLessThan(150);
  for (const key of ["ArrowRight", "ArrowDown", "ArrowRight"]) await ada.page.keyboard.press(key);
  const before = await ringed(ada);
  await list(ada).hover();
  await ada.page.mouse.wheel(0, 20_000);
  await soon(() => list(ada).evaluate((box) => box.parentElement?.scrollTop)).toBeGreaterThan(10_000);
  expect(await ringed(ada)).toBe(before);
  // Rated, then filtered: it is the one that is left; without the filter it has the ring still.
  await ring(ada).focus();
  await ada.page.keyboard.press("3");
  await ada.page
    .getByRole("search")
    .getByRole("button", { name: /^Keep 1$/ })
    .click();
  await list(ada)
    .and(ada.page.getByLabel("Takes, 1", { exact: true }))
    .waitFor();
  expect(await ringed(ada)).toBe(before);
  await ada.page.getByRole("button", { name: "Clear filters" }).click();
  await list(ada)
    .and(ada.page.getByLabel(`Takes, ${takes}`))
    .waitFor();
  expect(await ringed(ada)).toBe(before);
  expect(ada.complaints).toEqual([]);
  await ada.leave();
});

it("rates, pins and pins another; markup in a name and a prompt is text, also in the provenance", async () => {
  const { canvas, shot, takes } = await shotOf("Rate", [{ clip_id: 1 }, { clip_id: 2 }]);
  const ada = await stage.owner();
  await tray(ada, canvas, "?sort=shot");
  await ada.page.keyboard.press("Home");
  await ada.page.keyboard.press("2");
  await ada.page.keyboard.press("Enter");
  await soon(async () => (await seen(canvas)).nodes[shot]?.pin).toBe(takes[0]);
  expect((await seen(canvas)).takes[takes[0] ?? ""]?.rating).toBe("almost");
  await ada.page.keyboard.press("End");
  await ada.page.keyboard.press("Enter");
  await soon(async () => (await seen(canvas)).nodes[shot]?.pin).toBe(takes[1]);
  await ada.page.locator(`[role=option][data-take="${takes[1]}"]`).getByText("Pinned").first().waitFor();
  await ada.page.keyboard.press("Shift+P");
  const sheet = ada.page.getByRole("dialog", { name: /^Provenance of take 2/ });
  await sheet.getByText(HOSTILE, { exact: true }).first().waitFor();
  await sheet.getByText("Brought in as a file").waitFor();
  await sheet.getByRole("button", { name: "Close" }).last().click();
  expect(await ada.page.locator("img[src=x]").count()).toBe(0);
  expect(ada.complaints).toEqual([]);
  await ada.leave();
});

it("asks calmly when two people pin different takes at once, and loses nothing", async () => {
  const { canvas, shot, takes } = await shotOf("Two", [{ clip_id: 1 }, { clip_id: 2 }, { clip_id: 3 }]);
  const [ada, bob] = [await stage.owner(), await stage.person("editor", "Bob")];
  await bob.page.waitForURL((url) => url.pathname !== "/join");
  bob.forgive(/401/); // asked who they are before they had joined
  for (const one of [ada, bob]) await tray(one, canvas, "?sort=shot");
  // Ada's choice is on its way while Bob's arrives: both were made with take 3 pinned.
  let held = () => {};
  await ada.page.route(
    /\/ops$/,
    async (route) => {
      await new Promise<void>((resolve) => {
        held = resolve;
      });
      await route.continue();
    },
    { times: 1 },
  );
  const sent = ada.page.waitForRequest(/\/ops$/);
  await ada.page.keyboard.press("Home");
  await ada.page.keyboard.press("Enter");
  await sent;
  await bob.page.keyboard.press("Home");
  await bob.page.keyboard.press("ArrowRight");
  await bob.page.keyboard.press("Enter");
  await soon(async () => (await seen(canvas)).nodes[shot]?.pin).toBe(takes[1]);
  held();
  const asked = ada.page.getByRole("alertdialog", { name: "Bob pinned take 2 meanwhile" });
  await asked.waitFor();
  if (SHOTS) await ada.shot(`${SHOTS}/pin.png`);
  expect((await seen(canvas)).nodes[shot]?.pin).toBe(takes[1]);
  await asked.getByRole("button", { name: "Pin take 1 anyway" }).click();
  await soon(async () => (await seen(canvas)).nodes[shot]?.pin).toBe(takes[0]);
  expect(Object.keys((await seen(canvas)).takes)).toHaveLength(3);
  ada.forgive(/409/);
  expect([...ada.complaints, ...bob.complaints]).toEqual([]);
  await Promise.all([ada.leave(), bob.leave()]);
});

it("compares at the same frame, wipes by the keyboard, holds A, and sets the best range", async () => {
  const same = { clip_id: 5, frames: 48 };
  const { canvas, takes } = await shotOf("Compare", [same, same, { clip_id: 6, frames: 48 }]);
  const ada = await stage.owner();
  await tray(ada, canvas, "?sort=shot");
  await ada.page.keyboard.press("Home");
  await ada.page.keyboard.press("Shift+C");
  await ada.page.keyboard.press("ArrowRight");
  await ada.page.keyboard.press("Shift+C");
  await ada.page.keyboard.press("c");
  await soon(() => onScreen(ada)).toEqual([takes[0], takes[1]]);
  const field = ada.page.getByLabel("Timecode or frame");
  await field.fill("f 20");
  await field.press("Enter");
  await ada.page.getByText("f 20 / 48").waitFor();
  const standing = await agreed(ada);
  await ada.page.keyboard.press("ArrowRight");
  await ada.page.getByText("f 21 / 48").waitFor();
  await soon(async () => (await agreed(ada)) !== standing).toBe(true);

  await ada.page.keyboard.press("w");
  const line = ada.page.getByRole("slider", { name: "Wipe between A and B" });
  await line.focus();
  const part = Number(await line.getAttribute("aria-valuenow"));
  await line.press("ArrowLeft");
  await soon(async () => Number(await line.getAttribute("aria-valuenow"))).toBeLessThan(part);
  await line.blur();

  await ada.page.keyboard.press("i");
  await soon(async () => (await seen(canvas)).takes[takes[1] ?? ""]?.best).toEqual({ start: 21, end: 48 });
  await field.fill("f 30");
  await field.press("Enter");
  await ada.page.getByText("f 30 / 48").waitFor();
  await ada.page.keyboard.press("o");
  await soon(async () => (await seen(canvas)).takes[takes[1] ?? ""]?.best).toEqual({ start: 21, end: 31 });

  await ada.page.keyboard.press("h");
  await soon(() => panes(ada).evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset["take"]))).toEqual([
    takes[1],
    takes[2],
  ]);
  await ada.page.getByText("Hold", { exact: true }).waitFor();
  await soon(() => onScreen(ada)).toEqual([takes[1], takes[2]]);
  await ada.page.getByText("f 30 / 48").waitFor();
  expect(ada.complaints).toEqual([]);
  await ada.leave();
});

/** The picture both panes show, once they show the same one. */
async function agreed(one: Person): Promise<string> {
  let picture = "";
  await soon(async () => {
    const [a, b] = await pictures(one);
    picture = a ?? "";
    return picture !== "" && a === b;
  }).toBe(true);
  return picture;
}

it("lays up to four panes out, and says when they differ in rate, length and size", async () => {
  const { canvas, nodes } = await stage.bridge.ask<{ canvas: string; nodes: string[] }>("canvas_of", {
    nodes: 4,
    takes: 3,
    files: 3,
  });
  const shot = nodes[2];
  // The others are 24 frames of 160 × 90 at 24 a second.
  await stage.bridge.ask("take", { canvas, node: shot, clip_id: 2, frames: 60, rate: "30", pin: false });
  const ada = await stage.owner();
  await tray(ada, canvas, `?sort=shot&node=${shot}`);
  await ada.page.keyboard.press("Home");
  for (let pane = 0; pane < 4; pane++) {
    await ada.page.keyboard.press("Shift+C");
    await ada.page.keyboard.press("ArrowRight");
  }
  await ada.page.keyboard.press("c");
  await ada.page.keyboard.press("s");
  await soon(() => panes(ada).count()).toBe(4);
  await soon(async () => (await onScreen(ada)).filter(Boolean).length).toBe(4);
  await ada.page.getByText("24 / 30 fps").first().waitFor();
  await ada.page
    .getByText(/^scaled \d+ %$/)
    .first()
    .waitFor();
  await ada.page.getByRole("button", { name: "Last frame" }).click();
  await ada.page.getByText("held on its last frame").first().waitFor();
  if (SHOTS) await ada.shot(`${SHOTS}/four.png`);
  expect(await ada.page.locator("video").count()).toBeLessThanOrEqual(4);
  expect(ada.complaints).toEqual([]);
  await ada.leave();
});

it("culls a hundred takes by the keyboard; undo brings rating and place back", async () => {
  const { canvas, nodes } = await stage.bridge.ask<{ canvas: string; nodes: string[] }>("canvas_of", {
    nodes: 4,
    takes: 25,
    files: 2,
  });
  expect(nodes).toHaveLength(4);
  const ada = await stage.owner();
  await tray(ada, canvas, "?sort=shot");
  await ada.page.keyboard.press("Home");
  await ada.page.keyboard.press("f");
  const first = await ringed(ada);
  const order: (string | null)[] = [];
  // The last take of each of the four nodes is pinned, and what is pinned is not rejected.
  const keys = Array.from({ length: 100 }, (_, at) => (at % 25 === 24 ? "3" : (["3", "1", "x"][at % 3] ?? "3")));
  for (let at = 0; at < 100; at++) {
    order.push(await ringed(ada));
    await ada.page.keyboard.press(keys[at] ?? "");
    if (at < 99) await soon(() => ringed(ada), 10).not.toBe(order[at]);
  }
  expect(order[0]).toBe(first);
  expect(new Set(order).size).toBe(100);
  await ada.page.getByText("100 of 100 judged").waitFor();
  const { takes } = await seen(canvas);
  expect(order.map((id) => takes[id ?? ""]).map((take) => (take?.hidden ? "x" : take?.rating))).toEqual(
    keys.map((key) => ({ "3": "keep", "1": "dead" })[key] ?? key),
  );
  for (let back = 0; back < 3; back++) {
    const at = 99 - back;
    await ada.page.keyboard.press("Control+z");
    await soon(() => ringed(ada)).toBe(order[at]);
    await soon(async () => {
      const take = (await seen(canvas)).takes[order[at] ?? ""];
      return [take?.rating, take?.hidden];
    }).toEqual([null, false]);
  }
  expect(ada.complaints).toEqual([]);
  await ada.leave();
});

it("uses a take as a guide: the wire carries this very take", async () => {
  const { canvas, shot, takes } = await shotOf("Guide", [{ clip_id: 1 }, { clip_id: 2 }]);
  const upscale = `up_${canvas}`;
  await ops(canvas, [{ op: "add_node", id: upscale, kind: "upscale", title: "Larger", model: "stage/upscale" }]);
  const ada = await stage.owner();
  await tray(ada, canvas, "?sort=shot");
  expect((await seen(canvas)).nodes[shot]?.pin).toBe(takes[1]);
  await ada.page.keyboard.press("Home");
  await ada.page.getByRole("button", { name: "More for this take" }).click();
  await ada.page.getByRole("menuitem", { name: "Use as guide" }).click();
  await ada.page
    .getByRole("dialog")
    .getByRole("button", { name: /^Larger/ })
    .first()
    .click();
  await soon(async () =>
    Object.values((await seen(canvas)).wires).map(({ take, dst_node }) => ({ take, dst_node })),
  ).toEqual([{ take: takes[0], dst_node: upscale }]);
  expect(ada.complaints).toEqual([]);
  await ada.leave();
});
