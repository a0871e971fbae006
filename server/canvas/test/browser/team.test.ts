/** Several people on one canvas: both see both, each undoes their own, roles hold, and who is shown out is out. */
import { expect, it } from "vitest";
import { add, card, column, photographFailures, stateOf } from "../support/hands";
import { openStage, type Person } from "../support/stage";

const stage = await openStage();
photographFailures(stage);
const ada = await stage.owner();
const NO_SESSION = /401/; // asked who they are before they had joined

interface Seen {
  canvas: { nodes: Record<string, { title: string; pin: string | null; params: Record<string, unknown> }> };
}

async function canvasOf(title: string, nodes: readonly object[]): Promise<string> {
  const made = await stage.bridge.api<{ canvas: { id: string } }>("POST", "/api/canvases", { title });
  const ops = nodes.map((node) => ({ op: "add_node", kind: "image", model: "local/previz-image", ...node }));
  if (ops.length)
    await stage.bridge.api("POST", `/api/canvases/${made.canvas.id}/ops`, { op_id: crypto.randomUUID(), ops });
  return made.canvas.id;
}

const seen = (canvas: string) => stage.bridge.api<Seen>("GET", `/api/canvases/${canvas}`);

async function joined(role: string, name: string): Promise<Person> {
  const one = await stage.person(role, name);
  one.forgive(NO_SESSION);
  return one;
}

const nodesOf = ({ page }: Person) => page.locator(".react-flow__node");

/** What the bridge answers to a request of this very page, cookie and all. */
const asks = ({ page }: Person, method: string, path: string, body: object) =>
  page.evaluate(
    async ([how, where, sent]) => {
      const headers = { "X-TakeBridge": "1", "Content-Type": "application/json" };
      const answer = await fetch(where, { method: how, headers, body: sent });
      return [answer.status, ((await answer.json()) as { code?: string }).code ?? ""];
    },
    [method, path, JSON.stringify(body)] as const,
  );

it("shows each what the other does, and undo takes back one's own only", async () => {
  const canvas = await canvasOf("Two", []);
  const bob = await joined("editor", "Bob");
  await Promise.all([ada.open(canvas), bob.open(canvas)]);
  await Promise.all([ada.graphReady(), bob.graphReady()]);
  await Promise.all([add(ada, "Image", "Of Ada"), add(bob, "Image", "Of Bob")]);
  for (const one of [ada, bob]) {
    for (const title of ["Of Ada", "Of Bob"]) await card(one.page, title).waitFor();
  }
  // Ada made hers in two edits: adding it and naming it.
  const undo = ada.page.getByRole("button", { name: "Undo" }).first();
  await undo.click();
  await expect.poll(() => card(bob.page, "Of Ada").count()).toBe(0);
  await undo.click();
  await expect.poll(() => nodesOf(bob).count()).toBe(1);
  await card(ada.page, "Of Bob").waitFor();
  await expect.poll(() => undo.isDisabled()).toBe(true);
  expect(await bob.page.getByRole("button", { name: "Undo" }).first().isDisabled()).toBe(false);
  expect(Object.values((await seen(canvas)).canvas.nodes).map((one) => one.title)).toEqual(["Of Bob"]);
  expect([...ada.complaints, ...bob.complaints]).toEqual([]);
  await bob.leave();
});

it("shows who is here, where they point, what they chose and what they write", async () => {
  const canvas = await canvasOf("Here", [{ id: "here_one", title: "Deck", x: 0, y: 0 }]);
  const bob = await joined("editor", "Bob Two");
  await Promise.all([ada.open(canvas), bob.open(canvas)]);
  await Promise.all([ada.graphReady(), bob.graphReady()]);
  await ada.page.getByRole("list", { name: "Also here" }).getByText("Bob Two").waitFor({ state: "attached" });
  const pointer = ada.page.locator(".react-flow__viewport-portal").getByText("Bob Two");
  await bob.page.mouse.move(300, 600);
  await pointer.waitFor();
  const first = await pointer.boundingBox();
  await bob.page.mouse.move(700, 500);
  await expect.poll(async () => ((await pointer.boundingBox())?.x ?? 0) - (first?.x ?? 0)).toBeGreaterThan(200);
  await card(bob.page, "Deck").click({ position: { x: 60, y: 12 } });
  await card(ada.page, "Deck").getByText("Bob Two", { exact: true }).waitFor();
  await column(bob.page).getByLabel("Prompt", { exact: true }).focus();
  await card(ada.page, "Deck").getByText("Bob Two is writing").waitFor();
  await bob.leave();
  await ada.page.getByRole("list", { name: "Also here" }).waitFor({ state: "detached" });
  expect(ada.complaints).toEqual([]);
});

it("asks again when two pin different takes at once: nothing is overwritten unseen", async () => {
  const node = "pin_node";
  const canvas = await canvasOf("Pins", [{ id: node, title: "Deck" }]);
  for (const pin of [true, false, false]) await stage.bridge.ask("take", { canvas, node, pin });
  const takes = await stage.bridge.api<{ canvas: { takes: Record<string, { seq: number }> } }>(
    "GET",
    `/api/canvases/${canvas}`,
  );
  const number = (id: string | null | undefined) => takes.canvas.takes[id ?? ""]?.seq;
  const pinned = async () => number((await seen(canvas)).canvas.nodes[node]?.pin);
  const bob = await joined("editor", "Bob Three");
  for (const one of [ada, bob]) {
    await one.open(canvas);
    await one.graphReady();
    await card(one.page, "Deck").click({ position: { x: 60, y: 12 } });
  }
  const pin = async ({ page }: Person, seq: number) => {
    await page
      .getByRole("region", { name: "Takes of the selected node" })
      .getByRole("option", { name: `Take ${seq},` })
      .click();
    await page.keyboard.press("Enter");
  };
  // Bob's edit is on its way, and Ada's arrives first.
  let arrive = () => {};
  const held = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  const sent = bob.page.waitForRequest("**/ops");
  await bob.page.route("**/ops", async (route) => {
    await held;
    await route.continue();
  });
  await pin(bob, 3);
  await sent;
  await pin(ada, 2);
  await ada.page.getByText("Take 2 of “Deck” is pinned.").waitFor();
  arrive();
  const question = bob.page.getByRole("alertdialog");
  await question.waitFor();
  expect(await pinned()).toBe(2);
  expect(await question.textContent()).toMatch(/take 2/i);
  await question.getByRole("button", { name: /take 3/i }).click();
  await expect.poll(pinned).toBe(3);
  await ada.page.getByRole("region", { name: "Takes of the selected node" }).getByText("Pinned: ◆ take 3").waitFor();
  bob.forgive(/409|412/);
  expect([...ada.complaints, ...bob.complaints]).toEqual([]);
  await bob.leave();
});

it("lets each role what it may, in the page and at the bridge", async () => {
  const node = "role_node";
  const canvas = await canvasOf("Roles", [
    { id: node, title: "Deck", model: "stage/image", params: { prompt: "Sea" } },
  ]);
  const { take } = await stage.bridge.ask<{ take: string }>("take", { canvas, node });
  const edit = { op_id: "x", ops: [{ op: "set_title", node, title: "Other" }] };
  const rate = { op_id: "x", ops: [{ op: "rate_take", take, rating: "keep" }] };
  const may = {
    viewer: [],
    reviewer: ["rate"],
    editor: ["rate", "edit"],
    producer: ["rate", "edit", "spend"],
  } as const;
  for (const [role, allowed] of Object.entries(may)) {
    const one = await joined(role, `The ${role}`);
    await one.open(canvas);
    await one.graphReady();
    await card(one.page, "Deck").click({ position: { x: 60, y: 12 } });
    const mayWhat = (what: string) => (allowed as readonly string[]).includes(what);
    const adding = one.page.getByRole("toolbar", { name: "Canvas" }).getByRole("button", { name: "Add", exact: true });
    expect([role, await adding.isDisabled()]).toEqual([role, !mayWhat("edit")]);
    const prompt = column(one.page).getByLabel("Prompt", { exact: true });
    await prompt.waitFor();
    expect([role, await prompt.isEditable()]).toEqual([role, mayWhat("edit")]);
    if (!mayWhat("edit")) await column(one.page).getByText("Changing this needs the role editor.").first().waitFor();
    await card(one.page, "Deck").click({ position: { x: 60, y: 12 } });
    await one.page.keyboard.press("Delete");
    if (mayWhat("edit")) {
      await one.page.getByText(/^Deleted 1 node/).waitFor();
      await one.page.getByRole("button", { name: "Undo" }).first().click();
      await card(one.page, "Deck").waitFor();
    }
    const path = `/api/canvases/${canvas}/ops`;
    const [edited] = await asks(one, "POST", path, {
      ...edit,
      op_id: crypto.randomUUID(),
      ops: [{ op: "move_node", node, x: 0, y: 0 }],
    });
    const [rated] = await asks(one, "POST", path, { ...rate, op_id: crypto.randomUUID() });
    const [paid, code] = await asks(one, "POST", "/api/jobs", { canvas_id: canvas, node_id: node, max_micros: 1 });
    expect([role, edited]).toEqual([role, mayWhat("edit") ? 200 : 403]);
    expect([role, rated]).toEqual([role, mayWhat("rate") ? 200 : 403]);
    // A producer's is refused, too, but for its maximum: it is far too small.
    expect([role, paid === 403 && code === "not_allowed"]).toEqual([role, !mayWhat("spend")]);
    await one.page.goto(`${stage.bridge.url}/people`);
    if (mayWhat("spend")) await one.page.getByRole("button", { name: "Make an invite" }).waitFor();
    else await one.page.getByText(/Inviting people needs the role producer/).waitFor();
    await one.leave();
  }
  expect(await stage.bridge.ask("books")).toEqual([]);
});

it("shows somebody out whose session is ended while the page is open", async () => {
  const canvas = await canvasOf("Out", [{ id: "out_node", title: "Deck" }]);
  const eve = await joined("editor", "Eve");
  await eve.open(canvas);
  await eve.graphReady();
  await expect.poll(() => stateOf(eve.page, "Deck")).toBe("empty");
  const people = await stage.bridge.api<{ id: string; name: string; sessions: { id: string }[] }[]>(
    "GET",
    "/api/people",
  );
  const found = people.find((one) => one.name === "Eve");
  await stage.bridge.api("DELETE", `/api/people/${found?.id}/sessions/${found?.sessions[0]?.id}`);
  await eve.page.getByText(/Your session has ended|You are not signed in here/).waitFor();
  // Nothing of the canvas is left on the page, and nothing more is given to it.
  await expect.poll(() => eve.page.getByText("Deck", { exact: true }).count()).toBe(0);
  const status = await eve.page.evaluate(async (id) => (await fetch(`/api/canvases/${id}`)).status, canvas);
  expect(status).toBe(401);
  await eve.leave();
});

it("takes an invite once", async () => {
  const invite = await stage.bridge.api<{ link: string }>("POST", "/api/people/invites", { role: "editor" });
  const [first, second] = [await stage.stranger(), await stage.stranger()];
  for (const [one, name] of [
    [first, "Once"],
    [second, "Twice"],
  ] as const) {
    await one.page.goto(invite.link);
    await one.page.getByLabel("Your name").fill(name);
    await one.page.getByRole("button", { name: "Join" }).click();
    if (one === first) await one.page.getByRole("button", { name: "Once, editor" }).waitFor();
  }
  await second.page.getByRole("heading", { name: "This invite does not work" }).waitFor();
  const people = await stage.bridge.api<{ name: string }[]>("GET", "/api/people");
  expect(people.filter((one) => one.name === "Twice")).toEqual([]);
  await Promise.all([first.leave(), second.leave()]);
});
