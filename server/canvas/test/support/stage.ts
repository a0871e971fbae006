/**
 * The page as people use it: Debian's Chromium, the real bridge, signed in by a one-time link.
 *
 *     const stage = await openStage();                       // afterAll closes everything
 *     const { canvas } = await stage.bridge.ask("canvas_of", { nodes: 30 });
 *     const ada = await stage.owner();                       // a page of its own browser context
 *     await ada.open(canvas, "graph");
 *     const bob = await stage.person("reviewer", "Bob");     // invited, joined by the link
 *     expect(ada.complaints).toEqual([]);                    // page errors, console errors, refused requests
 *
 * Wait for what a person sees (`await ada.page.getByRole(…)`), never for time.
 */
import fs from "node:fs";
import path from "node:path";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll } from "vitest";
import { Bridge } from "./bridge";

export const CHROMIUM = process.env["TAKEBRIDGE_CHROMIUM"] ?? "/usr/bin/chromium";
const SIZE = { width: 1600, height: 900 };

/** One person's browser: a context of its own, cookies and all. */
export class Person {
  /** Errors of the page, in the order they came. A test that expects one takes it out. */
  readonly complaints: string[] = [];

  constructor(
    readonly context: BrowserContext,
    readonly page: Page,
    readonly bridge: Bridge,
  ) {
    page.on("pageerror", (error) => this.complaints.push(String(error.stack ?? error)));
    page.on("console", (message) => {
      // "Failed to load resource" says what of, for whoever has to find it.
      if (message.type() === "error") this.complaints.push(`${message.text()} ${message.location().url}`.trim());
    });
    page.on("request", (request) => {
      const own = request.url().startsWith(bridge.url) || /^(blob|data):/.test(request.url());
      if (!own) this.complaints.push(`asked for ${request.url()}`);
    });
  }

  /** Open a view of a canvas and wait until it stands. */
  async open(canvas: string, place = "graph"): Promise<void> {
    await this.page.goto(`${this.bridge.url}/c/${canvas}/${place}`);
    await this.page.getByRole("navigation", { name: "Views" }).waitFor();
    await this.page.locator("main:not([aria-busy])").waitFor();
  }

  /** Wait until the graph has drawn what there is. */
  async graphReady(): Promise<void> {
    await this.page.locator('[data-ready="true"]').waitFor();
  }

  async shot(file: string): Promise<void> {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    await this.page.screenshot({ path: file });
  }

  /** Take expected complaints out; throws when there was none of them. */
  forgive(pattern: RegExp): void {
    const left = this.complaints.filter((one) => !pattern.test(one));
    if (left.length === this.complaints.length) throw new Error(`nothing like ${pattern} was complained about`);
    this.complaints.splice(0, this.complaints.length, ...left);
  }

  async leave(): Promise<void> {
    await this.context.close();
  }
}

export class Stage {
  constructor(
    readonly bridge: Bridge,
    readonly browser: Browser,
  ) {}

  /** A browser of somebody nobody knows yet. */
  async stranger(options: BrowserContextOptions = {}): Promise<Person> {
    const context = await this.browser.newContext({ viewport: SIZE, colorScheme: "dark", ...options });
    return new Person(context, await context.newPage(), this.bridge);
  }

  /** The local owner, signed in by a one-time link as `takebridge open` does it. */
  async owner(options: BrowserContextOptions = {}): Promise<Person> {
    const person = await this.stranger(options);
    const { link } = await this.bridge.ask<{ link: string }>("key");
    await person.page.goto(link);
    await person.page.getByRole("heading").first().waitFor();
    return person;
  }

  /** Somebody invited with a role, who followed the link and said a name. */
  async person(role: string, name: string, options: BrowserContextOptions = {}): Promise<Person> {
    const invite = await this.bridge.api<{ link: string }>("POST", "/api/people/invites", { role });
    const person = await this.stranger(options);
    await person.page.goto(invite.link);
    await person.page.getByLabel("Your name").fill(name);
    await person.page.getByRole("button", { name: /join/i }).click();
    await person.page.waitForURL((url) => !url.pathname.startsWith("/join"));
    await person.page.getByRole("heading").first().waitFor();
    return person;
  }
}

/** Start a bridge and a browser for the tests of a file; they end after its last test. */
export async function openStage({ home }: { home?: string } = {}): Promise<Stage> {
  const [bridge, browser] = await Promise.all([
    Bridge.start(home),
    chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--force-color-profile=srgb"] }),
  ]);
  afterAll(async () => {
    await browser.close();
    await bridge.close();
  });
  return new Stage(bridge, browser);
}
