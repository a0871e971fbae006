/** What goes wrong around a page: reloads, a bridge that dies, slow lines, old tabs, hostile words, other pages. */
import http from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, expect, it } from "vitest";
import { add, card, column, palette, photographFailures, stateOf } from "../support/hands";
import { openStage, type Person } from "../support/stage";

const stage = await openStage();
photographFailures(stage);
const ada = await stage.owner();
const { page } = ada;
/** Milliseconds for tests that start the bridge again. */
const RESTART_MS = 120_000;

type Nodes = Record<string, { title: string; pin: string | null }>;

async function canvasOf(title: string, nodes: readonly object[]): Promise<string> {
  const made = await stage.bridge.api<{ canvas: { id: string } }>("POST", "/api/canvases", { title });
  const ops = nodes.map((node) => ({ op: "add_node", kind: "image", model: "stage/image", ...node }));
  if (ops.length)
    await stage.bridge.api("POST", `/api/canvases/${made.canvas.id}/ops`, { op_id: crypto.randomUUID(), ops });
  return made.canvas.id;
}

const nodesOf = async (canvas: string): Promise<Nodes> =>
  (await stage.bridge.api<{ canvas: { nodes: Nodes } }>("GET", `/api/canvases/${canvas}`)).canvas.nodes;

const away = ({ page: seen }: Person) => seen.getByText("Bridge not heard; this page goes on by itself");
const queue = page.getByRole("button", { name: /^Queue/ });

async function show(canvas: string, title: string): Promise<void> {
  await ada.open(canvas);
  await ada.graphReady();
  await card(page, title).click({ position: { x: 60, y: 12 } });
  await column(page).getByLabel("Name", { exact: true }).waitFor();
}

async function generate(): Promise<void> {
  await palette(page, "Plan everything that is out of date");
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /^Generate 1 take/ })
    .click();
  await page.getByText("Started: 1 take.").waitFor();
}

it("finds a run again after a reload in the middle of it", async () => {
  const canvas = await canvasOf("Reload", [{ id: "reload", title: "Deck", params: { prompt: "Sea" } }]);
  await stage.bridge.ask("provider", { next: [{ work_ms: 6000, cost: 20_000 }] });
  await show(canvas, "Deck");
  await generate();
  await queue.filter({ hasText: /in progress|running/i }).waitFor();
  await page.reload();
  await queue.filter({ hasText: /in progress|running/i }).waitFor();
  await expect.poll(() => stateOf(page, "Deck")).toBe("fresh");
  expect(await stage.bridge.ask("books")).toHaveLength(1);
  expect(ada.complaints).toEqual([]);
});

it(
  "goes on by itself after the bridge was killed, with the run it had begun, and says what became of an edit",
  async () => {
    const canvas = await canvasOf("Killed", [{ id: "killed", title: "Deck", params: { prompt: "Sea" } }]);
    await stage.bridge.ask("provider", { next: [{ work_ms: 3000, cost: 20_000 }] });
    await show(canvas, "Deck");
    await generate();
    await queue.filter({ hasText: /in progress|running/i }).waitFor();
    await stage.bridge.ask("kill");
    await away(ada).waitFor();
    // What is typed while nobody listens is said to have failed, and stays where it is.
    const prompt = column(page).getByLabel("Prompt", { exact: true });
    await prompt.fill("Sea, at night");
    await prompt.press("Control+Enter");
    await page.getByText("The bridge does not answer.").first().waitFor();
    expect(await prompt.inputValue()).toBe("Sea, at night");
    Object.assign(stage.bridge, await stage.bridge.ask<object>("start"));
    await away(ada).waitFor({ state: "detached" });
    await expect.poll(() => stateOf(page, "Deck")).toBe("fresh");
    expect(await prompt.inputValue()).toBe("Sea, at night");
    await prompt.press("Control+Enter");
    await expect.poll(() => stateOf(page, "Deck")).toBe("stale");
    // Once, and not once more for the restart.
    expect((await stage.bridge.ask<unknown[]>("books")).length).toBe(2);
    ada.forgive(/net::ERR_|WebSocket/); // while nobody was there
    expect(ada.complaints).toEqual([]);
  },
  RESTART_MS,
);

it("sends an edit once when the answer to it was lost", async () => {
  const canvas = await canvasOf("Lost", []);
  await ada.open(canvas);
  await ada.graphReady();
  let lost = 0;
  await page.route("**/ops", async (route) => {
    if (lost++ > 0) return route.continue();
    await route.fetch();
    return route.abort("connectionreset");
  });
  await add(ada, "Image", "Deck");
  await page.unroute("**/ops");
  expect(lost).toBeGreaterThan(1);
  expect(Object.values(await nodesOf(canvas)).map((one) => one.title)).toEqual(["Deck"]);
  ada.forgive(/ERR_CONNECTION_RESET/);
  expect(ada.complaints).toEqual([]);
});

it("stays usable on a slow line and says how far it is", async () => {
  const canvas = await canvasOf("Slow", [{ id: "slow", title: "Deck" }]);
  const big = await stage.bridge.ask<string>("still", { name: "big.png", number: 3, width: 1600, height: 900 });
  const slow = await stage.owner();
  const line = await slow.context.newCDPSession(slow.page);
  await line.send("Network.enable");
  await line.send("Network.setCacheDisabled", { cacheDisabled: true }); // as at the first visit
  const conditions = { offline: false, latency: 300, downloadThroughput: 120_000, uploadThroughput: 30_000 };
  await line.send("Network.emulateNetworkConditions", conditions);
  await slow.page.goto(`${stage.bridge.url}/c/${canvas}/graph`, { waitUntil: "commit" });
  await slow.page.getByRole("status", { name: "Loading" }).waitFor();
  await slow.graphReady();
  await add(slow, "Image", "Quay");
  await slow.page.getByRole("button", { name: "Bring in references" }).click();
  const chooser = slow.page.waitForEvent("filechooser");
  await slow.page.getByRole("button", { name: "Choose files" }).click();
  await (await chooser).setFiles(big);
  await slow.page.getByRole("dialog").getByRole("button", { name: "Bring in", exact: true }).click();
  await slow.page.getByRole("progressbar", { name: "Upload of big.png" }).waitFor();
  // The rest of the page is not held up by what is on its way.
  await slow.page.getByRole("dialog").getByRole("button", { name: "Close" }).last().click();
  await card(slow.page, "Quay").click({ position: { x: 60, y: 12 } });
  await column(slow.page).getByLabel("Prompt", { exact: true }).fill("A quay");
  await column(slow.page).getByLabel("Prompt", { exact: true }).press("Control+Enter");
  await card(slow.page, "big").waitFor();
  expect(slow.complaints).toEqual([]);
  await slow.leave();
});

it("says that a key is missing, a model is gone, a budget is reached, and what to do about each", async () => {
  const prompt = { prompt: "Sea" };
  const canvas = await canvasOf("States", [
    { id: "nokey", title: "No key", model: "google/nano-banana-pro", params: prompt, x: 0 },
    { id: "gone", title: "Gone", model: "openai/dall-e-3", params: prompt, x: 460 },
    { id: "dear", title: "Dear", model: "stage/image", params: prompt, x: 920 },
  ]);
  await show(canvas, "No key");
  await column(page).getByText("There is no key for Google.").first().waitFor();
  await column(page).getByText("takebridge keys set google").waitFor();
  expect(await column(page).getByRole("button", { name: "Generate first take" }).isDisabled()).toBe(true);
  await card(page, "Gone").click({ position: { x: 60, y: 12 } });
  await column(page)
    .getByText(/openai\/dall-e-3 is retired since .*Follows:/)
    .waitFor();
  await card(page, "Dear").click({ position: { x: 60, y: 12 } });
  const cap = { scope: "day", currency: "USD", limit_micros: 1 };
  await stage.bridge.api("PUT", "/api/ledger/caps", cap);
  await column(page)
    .getByRole("button", { name: /^Generate first take/ })
    .click();
  const plan = page.getByRole("dialog");
  expect(await plan.getByRole("button", { name: /^Over today’s budget/ }).isDisabled()).toBe(true);
  await plan.getByRole("button", { name: "Change budget" }).waitFor();
  await page.keyboard.press("Control+Enter");
  await page.keyboard.press("Escape");
  await stage.bridge.api("POST", "/api/ledger/caps/remove", { ...cap, limit_micros: 0 });
  expect(await stage.bridge.api("GET", `/api/jobs?canvas_id=${canvas}`)).toEqual([]);
  expect(ada.complaints).toEqual([]);
});

it(
  "tells a tab from before an update so, and offers to reload when a part of the page is gone",
  async () => {
    const canvas = await canvasOf("Updated", []);
    await ada.open(canvas);
    await ada.graphReady();
    const later = async (route: import("playwright-core").Route) => {
      const answer = await route.fetch().catch(() => null);
      if (!answer) return route.abort("connectionrefused"); // the bridge is not back yet
      return route.fulfill({ response: answer, json: { ...(await answer.json()), page: "another" } });
    };
    await page.route("**/api/session", later);
    await stage.bridge.restart("stop");
    await page.getByText("TakeBridge was updated while this page was open.").waitFor();
    await page.getByRole("button", { name: "Reload" }).waitFor();
    await page.unroute("**/api/session");
    await page.reload();
    await ada.graphReady();
    expect(await page.getByText("TakeBridge was updated").count()).toBe(0);
    ada.complaints.splice(0); // the bridge was away meanwhile

    await page.route(/\/assets\/.*\.(js|css)$/, (route) => route.fulfill({ status: 404 }));
    await page.getByRole("link", { name: "Money" }).click();
    await page.getByRole("heading", { name: "TakeBridge was updated while this page was open." }).waitFor();
    await page.getByText("Your canvas is safe").waitFor();
    await page.unroute(/\/assets\/.*\.(js|css)$/);
    await page.getByRole("button", { name: "Reload" }).click();
    await page.getByRole("heading", { name: /entries/ }).waitFor();
    ada.forgive(/404|dynamically imported module|preload CSS/);
  },
  RESTART_MS,
);

it(
  "says that the bridge is away when a view is opened for the first time meanwhile, and opens it when it is back",
  async () => {
    const canvas = await canvasOf("Away", [{ id: "away", title: "Deck" }]);
    // A browser of its own: another one may have kept the files of the view.
    const fresh = await stage.owner();
    const { page: one } = fresh;
    await fresh.open(canvas);
    await fresh.graphReady();
    await stage.bridge.ask("kill");
    try {
      // A dialog that is not loaded yet takes nothing else with it.
      await one.getByRole("button", { name: "Templates" }).click();
      const dialog = one.getByRole("dialog", { name: "This could not be opened." });
      await dialog.getByText("This part is not loaded: the bridge does not answer.").waitFor();
      await dialog.getByRole("button", { name: "Close" }).last().click();
      await card(one, "Deck").waitFor();
      await one.getByRole("link", { name: "Money" }).click();
      await one.getByRole("heading", { name: "The bridge does not answer." }).waitFor();
      await one.getByText("This opens by itself once it is back.").waitFor();
      expect(await one.getByText("TakeBridge was updated").count()).toBe(0);
      // What is loaded stays within reach.
      await one.getByRole("link", { name: "Canvas", exact: true }).click();
      await card(one, "Deck").waitFor();
      await one.getByRole("link", { name: "Money" }).click();
      await one.getByText("This opens by itself once it is back.").waitFor();
    } finally {
      Object.assign(stage.bridge, await stage.bridge.ask<object>("start"));
    }
    await one.getByRole("heading", { name: /entries/ }).waitFor();
    await fresh.leave();
    ada.complaints.splice(0); // the bridge was away for that page, too
  },
  RESTART_MS,
);

it("goes by the bridge's time where the clock of the machine is wrong", async () => {
  const canvas = await canvasOf("Clock", [{ id: "clock", title: "Deck", params: { prompt: "Sea" } }]);
  const cap = { scope: "day", currency: "USD", limit_micros: 90_000_000 };
  await stage.bridge.api("PUT", "/api/ledger/caps", cap);
  const late = await stage.stranger();
  await late.context.addInitScript(() => {
    const now = Date.now;
    Date.now = () => now() - 40 * 3_600_000;
  });
  const { link } = await stage.bridge.ask<{ link: string }>("key");
  await late.page.goto(link);
  await late.page.getByRole("heading").first().waitFor();
  await stage.bridge.ask("take", { canvas, node: "clock" });
  let signed = 0;
  late.page.on("request", (request) => (signed += Number(request.url().endsWith("/api/media/sign"))));
  const asked = late.page.waitForRequest(/\/api\/ledger\/spend\?.*since=/);
  await late.open(canvas, "money");
  const today = new Date().toISOString().slice(0, 10);
  expect(new URL((await asked).url()).searchParams.get("since")).toBe(today);
  await late.open(canvas);
  await late.graphReady();
  await card(late.page, "Deck").locator("img").first().waitFor();
  expect(signed).toBeLessThan(4);
  await stage.bridge.api("POST", "/api/ledger/caps/remove", { ...cap, limit_micros: 0 });
  expect(late.complaints).toEqual([]);
  await late.leave();
});

it("keeps a prompt that was being typed when the session expired", async () => {
  const canvas = await canvasOf("Typing", [{ id: "typing", title: "Deck", params: { prompt: "Sea" } }]);
  const old = await stage.owner();
  await old.open(canvas);
  await old.graphReady();
  await card(old.page, "Deck").click({ position: { x: 60, y: 12 } });
  const prompt = column(old.page).getByLabel("Prompt", { exact: true });
  await prompt.fill("Sea, at night, from the pier");
  await old.context.clearCookies();
  await old.page.keyboard.press("Control+Enter");
  await old.page.getByText("You are not signed in here.").waitFor();
  const { link } = await stage.bridge.ask<{ link: string }>("key");
  await old.page.getByLabel(/Paste it here/).fill(link);
  await old.page.getByRole("button", { name: "Sign in" }).click();
  await old.graphReady();
  await card(old.page, "Deck").click({ position: { x: 60, y: 12 } });
  expect(await prompt.inputValue()).toBe("Sea, at night, from the pier");
  await prompt.press("Control+Enter");
  const kept = async () =>
    (
      await stage.bridge.api<{ canvas: { nodes: Record<string, { params: object }> } }>(
        "GET",
        `/api/canvases/${canvas}`,
      )
    ).canvas.nodes["typing"]?.params;
  await expect.poll(kept).toMatchObject({ prompt: "Sea, at night, from the pier" });
  old.forgive(/401/);
  expect(old.complaints).toEqual([]);
  await old.leave();
});

it("asks who is there when the session has expired, and goes on where one was", async () => {
  const canvas = await canvasOf("Expired", [{ id: "expired", title: "Deck" }]);
  const old = await stage.owner();
  await old.open(canvas);
  await old.graphReady();
  await old.context.clearCookies();
  const money = old.page.getByRole("link", { name: "Money" });
  await Promise.all([
    old.page.getByText("You are not signed in here.").waitFor(),
    money.click({ timeout: 2_000 }).catch(() => undefined), // gone already where the page asked something by itself
  ]);
  const { link } = await stage.bridge.ask<{ link: string }>("key");
  await old.page.getByLabel(/Paste it here/).fill(link);
  await old.page.getByRole("button", { name: "Sign in" }).click();
  await old.page.getByRole("heading", { name: "Expired" }).waitFor();
  old.forgive(/401/);
  expect(old.complaints).toEqual([]);
  await old.leave();
});

it("shows hostile names as words: nothing runs, nothing breaks", async () => {
  const markup = `<img src=x onerror="document.title='run'"><script>document.title='run'</script>`;
  const names = [markup, "\u202eKCED \u2066تجربة שלום", "W".repeat(200)];
  const canvas = await canvasOf(
    `${markup} ${"W".repeat(100)}`,
    names.map((title, index) => ({ id: `hostile_${index}`, title, x: index * 460, params: { prompt: markup } })),
  );
  for (const index of [0, 1, 2]) await stage.bridge.ask("take", { canvas, node: `hostile_${index}`, author: markup });
  const eve = await stage.person("editor", `Eve <img src=x onerror=alert(1)> ${"W".repeat(40)}`);
  await eve.open(canvas);
  for (const place of ["graph", "takes", "cut", "board", "shots", "references", "money"]) {
    await ada.open(canvas, place);
    if (place === "graph") {
      await ada.graphReady();
      await page.getByRole("list", { name: "Also here" }).getByText("Eve <img").waitFor({ state: "attached" });
      await card(page, "W".repeat(20)).click({ position: { x: 60, y: 12 } });
      await column(page).getByLabel("Prompt", { exact: true }).waitFor();
    }
    const width = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect([place, width]).toEqual([place, 0]);
    expect(await page.locator("img[src=x], main script").count()).toBe(0);
    expect(await page.title()).not.toBe("run");
  }
  ada.forgive(/503/); // no editor is connected: the cut view says so
  expect(ada.complaints).toEqual([]);
  await eve.leave();
});

it("refuses an SVG in words, and keeps nothing of it", async () => {
  const canvas = await canvasOf("Files", []);
  const choose = async (files: Parameters<import("playwright-core").FileChooser["setFiles"]>[0]) => {
    const chooser = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: "Choose files" }).click();
    await (await chooser).setFiles(files);
    await page.getByRole("dialog").getByRole("button", { name: "Bring in", exact: true }).click();
  };
  const dialog = async () => {
    await ada.open(canvas, "references");
    await page.getByRole("button", { name: "Bring in files" }).first().click();
  };
  await dialog();
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" onload="document.title=\'run\'"/>';
  await choose({ name: "logo.svg", mimeType: "image/svg+xml", buffer: Buffer.from(svg) });
  await page.getByRole("list", { name: "Files" }).getByRole("alert").filter({ hasText: "SVG" }).waitFor();
  expect(await nodesOf(canvas)).toEqual({});
  ada.forgive(/422/);
  expect(ada.complaints).toEqual([]);
});

const other = http.createServer((_, answer) =>
  answer.setHeader("Content-Type", "text/html").end("<title>Other</title>"),
);
await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
afterAll(() => other.close());

it("gives nothing to a page of another port, which the browser sends the cookie for", async () => {
  const canvas = await canvasOf("Foreign", [{ id: "foreign", title: "Deck" }]);
  const tab = await ada.context.newPage();
  await tab.goto(`http://127.0.0.1:${(other.address() as AddressInfo).port}/`);
  const found = await tab.evaluate(
    async ([bridge, id]) => {
      const body = JSON.stringify({ op_id: "x", ops: [{ op: "remove_node", node: "foreign" }] });
      const where = `${bridge}/api/canvases/${id}`;
      const tried = async (path: string, init: RequestInit) =>
        await fetch(path, { credentials: "include", ...init }).then(
          (answer) => `${answer.type} ${answer.status}`,
          () => "refused",
        );
      const json = { "Content-Type": "application/json", "X-TakeBridge": "1" };
      const socket = new Promise<string>((resolve) => {
        const live = new WebSocket(`${bridge.replace("http", "ws")}/live`, ["takebridge.v1"]);
        live.onmessage = () => resolve("heard");
        live.onclose = () => resolve("refused");
      });
      return {
        read: await tried(where, {}),
        write: await tried(`${where}/ops`, { method: "POST", body, headers: json }),
        simple: await tried(`${where}/ops`, { method: "POST", body, mode: "no-cors" }),
        socket: await socket,
      };
    },
    [stage.bridge.url, canvas] as const,
  );
  // Not even an opaque answer: Cross-Origin-Resource-Policy keeps it from other origins.
  expect(found).toEqual({ read: "refused", write: "refused", simple: "refused", socket: "refused" });
  expect(Object.keys(await nodesOf(canvas))).toEqual(["foreign"]);
  await tab.close();
});

it("pastes nothing of another version, nothing damaged, and runs nothing of what is pasted", async () => {
  const canvas = await canvasOf("Pasted", []);
  await ada.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await ada.open(canvas);
  await ada.graphReady();
  const node = { id: "n", kind: "image", title: "<img src=x onerror=alert(1)>", model: "", x: 0, y: 0, params: {} };
  const good = { format: "takebridge.selection", version: 1, bridge: "other", wires: [], takes: [] };
  const whole = { ...node, pin: null, group: null, locked: false };
  const said: [object, RegExp][] = [
    [{ ...good, version: 2, nodes: [whole] }, /copied from a newer version/],
    [{ ...good, version: 0, nodes: [whole] }, /copied from another version/],
    [{ ...good, nodes: [node] }, /damaged, so nothing was pasted/],
    [{ ...good, nodes: [{ ...whole, kind: "hologram" }] }, /Not installed here: hologram/],
  ];
  for (const [clip, words] of said) {
    await page.evaluate((text) => navigator.clipboard.writeText(text), JSON.stringify(clip));
    await page.locator(".react-flow").focus();
    await page.keyboard.press("Control+v");
    await page.getByText(words).waitFor();
    await page.getByRole("button", { name: "Put away" }).first().click();
  }
  expect(await nodesOf(canvas)).toEqual({});
  await page.evaluate((text) => navigator.clipboard.writeText(text), JSON.stringify({ ...good, nodes: [whole] }));
  await page.locator(".react-flow").focus();
  await page.keyboard.press("Control+v");
  await card(page, "<img src=x").waitFor();
  expect(await page.locator("img[src=x]").count()).toBe(0);
  expect(ada.complaints).toEqual([]);
});
