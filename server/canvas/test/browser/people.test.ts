/** Coming in, who may what, and being shown out. */
import { expect, it } from "vitest";
import { photographFailures } from "../support/hands";
import { openStage } from "../support/stage";

const stage = await openStage();
photographFailures(stage);
const REFUSED = /Failed to load resource/;

it("explains how to get in, and takes a link that is pasted", async () => {
  const { link } = await stage.bridge.ask<{ link: string }>("key");
  const owner = await stage.stranger();
  await owner.page.goto(stage.bridge.url);
  await owner.page.getByText("takebridge open", { exact: true }).waitFor();
  await owner.page.getByLabel(/Paste it here/).fill("nonsense");
  await owner.page.getByText(/This is no link of a bridge/).waitFor();
  await owner.page.getByLabel(/Paste it here/).fill(link);
  await owner.page.getByRole("button", { name: "Sign in" }).click();
  await owner.page.getByRole("button", { name: "New canvas" }).waitFor();
  owner.forgive(REFUSED);
  expect(owner.complaints).toEqual([]);
  await owner.leave();
});

it("takes an invite out of the address at once, asks for a name nobody has, and lets nobody in twice", async () => {
  const invite = await stage.bridge.api<{ link: string }>("POST", "/api/people/invites", { role: "viewer" });
  const [{ name: taken }] = await stage.bridge.api<[{ name: string }]>("GET", "/api/people");
  const vera = await stage.stranger();
  await vera.page.goto(invite.link);
  await vera.page.getByText(`${taken} invites you as viewer.`).waitFor();
  expect(await vera.page.getByRole("listitem").allInnerTexts()).toEqual(["look at everything and read comments"]);
  await vera.page.getByLabel("Your name").fill(taken);
  expect(vera.page.url()).not.toContain("invite=");
  await vera.page.getByRole("button", { name: "Join" }).click();
  await vera.page.getByText(/is called “.*” already/).waitFor();
  await vera.page.getByLabel("Your name").fill("Vera");
  await vera.page.getByLabel("Your name").press("Enter");
  await vera.page.getByRole("button", { name: "Vera, viewer" }).waitFor();
  expect(await vera.page.getByRole("button", { name: "New canvas" }).isDisabled()).toBe(true);

  const other = await stage.stranger();
  await other.page.goto(invite.link);
  await other.page.getByRole("heading", { name: "This invite does not work" }).waitFor();
  await other.leave();
  await vera.leave();
});

it("invites, changes a role, ends a device and removes a person, who is out at once", async () => {
  const owner = await stage.owner();
  await owner.page.goto(`${stage.bridge.url}/people`);
  await owner.page.getByLabel(/For whom/).fill("our editor");
  await owner.page.getByRole("button", { name: "Make an invite" }).click();
  const link = await owner.page.getByRole("dialog").locator("code").textContent();
  await owner.page.getByRole("button", { name: "Done" }).click();
  await owner.page.getByText("our editor").waitFor();

  const ben = await stage.stranger();
  await ben.page.goto(link ?? "");
  await ben.page.getByLabel("Your name").fill("Ben");
  await ben.page.getByRole("button", { name: "Join" }).click();
  await ben.page.getByRole("button", { name: "Ben, reviewer" }).waitFor();

  await owner.page.reload();
  await owner.page.getByRole("button", { name: /Role of Ben/ }).click();
  await owner.page.getByRole("option", { name: "Editor" }).click();
  await owner.page.getByText("Ben is editor now.").waitFor();
  await ben.page.reload();
  await ben.page.getByRole("button", { name: "Ben, editor" }).waitFor();

  const everybody = owner.page.getByRole("region", { name: "People", exact: true });
  const row = everybody.getByRole("listitem").filter({ hasText: "Ben" }).first();
  await row.getByRole("button", { name: "Remove …" }).click();
  await owner.page.getByRole("alertdialog").getByRole("button", { name: "Remove Ben" }).click();
  await row.waitFor({ state: "detached" });
  await ben.page.getByText("You are not signed in here.").waitFor();
  expect(owner.complaints).toEqual([]);
  await owner.leave();
  await ben.leave();
});

it("makes a canvas from a template with one's own words, and shows it on the first page", async () => {
  const owner = await stage.owner();
  await owner.page.getByRole("button", { name: "From a template" }).click();
  await owner.page.getByRole("button", { name: /^Replace this clip/ }).click();
  await owner.page.getByLabel("What it should be").fill("A quay in the rain");
  await owner.page.getByRole("button", { name: "Make canvas" }).click();
  await owner.page.waitForURL(/\/c\/.+\/graph/);
  await owner.page.goto(stage.bridge.url);
  await owner.page.getByRole("link", { name: /Replace this clip.*nodes/ }).waitFor();
  expect(owner.complaints).toEqual([]);
  await owner.leave();
});

it("shows 200 canvases by what changed last, finds one, renames it and takes that back", async () => {
  const titles = Array.from({ length: 200 }, (_, index) => `Reel ${String(index).padStart(3, "0")}`);
  await Promise.all(titles.map((title) => stage.bridge.api("POST", "/api/canvases", { title })));
  const owner = await stage.owner();
  const asked: string[] = [];
  owner.page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await owner.page.goto(stage.bridge.url);
  await owner.page.getByRole("link", { name: /^Reel 000/ }).waitFor();
  // However many there are, nothing is asked for each of them.
  expect(asked.filter((path) => path.startsWith("/api/canvases/") || path === "/api/clips/links")).toEqual([]);
  await owner.page.getByLabel("Find a canvas").fill("reel 123");
  await owner.page.getByRole("link", { name: /^Reel 124/ }).waitFor({ state: "detached" });
  const card = owner.page.getByRole("listitem").filter({ hasText: "Reel 123" });
  await card.getByRole("button", { name: "More about Reel 123" }).click();
  await owner.page.getByRole("menuitem", { name: "Rename …" }).click();
  await owner.page.getByRole("dialog").getByLabel("Title").fill("Reel 123, final");
  await owner.page.getByRole("dialog").getByRole("button", { name: "Rename" }).click();
  await owner.page.getByRole("link", { name: /^Reel 123, final/ }).waitFor();
  await owner.page.getByLabel("Find a canvas").fill("");
  await expect
    .poll(() => owner.page.getByRole("main").getByRole("link").first().textContent())
    .toContain("Reel 123, final");
  if (process.env["TAKEBRIDGE_SHOTS"]) await owner.shot(`${process.env["TAKEBRIDGE_SHOTS"]}/home-200.png`);
  await owner.page.getByRole("button", { name: "Undo" }).click();
  await owner.page.getByRole("link", { name: /^Reel 123(?!,)/ }).waitFor();
  expect(owner.complaints).toEqual([]);
  await owner.leave();
});
