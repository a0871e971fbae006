/** The column beside the canvas: fields, words, models, several models at once, why a take is out of date, comments. */
import { expect, it } from "vitest";
import { openStage, type Person } from "../support/stage";

const stage = await openStage();
const SHOTS = process.env["TAKEBRIDGE_SHOTS"];

const PARAMS = { prompt: "A ferry at dusk" };

/** A canvas with one shot and a brief that feeds it. */
async function canvasOf(
  title: string,
  model = "stage/free",
  kind = "video",
): Promise<{ canvas: string; shot: string; brief: string }> {
  const made = await stage.bridge.api<{ canvas: { id: string } }>("POST", "/api/canvases", { title });
  const canvas = made.canvas.id;
  const [shot, brief] = [`shot_${canvas}`, `brief_${canvas}`];
  await ops(canvas, [
    { op: "add_node", id: brief, kind: "brief", title: "Brief" },
    { op: "add_node", id: shot, kind, title: "<img src=x onerror=alert(1)>", model, params: PARAMS },
    ...[
      { op: "connect", id: `wire_${canvas}`, src_node: brief, src_port: "text", dst_node: shot, dst_port: "direction" },
    ],
  ]);
  return { canvas, shot, brief };
}

const ops = (canvas: string, list: object[]) =>
  stage.bridge.api("POST", `/api/canvases/${canvas}/ops`, { op_id: crypto.randomUUID(), author: "Bo", ops: list });

const node = async (canvas: string, id: string) => {
  const seen = await stage.bridge.api<{ canvas: { nodes: Record<string, { model: string; params: object }> } }>(
    "GET",
    `/api/canvases/${canvas}`,
  );
  return seen.canvas.nodes[id];
};

/** A node's takes in the order they were made. */
const takesOf = async (canvas: string, id: string) => {
  const seen = await stage.bridge.api<{
    canvas: { takes: Record<string, { id: string; node_id: string; seq: number; recipe_fp: string }> };
  }>("GET", `/api/canvases/${canvas}`);
  return Object.values(seen.canvas.takes)
    .filter((take) => take.node_id === id)
    .sort((a, b) => a.seq - b.seq);
};

/** Choose a node, or do something, by its words, without a mouse. */
async function palette({ page }: Person, words: string) {
  await page.keyboard.press("Control+k");
  await page.getByPlaceholder(/^A verb/).fill(words);
  await page.getByRole("menuitem", { name: words }).first().click();
}

/** Somebody invited, once they are in. */
async function joined(role: string, name: string): Promise<Person> {
  const one = await stage.person(role, name);
  await one.page.waitForURL((url) => url.pathname !== "/join");
  one.forgive(/401/); // asked who they are before they had joined
  return one;
}

const column = ({ page }: Person) => page.getByRole("complementary", { name: "Selection" });

it("saves a field on leaving it, takes it back on Esc, and resets it; markup in a name is text", async () => {
  const { canvas, shot } = await canvasOf("Fields");
  const ada = await stage.owner();
  await ada.open(canvas, "board");
  await palette(ada, "<img src=x");
  const prompt = column(ada).getByLabel("Prompt", { exact: true });
  await prompt.fill("Rain on the quay");
  await prompt.press("Escape");
  expect(await prompt.inputValue()).toBe(PARAMS.prompt);
  await prompt.fill("Rain on the quay");
  await column(ada).getByLabel("Seed", { exact: true }).fill("1.5");
  await column(ada).getByLabel("Name", { exact: true }).focus();
  await column(ada).getByText("Give a whole number from 0, or random.").waitFor();
  await expect.poll(async () => (await node(canvas, shot))?.params).toMatchObject({ prompt: "Rain on the quay" });
  expect((await node(canvas, shot))?.params).toMatchObject({ seed: "random" });
  await column(ada).getByRole("button", { name: "Generate first take, free" }).waitFor();
  expect(ada.complaints).toEqual([]);
  await ada.leave();
});

it("holds back where somebody else types, and offers what they saved under one's own words", async () => {
  const { canvas } = await canvasOf("Two");
  const [ada, bob] = [await stage.owner(), await joined("editor", "Bob")];
  for (const one of [ada, bob]) {
    await one.open(canvas, "board");
    await palette(one, "<img src=x");
  }
  const [mine, theirs] = [ada, bob].map((one) => column(one).getByLabel("Prompt", { exact: true }));
  if (!mine || !theirs) throw new Error("two fields");
  await theirs.focus();
  await column(ada).getByText("Bob is editing this.").waitFor();
  await column(ada).getByRole("button", { name: "Edit anyway" }).click();
  await mine.fill("Snow");
  await theirs.fill("Fog");
  await theirs.press("Control+Enter");
  await column(ada).getByText("Changed by somebody else while you typed. It is now:").waitFor();
  expect(await mine.inputValue()).toBe("Snow");
  await column(ada).getByRole("button", { name: "Keep mine" }).click();
  await expect.poll(() => theirs.inputValue()).toBe("Snow");
  expect([...ada.complaints, ...bob.complaints]).toEqual([]);
  await Promise.all([ada.leave(), bob.leave()]);
});

it("keeps both texts when another was saved meanwhile", async () => {
  const { canvas, brief } = await canvasOf("Words");
  const ada = await stage.owner();
  await ada.open(canvas, "board");
  await palette(ada, "Brief");
  const words = column(ada).getByLabel("Words", { exact: true });
  await words.fill("A ferry leaves.");
  await words.press("Control+Enter");
  await ada.page.getByText("Saved as take 1.").waitFor();
  await words.fill("A ferry leaves at dusk.");
  await stage.bridge.api("POST", `/api/canvases/${canvas}/nodes/${brief}/text`, {
    text: "A ferry sinks.",
    author: "Bo",
  });
  await column(ada).getByText("Bo saved take 2 while you wrote.").waitFor();
  expect(await words.inputValue()).toBe("A ferry leaves at dusk.");
  await column(ada).getByRole("button", { name: "Save mine as a new take" }).click();
  await ada.page.getByText("Saved as take 3.").waitFor();
  expect(ada.complaints).toEqual([]);
  await ada.leave();
});

it("shows what will not carry over before a model is chosen, changes it once, and undoes it", async () => {
  const { canvas, shot } = await canvasOf("Models");
  const ada = await stage.owner();
  await ada.open(canvas, "board");
  await palette(ada, "<img src=x");
  await column(ada).getByRole("button", { name: "Change model" }).click();
  const dialog = ada.page.getByRole("dialog");
  await dialog.getByLabel("Find a model").fill("gemini omni 1.2");
  await dialog
    .getByRole("option", { name: /Gemini Omni 1\.2 Flash/ })
    .first()
    .click();
  await dialog.getByText("The prompt is kept.").waitFor();
  await dialog.getByText("There is no key for Google.").waitFor();
  expect((await node(canvas, shot))?.model).toBe("stage/free");
  await dialog.getByRole("button", { name: /^Use Gemini Omni 1\.2 Flash/ }).click();
  await expect.poll(async () => (await node(canvas, shot))?.model).toBe("google/omni-1.2-flash");
  expect((await node(canvas, shot))?.params).toMatchObject(PARAMS);
  await ada.page.getByRole("button", { name: "Undo" }).last().click();
  await expect.poll(async () => (await node(canvas, shot))?.model).toBe("stage/free");
  expect(ada.complaints).toEqual([]);
  await ada.leave();
});

it("flags a retired model with what follows it, and generates nothing with it", async () => {
  const { canvas } = await canvasOf("Retired", "openai/dall-e-3", "image");
  const ada = await stage.owner();
  await ada.open(canvas, "board");
  await palette(ada, "<img src=x");
  await column(ada)
    .getByText(/openai\/dall-e-3 is retired since .*Follows:/)
    .waitFor();
  await column(ada).getByText("Its model is retired: choose another one.").waitFor();
  expect(await column(ada).getByRole("button", { name: "Generate first take" }).isDisabled()).toBe(true);
  expect(ada.complaints).toEqual([]);
  await ada.leave();
});

it("makes one prompt with two models at one price, only for a producer where it costs money", async () => {
  const { canvas } = await canvasOf("Several");
  const bob = await joined("editor", "Fan Bob");
  await bob.open(canvas, "board");
  await palette(bob, "<img src=x");
  await column(bob).getByRole("button", { name: "Try several" }).click();
  const asked = bob.page.getByRole("dialog");
  await asked.getByLabel("Find a model").fill("stage/");
  await asked.getByRole("option", { name: /dear/i }).click();
  await asked.getByText("Spending money needs the role producer.").waitFor();
  await bob.leave();
  const ada = await stage.owner();
  await ada.open(canvas, "board");
  await palette(ada, "<img src=x");
  await column(ada).getByRole("button", { name: "Try several" }).click();
  const dialog = ada.page.getByRole("dialog");
  await dialog.getByLabel("Find a model").fill("stage/");
  await dialog.getByRole("option", { name: /dear/i }).click();
  await dialog.getByRole("strong").getByText("$5.00 – $9.00").waitFor();
  await dialog.getByRole("button", { name: "Generate 2 takes, at most $9.00" }).click();
  await dialog.getByText("All 2 have ended").waitFor();
  await dialog.getByRole("button", { name: "Compare 2 takes" }).waitFor();
  expect(ada.complaints).toEqual([]);
  await ada.leave();
});

it("tells why a take is out of date, word by word, and keeps it as is", async () => {
  const { canvas, shot } = await canvasOf("Why");
  await stage.bridge.ask("take", { canvas, node: shot });
  await ops(canvas, [{ op: "set_param", node: shot, name: "prompt", value: "A ferry at dawn" }]);
  const ada = await stage.owner();
  await ada.open(canvas, "board");
  await palette(ada, "<img src=x");
  await column(ada).getByText("Changed since: prompt.").waitFor();
  await column(ada).getByRole("button", { name: "Why?" }).click();
  const dialog = ada.page.getByRole("dialog");
  await dialog.getByRole("deletion").filter({ hasText: "dusk" }).waitFor();
  await dialog.getByRole("insertion").filter({ hasText: "dawn" }).waitFor();
  await dialog.getByRole("button", { name: "Keep as is" }).click();
  await column(ada).getByText("Kept as is").waitFor();
  expect(ada.complaints).toEqual([]);
  await ada.leave();
});

it("makes one more take of the same recipe at the price it names, and the node stays up to date", async () => {
  const { canvas, shot, brief } = await canvasOf("Again", "stage/dear");
  await stage.bridge.api("POST", `/api/canvases/${canvas}/nodes/${brief}/text`, { text: "At sea.", author: "Bo" });
  await stage.bridge.ask("take", { canvas, node: shot });
  const ada = await stage.owner();
  await ada.open(canvas, "board");
  await palette(ada, "<img src=x");
  await column(ada).getByText("Up to date").waitFor();
  await column(ada).getByRole("button", { name: "Generate another take $5.00 – $9.00" }).click();
  const dialog = ada.page.getByRole("dialog", { name: /once more$/ });
  await dialog.getByRole("button", { name: "Not now" }).click();
  await dialog.waitFor({ state: "detached" });
  await ada.page.keyboard.press("Alt+g");
  if (SHOTS) await ada.shot(`${SHOTS}/again.png`);
  await dialog.getByRole("button", { name: "Generate one take, $5.00 – $9.00" }).click();
  await ada.page.getByText("is on its way").waitFor();
  const made = () => takesOf(canvas, shot);
  await expect.poll(async () => (await made()).length).toBe(2);
  const [first, second] = await made();
  expect(second?.recipe_fp).toBe(first?.recipe_fp);
  await ops(canvas, [{ op: "pin", node: shot, take: second?.id, expected: first?.id }]);
  await column(ada).getByText("Take 2 is what it would make now.").waitFor();
  expect(ada.complaints).toEqual([]);
  await ada.leave();
});

it("carries comments between two people, unread until looked at, and shows markup as text", async () => {
  const { canvas } = await canvasOf("Comments");
  const [ada, bob] = [await stage.owner(), await joined("reviewer", "Comment Bob")];
  for (const one of [ada, bob]) {
    await one.open(canvas, "board");
    await palette(one, "<img src=x");
  }
  await column(bob).locator("summary", { hasText: "Comments" }).click();
  await column(bob).getByLabel("Say something").fill("Less <b>fog</b>, please");
  await column(bob).getByLabel("Say something").press("Control+Enter");
  await column(ada).getByText("1 new").waitFor();
  await column(ada).locator("summary", { hasText: "Comments" }).click();
  await column(ada).getByText("Less <b>fog</b>, please").waitFor();
  await column(ada).getByText("1 open").waitFor();
  await column(ada).getByRole("button", { name: "Resolve" }).click();
  await column(bob)
    .getByText(/^✓ Resolved by .*Less <b>fog<\/b>/)
    .waitFor();
  expect([...ada.complaints, ...bob.complaints]).toEqual([]);
  await Promise.all([ada.leave(), bob.leave()]);
});
