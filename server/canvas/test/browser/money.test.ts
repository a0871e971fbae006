/** Planning, budgets, the queue and what was spent, as a producer and an editor meet them. */
import fs from "node:fs";
import { expect, it } from "vitest";
import { photographFailures } from "../support/hands";
import { openStage, type Person } from "../support/stage";

const stage = await openStage();
photographFailures(stage);
const owner = await stage.owner();

/** A canvas of pictures that nobody made yet, each with a model of the stage. */
async function pictures(models: readonly string[]): Promise<string> {
  const made = await stage.bridge.api<{ canvas: { id: string } }>("POST", "/api/canvases", { title: "Money" });
  const canvas = made.canvas.id;
  const ops = models.map((model, index) => ({
    ...{ op: "add_node", id: `node_${canvas}_${index}`, kind: "image", title: `Shot ${index + 1}`, model },
    params: { prompt: "A ferry at dusk" },
  }));
  await stage.bridge.api("POST", `/api/canvases/${canvas}/ops`, { op_id: `op_${canvas}`, ops });
  return canvas;
}

async function plan({ page }: Person) {
  await page.keyboard.press("Control+k");
  await page.getByPlaceholder(/^A verb/).fill("Plan everything");
  await page.getByRole("menuitem", { name: /Plan everything/ }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Everything on this canvas").waitFor();
  return dialog;
}

const cap = (micros: number) =>
  stage.bridge.api("PUT", "/api/ledger/caps", { scope: "day", currency: "USD", limit_micros: micros });
const uncap = () =>
  stage.bridge.api("POST", "/api/ledger/caps/remove", { scope: "day", currency: "USD", limit_micros: 0 });

it("says the price before anything is spent, with the focus on Cancel, and starts on Mod+Enter", async () => {
  const canvas = await pictures(["stage/image", "stage/image"]);
  const part = { work_ms: 200, cost: 30_000 };
  await stage.bridge.ask("provider", { next: [part, part] });
  await owner.open(canvas, "money");
  const dialog = await plan(owner);
  await dialog.getByRole("button", { name: "Generate 2 takes · up to $0.08" }).waitFor();
  expect(await dialog.getByRole("button", { name: "Cancel" }).evaluate((one) => one === document.activeElement)).toBe(
    true,
  );
  expect(await stage.bridge.ask("books")).toEqual([]);
  await owner.page.keyboard.press("Control+Enter");
  await owner.page.getByText("Started: 2 takes.").waitFor();
  // The bar that the pointer rests on would be read out instead of all.
  await owner.page.mouse.move(0, 0);
  await owner.page.getByRole("region", { name: "Spending by shot in USD" }).getByText("All: $0.06, 2 jobs").waitFor();
  expect(await stage.bridge.ask("books")).toHaveLength(2);
  expect(owner.complaints).toEqual([]);
});

it("refuses over the budget in words, and goes on once a producer has changed it", async () => {
  const canvas = await pictures(["stage/image"]);
  await cap(70_000);
  await owner.open(canvas, "money");
  const dialog = await plan(owner);
  expect(await dialog.getByRole("button", { name: /^Over today’s budget by \$0\.03/ }).isDisabled()).toBe(true);
  await dialog.getByRole("button", { name: "Change budget" }).click();
  const caps = owner.page.getByRole("dialog", { name: "Budgets" });
  await caps.getByRole("button", { name: /^Change:/ }).click();
  await caps.getByLabel("At most").fill("5");
  await caps.getByRole("button", { name: "Change budget" }).click();
  await owner.page.getByRole("alertdialog").getByRole("button", { name: "Set $5.00" }).click();
  await caps.getByText("at most $5.00").waitFor();
  await caps.getByRole("button", { name: "Close" }).click();
  await owner.page.getByRole("button", { name: "Generate 1 take · up to $0.04" }).waitFor();
  await uncap();
  expect(owner.complaints).toEqual([]);
});

it("tells an editor who may spend, and lets them look", async () => {
  const canvas = await pictures(["stage/image"]);
  const eve = await stage.person("editor", "Eve");
  await eve.open(canvas, "money");
  const dialog = await plan(eve);
  await dialog.getByText(/Spending money needs the role producer\. Ask .*\(owner\)/).waitFor();
  expect(await dialog.getByRole("button", { name: /^Generate 1 take/ }).isDisabled()).toBe(true);
  await eve.page.keyboard.press("Control+Enter");
  expect(await stage.bridge.api("GET", `/api/runs?canvas_id=${canvas}`)).toEqual([]);
  eve.forgive(/401/); // asked who she is before she had joined
  expect(eve.complaints).toEqual([]);
  await eve.leave();
});

it("shows what changed meanwhile before it can be confirmed", async () => {
  const canvas = await pictures(["stage/image"]);
  await owner.open(canvas, "money");
  const dialog = await plan(owner);
  await dialog.getByRole("button", { name: /^Generate 1 take/ }).waitFor();
  const op = { op: "add_node", id: `more_${canvas}`, kind: "image", title: "One more", model: "stage/image" };
  const ops = [{ ...op, params: { prompt: "A quay" } }];
  await stage.bridge.api("POST", `/api/canvases/${canvas}/ops`, { op_id: `more_${canvas}`, ops });
  const changed = dialog.getByRole("alert", { name: "The plan has changed" });
  await changed.getByText("“One more” runs as well now, $0.02 – $0.04.").waitFor();
  const confirm = dialog.getByRole("button", { name: "Generate 2 takes · up to $0.08" });
  expect(await confirm.isDisabled()).toBe(true);
  await changed.getByRole("button", { name: "I have seen it" }).click();
  expect(await confirm.isDisabled()).toBe(false);
});

it("offers every choice for an unknown outcome with its money, survives a reload, and says failures", async () => {
  const canvas = await pictures(["stage/image", "stage/image"]);
  const next = [{ submit: "unknown" }, { ending: "failed", message: "No ferries today.", work_ms: 100, cost: 0 }];
  await stage.bridge.ask("provider", { next });
  await owner.open(canvas, "money");
  const dialog = await plan(owner);
  await dialog.getByRole("button", { name: /^Generate 2 takes/ }).click();
  const bar = owner.page.getByRole("button", { name: /^Queue/ });
  await bar.filter({ hasText: "1 pending review" }).filter({ hasText: "1 failed" }).waitFor();
  await owner.page.reload();
  await bar.filter({ hasText: "1 pending review" }).filter({ hasText: "1 failed" }).click();
  await owner.page.getByText("No ferries today.").waitFor();
  await owner.page.getByRole("button", { name: "Decide …" }).click();
  const question = owner.page.getByRole("alertdialog");
  await question.getByText(/Nobody knows whether it was charged; \$0\.04 is held for it/).waitFor();
  expect(await question.getByRole("radio").count()).toBe(2);
  await question.getByText("Submit again", { exact: true }).click();
  await question.getByRole("button", { name: "Submit again · may pay twice" }).waitFor();
  await question.getByText("Give up", { exact: true }).click();
  await question.getByRole("button", { name: "Give up" }).click();
  await bar.filter({ hasText: "1 failed" }).filter({ hasNotText: "pending review" }).waitFor();
  expect(owner.complaints).toEqual([]);
});

it("pauses what waits, names who did, and cancels what is pending for nothing", async () => {
  const canvas = await pictures(["stage/image", "stage/image", "stage/image"]);
  await owner.open(canvas, "money");
  const bar = owner.page.getByRole("button", { name: /^Queue/ });
  if ((await bar.getAttribute("aria-expanded")) === "false") await bar.click();
  await owner.page.getByRole("button", { name: "Pause …" }).click();
  await owner.page.getByRole("menuitem", { name: "This canvas" }).click();
  await owner.page.getByText(/This canvas paused by .+, just now/).waitFor();
  const charged = (await stage.bridge.ask<unknown[]>("books")).length;
  const dialog = await plan(owner);
  await dialog.getByRole("button", { name: /^Generate 3 takes/ }).click();
  await owner.page.getByRole("button", { name: "Cancel 3 pending" }).click();
  await owner.page.getByRole("alertdialog").getByRole("button", { name: "Cancel 3 pending" }).click();
  await bar.filter({ hasText: "Nothing in the queue" }).waitFor();
  expect(await stage.bridge.ask<unknown[]>("books")).toHaveLength(charged);
  await owner.page.getByRole("button", { name: "Resume", exact: true }).click();
  await owner.page.getByText(/This canvas paused/).waitFor({ state: "detached" });
});

it("writes a spreadsheet in which nothing runs", async () => {
  const canvas = await pictures(["stage/image"]);
  const node = `node_${canvas}_0`;
  const ops = [{ op: "set_title", node, title: "=HYPERLINK(1)" }];
  await stage.bridge.api("POST", `/api/canvases/${canvas}/ops`, { op_id: `title_${canvas}`, ops });
  await stage.bridge.api("POST", "/api/jobs", { canvas_id: canvas, node_id: node, max_micros: 40_000 });
  await owner.open(canvas, "money");
  const [file] = await Promise.all([
    owner.page.waitForEvent("download"),
    owner.page.getByRole("button", { name: "Download as CSV" }).click(),
  ]);
  const text = fs.readFileSync(await file.path(), "utf8");
  expect(text.split("\r\n")[1]).toContain('"\'=HYPERLINK(1)"');
});
