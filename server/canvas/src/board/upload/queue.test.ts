import { beforeEach, describe, expect, test } from "vitest";
import { Problem, unreachable } from "../../wire/problem";
import type { Carrier } from "./carrier";
import { keptUpload } from "./kept";
import { type Item, stem, UploadQueue } from "./queue";
import { bytesWords, standingWords } from "./words";

const store = new Map<string, string>();
beforeEach(() => {
  store.clear();
  globalThis.localStorage = {
    getItem: (key: string) => store.get(key) ?? null,
    setItem: (key: string, value: string) => store.set(key, value),
  } as unknown as Storage;
});

/** A bridge that keeps what it is sent, and breaks where it is told to. */
class Bridge implements Carrier {
  uploads = new Map<string, number[]>();
  log: string[] = [];
  breaks: (() => unknown)[] = [];
  size = 0;

  async begin(name: string, bytes: number) {
    this.log.push(`begin ${name}`);
    this.size = bytes;
    const id = `u${this.uploads.size + 1}`;
    this.uploads.set(id, []);
    return { id, offset: 0, part_bytes: 4, bytes };
  }
  async where(id: string) {
    this.log.push(`where ${id}`);
    const found = this.uploads.get(id);
    return found ? { id, offset: found.length, part_bytes: 4, bytes: this.size } : null;
  }
  async part(id: string, offset: number, part: Blob) {
    this.log.push(`part ${offset}+${part.size}`);
    const held = this.uploads.get(id) ?? [];
    const bytes = [...new Uint8Array(await part.arrayBuffer())];
    const thrown = this.breaks.shift()?.();
    if (thrown) {
      held.push(...bytes.slice(0, 2)); // what was read of a part that broke off is kept
      throw thrown;
    }
    held.push(...bytes);
    return held.length;
  }
  async finish() {
    this.log.push("finish");
  }
  async place() {
    this.log.push("place");
    return "node_1";
  }
  async discard(id: string) {
    this.log.push(`discard ${id}`);
    this.uploads.delete(id);
  }
}

const file = (name = "clip.mp4") =>
  new File([new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])], name, { lastModified: 7 });
const settled = async (queue: UploadQueue, standing: string) => {
  for (let turn = 0; turn < 200; turn++) {
    if (queue.items.length && queue.items.every((one) => one.standing === standing)) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  throw new Error(`still ${queue.items.map((one) => one.standing)}`);
};
const noWait = async () => {};

describe("an upload", () => {
  test("goes out part by part in order and is put on the canvas", async () => {
    const bridge = new Bridge();
    const queue = new UploadQueue("c", bridge, noWait);
    queue.add([file(), file()], "character");
    expect(queue.items).toHaveLength(1);
    queue.start({ feeds: undefined });
    await settled(queue, "done");
    expect(bridge.log).toEqual(["begin clip.mp4", "part 0+4", "part 4+4", "part 8+2", "finish", "place"]);
    expect(queue.items[0]).toMatchObject({ node: "node_1", title: "clip", sent: 10 });
    expect(keptUpload("c", file())).toBeUndefined();
  });

  test("a lost connection is tried again from where the bridge says, byte for byte", async () => {
    const bridge = new Bridge();
    bridge.breaks = [() => undefined, () => unreachable()];
    const queue = new UploadQueue("c", bridge, noWait);
    queue.add([file()], "");
    queue.start({ feeds: undefined });
    await settled(queue, "done");
    expect(bridge.log).toEqual(["begin clip.mp4", "part 0+4", "part 4+4", "where u1", "part 6+4", "finish", "place"]);
    expect(bridge.uploads.get("u1")).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  test("a part at the wrong place goes on at the bridge's offset", async () => {
    const bridge = new Bridge();
    const conflict = new Problem({ code: "conflict", message: "elsewhere", details: { offset: 2 } }, 409);
    bridge.breaks = [() => conflict];
    const queue = new UploadQueue("c", bridge, noWait);
    queue.add([file()], "");
    queue.start({ feeds: undefined });
    await settled(queue, "done");
    expect(bridge.log.slice(0, 4)).toEqual(["begin clip.mp4", "part 0+4", "part 2+4", "part 6+4"]);
  });

  test("after a reload the same file goes on where it stopped; another file of that name begins anew", async () => {
    const bridge = new Bridge();
    bridge.breaks = [() => undefined, () => unreachable()];
    const before = new UploadQueue("c", bridge, () => new Promise(() => {}));
    before.add([file()], "");
    before.start({ feeds: undefined });
    await settled(before, "lost");
    const after = new UploadQueue("c", bridge, noWait);
    after.add([file()], "");
    expect(after.items[0]?.found).toBe(-1);
    after.start({ feeds: undefined });
    await settled(after, "done");
    expect(bridge.log.slice(3)).toEqual(["where u1", "part 6+4", "finish", "place"]);
    expect(after.items[0]?.found).toBe(6);
    expect(keptUpload("c", new File(["x"], "clip.mp4", { lastModified: 7 }))).toBeUndefined();
    expect(keptUpload("another canvas", file())).toBeUndefined();
  });

  test("what is no medium is refused for good", async () => {
    const bridge = new Bridge();
    bridge.breaks = [() => new Problem({ code: "media", message: "No picture." }, 422)];
    const queue = new UploadQueue("c", bridge, noWait);
    queue.add([file("page.svg")], "");
    queue.start({ feeds: undefined });
    await settled(queue, "refused");
    expect(queue.items[0]?.problem?.message).toBe("No picture.");
    expect(keptUpload("c", file("page.svg"))).toBeUndefined();
  });

  test("a full drive is waited for, and the rest goes out when there is room", async () => {
    const bridge = new Bridge();
    const full = () => new Problem({ code: "disk_full", message: "The drive is full." }, 507);
    bridge.breaks = [() => undefined, full, full];
    const waits: number[] = [];
    let room = () => {};
    const queue = new UploadQueue("c", bridge, (ms) => {
      waits.push(ms);
      return new Promise((resolve) => {
        room = resolve;
      });
    });
    queue.add([file()], "");
    queue.start({ feeds: undefined });
    await settled(queue, "lost");
    expect(standingWords(queue.items[0] as Item)).toMatch(/no room/);
    room();
    await expect.poll(() => waits.length).toBe(2);
    room();
    await settled(queue, "done");
    expect(waits).toEqual([15_000, 15_000]);
    expect(bridge.uploads.get("u1")).toHaveLength(10);
    expect(bridge.log.filter((line) => line.startsWith("begin"))).toHaveLength(1);
  });

  test("an empty file is refused before anything is announced", async () => {
    const bridge = new Bridge();
    const queue = new UploadQueue("c", bridge, noWait);
    queue.add([new File([], "nothing.png")], "");
    queue.start({ feeds: undefined });
    await settled(queue, "refused");
    expect(queue.items[0]?.problem?.message).toContain("empty");
    expect(bridge.log).toEqual([]);
  });

  test("one that is cancelled is forgotten by the bridge, too", async () => {
    const bridge = new Bridge();
    bridge.breaks = [() => unreachable()];
    const queue = new UploadQueue("c", bridge, () => new Promise(() => {}));
    queue.add([file()], "");
    queue.start({ feeds: undefined });
    await settled(queue, "lost");
    await queue.cancel(queue.items[0]?.key ?? "");
    expect(queue.items).toEqual([]);
    expect(bridge.uploads.size).toBe(0);
  });
});

test("names and sizes in words", () => {
  expect(stem("Ines at the rail.final.png")).toBe("Ines at the rail.final");
  expect(stem(".png")).toBe(".png");
  expect(bytesWords(12_400_000)).toBe("12.4 MB");
  expect(bytesWords(999)).toBe("999 bytes");
  expect(bytesWords(250_000_000)).toBe("250 MB");
});
