import { createStore } from "zustand/vanilla";
import { asProblem, Problem } from "../../wire/problem";
import type { Begun, Carrier } from "./carrier";
import { forget, keptUpload, rememberUpload } from "./kept";

export type Standing = "chosen" | "waiting" | "sending" | "paused" | "lost" | "finishing" | "done" | "refused";

/** A file on its way to the canvas. Values are replaced, never written into. */
export interface Item {
  readonly key: string;
  readonly file: File;
  readonly title: string;
  readonly role: string;
  /** Bytes that are safe with the bridge, and of those underway how many went out. */
  readonly sent: number;
  /** How much was there already when it began: a reload, an earlier try. */
  readonly found: number;
  readonly standing: Standing;
  readonly problem: Problem | null;
  /** The node it became. */
  readonly node: string;
}

interface Queue {
  readonly items: readonly Item[];
}

/** Milliseconds before a lost connection is tried again; the last one stays, and is how often a full drive is asked. */
const PAUSES = [500, 1000, 2000, 4000, 8000, 15_000];
/** Refusals that are about this moment, not about the file. */
const PASSING = new Set(["unreachable", "internal", "timeout"]);

/** Whether trying the same bytes again can help. */
export const canRetry = (problem: Problem | null): boolean =>
  problem !== null && (problem.retryable || PASSING.has(problem.code) || problem.status >= 500);

interface Placing {
  feeds: string | undefined;
}

/**
 * Files going to one canvas, one after the other: announced, sent in parts in their order, put on the canvas. It lives
 * as long as the page, whatever dialog is open; what a reload interrupts goes on when the same file is chosen again.
 */
export class UploadQueue {
  readonly store = createStore<Queue>(() => ({ items: [] }));
  private running = false;
  private stops = new Map<string, AbortController>();
  private wake: (() => void) | null = null;
  private readonly placing = new Map<string, Placing>();

  constructor(
    private readonly canvas: string,
    private readonly carrier: Carrier,
    private readonly wait: (ms: number, woken: (wake: () => void) => void) => Promise<void> = pause,
  ) {}

  /** Put files on the list; they are sent when `start` is called. The same file is not taken twice. */
  add(files: readonly File[], role: string): void {
    const there = new Set(this.items.filter((one) => one.standing !== "done").map((one) => nameOf(one.file)));
    const fresh = files.filter((file) => {
      const first = !there.has(nameOf(file));
      there.add(nameOf(file));
      return first;
    });
    const items = fresh.map(
      (file): Item => ({
        key: crypto.randomUUID(),
        file,
        title: stem(file.name),
        role,
        sent: 0,
        found: keptUpload(this.canvas, file) ? -1 : 0,
        standing: "chosen",
        problem: null,
        node: "",
      }),
    );
    this.store.setState({ items: [...this.items, ...items] });
  }

  get items(): readonly Item[] {
    return this.store.getState().items;
  }

  change(key: string, change: Partial<Item>): void {
    const items = this.items.map((one) => (one.key === key ? { ...one, ...change } : one));
    this.store.setState({ items });
  }

  /** Send what was chosen. */
  start(placing: Placing): void {
    for (const item of this.items) {
      if (item.standing !== "chosen") continue;
      this.placing.set(item.key, placing);
      this.change(item.key, { standing: "waiting" });
    }
    void this.run();
  }

  pause(key: string): void {
    this.change(key, { standing: "paused" });
    this.stops.get(key)?.abort();
    this.wake?.();
  }

  /** Go on with one that was paused, lost its connection, found no room, or was refused for a reason that may have passed. */
  resume(key: string): void {
    this.change(key, { standing: "waiting", problem: null });
    this.wake?.();
    void this.run();
  }

  /** Forget a file; what came of it is given back. */
  async cancel(key: string): Promise<void> {
    const item = this.items.find((one) => one.key === key);
    if (!item) return;
    this.store.setState({ items: this.items.filter((one) => one.key !== key) });
    this.stops.get(key)?.abort();
    this.wake?.();
    const id = keptUpload(this.canvas, item.file);
    forget(this.canvas, item.file);
    if (id && item.standing !== "done") await this.carrier.discard(id).catch(() => undefined); // It expires by itself.
  }

  /** Take what is done off the list. */
  clear(): void {
    this.store.setState({ items: this.items.filter((one) => one.standing !== "done") });
  }

  private async run(): Promise<void> {
    if (this.running) return;
    this.running = true;
    try {
      for (let next = this.next(); next; next = this.next()) await this.one(next);
    } finally {
      this.running = false;
    }
  }

  private next(): Item | undefined {
    return this.items.find((one) => one.standing === "waiting");
  }

  private standing(key: string): Standing | undefined {
    return this.items.find((one) => one.key === key)?.standing;
  }

  private async one(item: Item): Promise<void> {
    for (let tries = 0; ; ) {
      const stop = new AbortController();
      this.stops.set(item.key, stop);
      this.change(item.key, { standing: "sending", problem: null });
      const before = this.items.find((one) => one.key === item.key)?.sent ?? 0;
      try {
        await this.carry(item, stop.signal);
        return;
      } catch (thrown) {
        if (this.standing(item.key) !== "sending" && this.standing(item.key) !== "finishing") return;
        const problem = asProblem(thrown);
        const full = problem.code === "disk_full";
        if (!full && problem.code !== "unreachable") {
          this.refused(item, problem);
          return;
        }
        const now = this.items.find((one) => one.key === item.key)?.sent ?? 0;
        tries = full ? PAUSES.length : now > before ? 0 : tries + 1;
        this.change(item.key, { standing: "lost", problem });
        await this.wait(PAUSES[Math.min(tries, PAUSES.length - 1)] ?? 15_000, (wake) => {
          this.wake = wake;
        });
        const standing = this.standing(item.key);
        if (standing !== "lost" && standing !== "waiting") return;
      } finally {
        this.stops.delete(item.key);
      }
    }
  }

  private refused(item: Item, problem: Problem): void {
    if (!canRetry(problem)) forget(this.canvas, item.file);
    this.change(item.key, { standing: "refused", problem });
  }

  private async carry(item: Item, signal: AbortSignal): Promise<void> {
    const { file, key } = item;
    if (file.size === 0) throw nothingIn(file);
    let { id, offset, part_bytes } = await this.begun(file);
    if (this.items.find((one) => one.key === key)?.found === -1) this.change(key, { found: offset });
    this.change(key, { sent: offset });
    for (let stuck = 0; offset < file.size; ) {
      if (signal.aborted) return;
      const base = offset;
      const part = file.slice(base, Math.min(file.size, base + part_bytes));
      const progress = (bytes: number) => this.change(key, { sent: base + bytes });
      const next = await this.carrier.part(id, base, part, progress, signal).catch((thrown) => {
        // Without room nothing of the part was kept.
        if (asProblem(thrown).code === "disk_full") this.change(key, { sent: base });
        return elsewhere(thrown);
      });
      stuck = next > offset ? 0 : stuck + 1;
      if (stuck > 5) throw new Error("The bridge takes no more of this file.");
      // Another connection of ours may still be ending: what it brought counts.
      if (stuck) await this.wait(PAUSES[stuck] ?? 1000, () => undefined);
      offset = next;
      this.change(key, { sent: offset });
    }
    if (signal.aborted) return;
    this.change(key, { standing: "finishing" });
    await this.carrier.finish(id);
    const now = this.items.find((one) => one.key === key) ?? item;
    const node = await this.carrier.place({ ...now, feeds: this.placing.get(key)?.feeds }, id);
    forget(this.canvas, file);
    this.change(key, { standing: "done", node, sent: file.size });
  }

  /** The upload of this file: the one begun before, where the bridge still has it, else a new one. */
  private async begun(file: File): Promise<Begun> {
    const kept = keptUpload(this.canvas, file);
    const before = kept ? await this.carrier.where(kept) : null;
    if (before && before.bytes === file.size) return before;
    const made = await this.carrier.begin(file.name, file.size);
    rememberUpload(this.canvas, file, made.id);
    return made;
  }
}

/** A part that began at the wrong place: the bridge says where to go on. */
function elsewhere(thrown: unknown): number {
  const problem = asProblem(thrown);
  const offset = problem.details["offset"];
  if (problem.status === 409 && typeof offset === "number") return offset;
  throw thrown;
}

function nothingIn(file: File): Problem {
  return new Problem({
    code: "empty",
    message: `“${file.name}” is empty.`,
    hint: "It may still be written or fetched. Choose it again when it is there.",
  });
}

const nameOf = (file: File) => `${file.name} ${file.size} ${file.lastModified}`;

/** A file's name without its ending: what the node is called. */
export const stem = (name: string): string => name.replace(/\.[^.]{1,8}$/, "").slice(0, 200) || name;

/** Wait, or until somebody wakes it. */
function pause(ms: number, woken: (wake: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    woken(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** Bytes of all that is not done, and how many of them have gone out. */
export function wholeOf(items: readonly Item[]): { sent: number; bytes: number } {
  const counted = items.filter((one) => one.standing !== "refused" && one.standing !== "chosen");
  return {
    sent: counted.reduce((sum, one) => sum + one.sent, 0),
    bytes: counted.reduce((sum, one) => sum + one.file.size, 0),
  };
}
