"use strict";

const assert = require("node:assert/strict");
const { test } = require("node:test");
const { agent, clip, film, open } = require("./rig.js");

const { createKeys, fingerprintOf, follow } = agent("keys");

const names = (pieces) => pieces.map(({ type, index, name }) => `${type[0]}${index} ${name}`);

/** Read, let a person edit, read again: the keys of each by what they name. */
async function around(host, edit, asked) {
  const before = (await host.read()).pieces;
  edit(host.person);
  const after = (await host.read(asked)).pieces;
  return { before, after, kept: (at) => after.findIndex(({ key }) => key === before[at].key) };
}

test("keys are stable, unlike for every clip, and the same for another desk on the same cut", async () => {
  const host = open();
  const first = (await host.read()).pieces.map(({ key }) => key);
  assert.equal(new Set(first).size, first.length);
  assert.deepEqual(
    (await host.read()).pieces.map(({ key }) => key),
    first,
  );
  assert.deepEqual(
    (await open().read()).pieces.map(({ key }) => key),
    first,
  );
  assert.ok(first.every((key) => key.length > 0 && key.length <= 255));
});

const EDITS = {
  "moved on its track": (person) => person.move("V2", 0, 7),
  "trimmed at its head": (person) => person.trim("V2", 0, 4, 0),
  "trimmed at its tail": (person) => person.trim("V2", 0, 0, 4),
  slipped: (person) => person.slip("V2", 0, 3),
  renamed: (person) => person.rename("V2", 0, "other"),
  disabled: (person) => person.disable("V2", 0),
  "given an effect": (person) => person.dropEffect("V2", 0, "Lumetri"),
  "cut by the razor (its first half)": (person) => person.razor("V2", 0, 8),
  relinked: (person) => person.relink("c.mov", "/media/new.mov"),
};

for (const [what, edit] of Object.entries(EDITS)) {
  test(`a clip keeps its key when it is ${what}`, async () => {
    const host = open();
    const { before, after } = await around(host, edit);
    const first = after.find(({ type, index }) => type === "video" && index === 2);
    assert.equal(first.key, before[2].key);
    assert.equal(new Set(after.map(({ key }) => key)).size, after.length);
    const rest = (pieces) => pieces.filter(({ type, index }) => type !== "video" || index !== 2).map(({ key }) => key);
    assert.deepEqual(rest(after), rest(before));
  });
}

test("the second half behind the razor is a new clip", async () => {
  const { before, after } = await around(open(), (person) => person.razor("V1", 0, 40));
  const old = new Set(before.map(({ key }) => key));
  const fresh = after.filter(({ key }) => !old.has(key));
  assert.deepEqual(
    fresh.map(({ type, index, start }) => [type, index, start > 0n]),
    [["video", 1, true]],
  );
});

test("a ripple moves every later clip and all keep their keys", async () => {
  const host = open();
  const { before, after } = await around(host, (person) => {
    for (const [track, which] of [
      ["V1", 1],
      ["A1", 1],
      ["V2", 0],
    ])
      person.move(track, which, 24);
  });
  assert.deepEqual(
    after.map(({ key }) => key),
    before.map(({ key }) => key),
  );
});

test("a clip lifted to another track keeps its key, whichever track is read first", async () => {
  for (const tracks of [null, [{ type: "video", index: 2 }]]) {
    const host = open();
    const before = (await host.read()).pieces;
    host.world.change(host.world.state.active, "Lift", (project) => {
      const { video } = project.sequences[project.active];
      video[1].items.push(video[0].items.pop());
      video[1].items.sort((one, other) => (one.start < other.start ? -1 : 1));
    });
    const some = (await host.read({ tracks })).pieces.find(({ name }) => name === "b");
    assert.deepEqual([some.index, some.key], [2, before[1].key]);
    assert.equal(
      (await host.read()).pieces.find(({ name, type }) => name === "b" && type === "video").key,
      before[1].key,
    );
  }
});

test("where two clips could be meant, none is", async () => {
  const twins = [clip("a", 0, 10), clip("a", 20, 10), clip("z", 40, 10)];
  const host = open({ film: film({ tracks: { video: [twins], audio: [] } }) });
  const before = (await host.read()).pieces;
  host.world.change(host.world.state.active, "Shuffle", (project) => {
    const sequence = project.sequences[project.active];
    sequence.video[0].items.slice(0, 2).forEach((piece) => {
      piece.start += sequence.frame * 100n;
      piece.end += sequence.frame * 100n;
    });
    sequence.video[0].items.sort((one, other) => (one.start < other.start ? -1 : 1));
  });
  const after = (await host.read()).pieces;
  const old = new Set(before.map(({ key }) => key));
  assert.deepEqual(
    after.map(({ key }) => old.has(key)),
    [true, false, false],
  );
});

test("what comes to lie where a moved clip began is another clip", async () => {
  const host = open();
  const [first] = (await host.read()).pieces;
  host.person.move("V1", 0, 300);
  const moved = (await host.read()).pieces.find(({ name, type }) => type === "video" && name === "a");
  assert.equal(moved.key, first.key);
  host.world.change(host.world.state.active, "Paste", (project) => {
    const sequence = project.sequences[project.active];
    const [piece] = sequence.video[0].items.filter(({ name }) => name === "a");
    const shift = sequence.frame * 300n;
    sequence.video[0].items.unshift({
      ...structuredClone(piece),
      id: "pasted",
      start: piece.start - shift,
      end: piece.end - shift,
    });
  });
  const [pasted, ...others] = (await host.read()).pieces.filter(({ name, type }) => type === "video" && name === "a");
  assert.equal(pasted.start, 0n);
  assert.notEqual(pasted.key, first.key);
  assert.deepEqual(
    others.map(({ key }) => key),
    [first.key],
  );
});

test("a deleted clip that comes back by undo has its key again", async () => {
  const host = open();
  const before = names((await host.read()).pieces);
  const keys = (await host.read()).pieces.map(({ key }) => key);
  host.person.delete("V1", 1);
  assert.notDeepEqual(names((await host.read()).pieces), before);
  host.person.undo();
  assert.deepEqual(
    (await host.read()).pieces.map(({ key }) => key),
    keys,
  );
});

test("random edits: keys stay unlike, and no clip takes over another's", () => {
  let state = 3;
  const random = (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) % below;
  };
  const piece = (item, index, start, from, length) => ({
    type: "video",
    index,
    itemId: item,
    start: BigInt(start),
    end: BigInt(start + length),
    in: BigInt(from),
    out: BigInt(from + length),
    key: "",
  });
  const tracks = [1, 2].map((index) => ({ type: "video", index }));
  for (let run = 0; run < 40; run += 1) {
    const keys = createKeys();
    // Every clip is its own media here, so whatever is done to one of them, there is only one it can be.
    const cut = Array.from({ length: 12 }, (_none, at) => piece(`item ${at}`, 1 + (at % 2), at * 100, at * 7, 80));
    keys.name("seq", cut, tracks);
    const first = cut.map(({ key }) => key);
    for (let step = 0; step < 15; step += 1) {
      const one = cut[random(cut.length)];
      const by = BigInt(random(30) + 1);
      const acts = [
        () => Object.assign(one, { start: one.start + by * 1000n, end: one.end + by * 1000n }),
        () => Object.assign(one, { index: 3 - one.index }),
        () => one.end - one.start > by && Object.assign(one, { start: one.start + by, in: one.in + by }),
        () => one.end - one.start > by && Object.assign(one, { end: one.end - by, out: one.out - by }),
        () => Object.assign(one, { in: one.in + by, out: one.out + by }),
      ];
      acts[random(acts.length)]();
      keys.name("seq", cut, tracks);
      assert.deepEqual(
        cut.map(({ key }) => key),
        first,
      );
    }
  }
});

test("random razors: each cut leaves the first part its key and gives the rest new ones", () => {
  const keys = createKeys();
  const tracks = [{ type: "video", index: 1 }];
  let cut = [{ type: "video", index: 1, itemId: "film", start: 0n, end: 100000n, in: 50n, out: 100050n, key: "" }];
  keys.name("seq", cut, tracks);
  let state = 5;
  for (let step = 0; step < 60; step += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const at = state % cut.length;
    const one = cut[at];
    const half = (one.end - one.start) / 2n;
    if (half === 0n) continue;
    const before = cut.map(({ key }) => key);
    const [head, tail] = [
      { ...one, end: one.start + half, out: one.in + half },
      { ...one, start: one.start + half, in: one.in + half },
    ];
    cut = [...cut.slice(0, at), head, tail, ...cut.slice(at + 1)].map((piece) => ({ ...piece, key: "" }));
    keys.name("seq", cut, tracks);
    const now = cut.map(({ key }) => key);
    assert.equal(new Set(now).size, now.length);
    assert.deepEqual(
      now.filter((_key, place) => place !== at + 1),
      before,
    );
    assert.ok(!before.includes(now[at + 1]));
  }
});

test("following pairs only what can be meant", () => {
  const print = (more) => ({ type: "video", index: 1, item: "x", start: "0", end: "10", in: "0", out: "10", ...more });
  const former = [{ id: "k", print: print({}) }];
  const found = (present) => [...follow(former, present).entries()];
  assert.deepEqual(found([print({ start: "50", end: "60" })]), [[0, "k"]]);
  assert.deepEqual(found([print({ start: "50", end: "60", type: "audio" })]), []);
  assert.deepEqual(found([print({ start: "50", end: "60", item: "y" })]), []);
  assert.deepEqual(found([print({ start: "50", end: "60" }), print({ start: "70", end: "80" })]), []);
  assert.deepEqual(found([print({ start: "50", end: "60" }), print({ index: 2, start: "70", end: "80" })]), [[0, "k"]]);
  assert.deepEqual(found([print({ start: "3", in: "3" })]), [[0, "k"]]);
  assert.deepEqual(found([print({ start: "3", end: "13", in: "4", out: "14" })]), []);
  assert.equal(fingerprintOf({ type: "video", index: 1, itemId: "x", start: 0n, end: 1n, in: 2n, out: 3n }).out, "3");
});
