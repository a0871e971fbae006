/** Conflicts as people decide them: found again by everybody, decided together, never half applied. */
import type { Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { photographFailures } from "../support/hands";
import { openStage, type Person } from "../support/stage";

interface Pushed {
  nodes: { upscale: string };
}
interface State {
  tracks: { type: string; items: { start_record_frame: number }[] }[];
}

const stage = await openStage();
photographFailures(stage);
const { bridge } = stage;
let ada: Person;
let bob: Person;
let canvas = "";
let shots: Pushed[] = [];

const take = (shot: number, clip_id: number) =>
  bridge.ask("take", { canvas, node: shots[shot - 1]?.nodes.upscale, frames: 48, clip_id });
const agree = () => bridge.api("POST", "/api/roundtrips", { canvas_id: canvas, dry_run: false });
const clip = (page: Page, name: RegExp) => page.locator("button[data-clip]").and(page.getByRole("button", { name }));
const card = (page: Page, shot: string) => page.getByRole("article", { name: new RegExp(`^Conflict: ${shot}`) });
/** Where pictures begin, in frames from the timeline's start: from the editor itself. */
const places = async () => {
  const { tracks } = await bridge.ask<State>("resolve.state");
  const items = tracks.find((track) => track.type === "video")?.items ?? [];
  return items.map((item) => item.start_record_frame - 86_400).sort((a, b) => a - b);
};

beforeAll(async () => {
  const made = await bridge.api<{ canvas: { id: string } }>("POST", "/api/canvases", { title: "Reel 5" });
  canvas = made.canvas.id;
  await bridge.ask("resolve.start", { clips: 5, frames: 24, timeline: "REEL 5" });
  shots = await bridge.api<Pushed[]>("POST", "/api/clips/push", {
    canvas_id: canvas,
    mode: "marks",
    process: ["upscale"],
    handles: 12,
  });
  for (const shot of [1, 2, 3, 4]) await take(shot, shot);
  await agree();
  [ada, bob] = [await stage.owner(), await stage.person("editor", "Bob")];
}, 120_000);

describe("conflicts", () => {
  it("are there before anybody compares, after a reload, and for a colleague", async () => {
    // Two shots deleted in the editor get new takes on the canvas.
    await bridge.ask("resolve.delete", { shot: 2 });
    await bridge.ask("resolve.delete", { shot: 2 });
    for (const shot of [2, 3]) await take(shot, shot + 6);
    await ada.open(canvas, "cut");
    await ada.page.getByText("2 conflicts to decide").waitFor();
    await ada.page.getByRole("button", { name: "Decide…" }).click();
    await card(ada.page, "SH020").getByText("Decide later").click();
    await card(ada.page, "SH030").getByText("Decide later").click();
    await ada.page.getByText("You and your colleagues find them at the top of this view").waitFor();
    await ada.page.reload();
    await ada.page.getByText("2 conflicts to decide").waitFor();
    await bob.open(canvas, "cut");
    await bob.page.getByText("2 conflicts to decide").waitFor();
  });

  it("are decided from the keyboard, those of a kind at once", async () => {
    const { page } = ada;
    await page.getByRole("button", { name: "Decide…" }).click();
    await card(page, "SH030").waitFor();
    await page.keyboard.press("Alt+n");
    await expect.poll(() => inCard(page)).toMatch(/^Conflict: SH020/);
    await page.keyboard.press("ArrowDown");
    expect(
      await card(page, "SH020")
        .getByRole("radio", { name: /Use canvas/ })
        .isChecked(),
    ).toBe(true);
    await page.keyboard.press("Alt+n");
    await expect.poll(() => inCard(page)).toMatch(/^Conflict: SH030/);
    // The view itself stands still: its heading is in sight.
    expect((await page.getByRole("heading", { name: "Cut: REEL 5" }).boundingBox())?.y).toBeGreaterThan(0);
    expect(await card(page, "SH030").getByRole("radio", { checked: true }).count()).toBe(0);
    await card(page, "SH020").getByRole("button", { name: "“Use canvas” for 1 other like this" }).click();
    expect(
      await card(page, "SH030")
        .getByRole("radio", { name: /Use canvas/ })
        .isChecked(),
    ).toBe(true);
  });

  it("are decided once when two people apply at the same time, and the other one is told", async () => {
    await bob.page.getByRole("button", { name: "Decide…" }).click();
    for (const shot of ["SH020", "SH030"]) await card(bob.page, shot).getByText("Keep timeline").click();
    const [hers, his] = [ada, bob].map(({ page }) => page.getByRole("button", { name: /^(Apply|Agree)/ }));
    await Promise.all([hers?.click(), his?.click()]);
    const ends = [/is the merged cut, read back/, /changed meanwhile; nothing was applied|Both sides agree/];
    const said = async () =>
      Promise.all([ada, bob].map(({ page }) => page.getByRole("region", { name: "Round trip" }).innerText()));
    // Whoever was first, both timelines are whole: both clips back where they were, or both gone.
    await expect.poll(async () => (await said()).every((words) => ends.some((end) => end.test(words)))).toBe(true);
    const found = await places();
    expect([
      [0, 24, 48, 72, 96],
      [0, 72, 96],
    ]).toContainEqual(found);
    for (const { page } of [ada, bob]) {
      await page.getByRole("button", { name: "Put away" }).click();
      await expect.poll(() => page.getByText(/conflicts? to decide/).count()).toBe(0);
    }
  });
});

describe("stopping", () => {
  const round = () => ada.page.getByRole("region", { name: "Round trip" });

  it("before the first write leaves everything as it was, and says so", async () => {
    const { page } = ada;
    const before = await places();
    const made = () => bridge.api<unknown[]>("GET", `/api/roundtrips?canvas_id=${canvas}`);
    const trips = (await made()).length;
    for (const shot of [1, 4]) await take(shot, shot + 9);
    await clip(page, /^SH040 New take ready/).waitFor();
    await page.getByRole("button", { name: "Compare", exact: true }).click();
    await page.getByRole("table", { name: "Changes" }).waitFor();
    await bridge.ask("resolve.slow", { latency_ms: 20 });
    await page.getByRole("button", { name: "Apply 2 changes" }).click();
    await round().getByRole("button", { name: "Stop" }).click();
    await page.getByText("Stopped. Nothing was written to the timeline.").waitFor();
    expect(await made()).toHaveLength(trips);
    expect(await places()).toEqual(before);
  });

  it("by the editor, in the middle, is said calmly; when it is back the trip has ended, whole", async () => {
    const { page } = ada;
    await page.getByRole("button", { name: "Apply 2 changes" }).click();
    await round()
      .getByText(/^Step [2-9]\d* of/)
      .waitFor();
    const [host] = await bridge.api<{ session: string }[]>("GET", "/api/cut/hosts");
    await bridge.api("POST", `/api/hosts/${host?.session}/stop`);
    await page.getByText(/A round trip of “REEL 5” stopped after \d+ of \d+ steps. Nothing is lost/).waitFor();
    await bridge.ask("resolve.slow", { latency_ms: 0 });
    await bridge.ask("resolve.tell", { verb: "run_agent" });
    await round().getByText("Done.", { exact: false }).waitFor();
    await clip(page, /^SH040 In step/).waitFor();
    await clip(page, /^SH010 In step/).waitFor();
    ada.forgive(/503/);
    bob.forgive(/503|401/);
    // Whoever was second decided what was decided already.
    const others = [...ada.complaints, ...bob.complaints].filter((one) => !/40[09] .*\/api\/roundtrips$/.test(one));
    expect(others).toEqual([]);
  });
});

const inCard = (page: Page) =>
  page.evaluate(() => document.activeElement?.closest("article")?.getAttribute("aria-label") ?? "");
