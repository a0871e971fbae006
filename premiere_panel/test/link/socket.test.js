"use strict";

const assert = require("node:assert/strict");
const test = require("node:test");
const { createLink } = require("../../takebridge_premiere/plugin/link/socket.js");
const { desk, handClock, settle, sockets, storage } = require("./stand_ins.js");

const PAIRED = { "takebridge.link": JSON.stringify({ port: 4711, bridge: "b-1", token: "secret" }) };
const GREETING = { type: "bridge", bridge: "b-1", protocol: "1.2", panel: "0.1.0", bridge_version: "0.9" };

function rig(kept = PAIRED) {
  const clock = handClock();
  const line = sockets();
  const host = desk();
  const memory = storage(kept);
  const link = createLink({
    WebSocket: line.Socket,
    storage: memory,
    desk: host,
    clock,
    version: "0.1.0",
    hostVersion: "26.3.0",
    name: "Premiere on a Mac",
    random: () => 1,
  });
  return { clock, line, host, memory, link };
}

async function connected(kept) {
  const all = rig(kept);
  all.link.start();
  await shake(all);
  return all;
}

async function shake({ line }, session = "s-1") {
  const socket = line.newest();
  socket.open();
  socket.say(GREETING);
  socket.say({ type: "authenticated", id: "panel-1" });
  await settle();
  socket.say({ type: "welcome", welcome: { session, protocol: "1.2", poll_seconds: 20 } });
  await settle();
}

test("it dials the literal loopback address and says hello once it is let in", async () => {
  const { line, link } = await connected();
  assert.equal(line.newest().url, "ws://127.0.0.1:4711/panel");
  assert.deepEqual(
    line.newest().sent.map((one) => one.type),
    ["auth", "hello", "follow"],
  );
  assert.equal(line.newest().last("auth").token, "secret");
  assert.deepEqual(line.newest().last("hello").hello.capabilities, ["agent.ping", "host.status"]);
  assert.equal(link.standing().name, "connected");
});

test("the token stays here when another bridge answers", () => {
  const { line, link } = rig();
  link.start();
  line.newest().open();
  line.newest().say({ ...GREETING, bridge: "b-2" });
  assert.deepEqual(line.newest().sent, []);
  assert.equal(link.standing().name, "unpaired");
  assert.equal(link.standing().stranger, true);
});

test("another major version is told nothing", () => {
  const { line, link } = rig();
  link.start();
  line.newest().open();
  line.newest().say({ ...GREETING, protocol: "2.0" });
  assert.deepEqual(line.newest().sent, []);
  assert.equal(link.standing().name, "other-version");
});

test("unpaired it dials nobody", () => {
  const { line, link } = rig({});
  link.start();
  assert.equal(line.made.length, 0);
  assert.equal(link.standing().name, "unpaired");
});

test("pairing sends the code, keeps the token with the bridge's id, and goes on", async () => {
  const all = rig({});
  const { line, link, memory } = all;
  const done = link.pair(5000, "482913");
  line.newest().open();
  line.newest().say(GREETING);
  assert.deepEqual(line.newest().last("pair"), { type: "pair", code: "482913", name: "Premiere on a Mac" });
  line.newest().say({ type: "paired", token: "t-9", id: "panel-2" });
  await done;
  await settle();
  assert.deepEqual(JSON.parse(memory.kept.get("takebridge.link")), { port: 5000, bridge: "b-1", token: "t-9" });
  assert.ok(line.newest().last("hello"));
});

test("a wrong code is refused in the bridge's words, and an earlier pairing stays", async () => {
  const { line, link, memory } = rig();
  const done = link.pair(4711, "000000");
  line.newest().open();
  line.newest().say(GREETING);
  line
    .newest()
    .say({ type: "refused", error: { code: "not_allowed", message: "That code is wrong.", hint: "Make another." } });
  await assert.rejects(done, { message: "That code is wrong.", hint: "Make another." });
  assert.equal(JSON.parse(memory.kept.get("takebridge.link")).token, "secret");
});

test("a code that is no six digits never leaves", async () => {
  const { line, link } = rig({});
  await assert.rejects(link.pair(4711, "12345"), /six digits/);
  assert.equal(line.made.length, 0);
});

test("nobody on the port: pairing says so", async () => {
  const { line, link } = rig({});
  const done = link.pair(4711, "123456");
  line.newest().end(1006);
  await assert.rejects(done, /No bridge answers/);
});

test("revoked: the token is forgotten and nothing is dialled until it is paired again", async () => {
  const { line, link, clock, memory } = await connected();
  line.newest().end(4003);
  assert.equal(link.standing().name, "refused");
  assert.equal(JSON.parse(memory.kept.get("takebridge.link")).token, "");
  clock.pass(60_000);
  assert.equal(line.made.length, 1);
});

test("it dials again with growing pauses up to ten seconds", async () => {
  const { line, clock } = await connected();
  const at = [];
  for (let n = 0; n < 8; n += 1) {
    const before = line.made.length;
    const from = clock.now();
    line.newest().end(1006);
    while (line.made.length === before) {
      clock.pass(100);
    }
    at.push((clock.now() - from) / 1000);
  }
  assert.deepEqual(at, [0.5, 1, 2, 4, 7, 10, 10, 10]);
});

test("a server that opens and never greets is given up after five seconds", () => {
  const { line, link, clock } = rig();
  link.start();
  line.newest().open();
  clock.pass(4_900);
  assert.equal(line.newest().closedHere, undefined);
  clock.pass(200);
  assert.equal(line.newest().closedHere, true);
});

test("an answer that a dropped socket lost is sent again, and its op is not run again", async () => {
  const all = await connected();
  const { line, host, clock } = all;
  line.newest().say({ type: "op", op: { id: "op-1", verb: "clip.place" } });
  line.newest().end(1006);
  host.finish({ done: true });
  await settle();
  clock.pass(600);
  await shake(all, "s-2");
  const answer = line.newest().last("answer").answer;
  assert.deepEqual(answer, { session: "s-1", op_id: "op-1", outcome: "verified", result: { done: true }, error: null });
  line.newest().say({ type: "op", op: { id: "op-1", verb: "clip.place" } });
  await settle();
  assert.deepEqual(host.told.runs, ["op-1"]);
});

test("an op that comes twice while it runs is begun once", async () => {
  const { line, host } = await connected();
  const op = { type: "op", op: { id: "op-1", verb: "clip.place" } };
  line.newest().say(op);
  line.newest().say(op);
  await settle();
  assert.deepEqual(host.told.runs, ["op-1"]);
});

test("an acknowledged answer is let go", async () => {
  const { line, host, link } = await connected();
  line.newest().say({ type: "op", op: { id: "op-1", verb: "agent.ping" } });
  host.finish();
  await settle();
  assert.equal(link.unacknowledged(), 1);
  line.newest().say({ type: "ack", op_id: "op-1", known: true });
  assert.equal(link.unacknowledged(), 0);
});

test("requests lost with the connection say whether asking again is safe", async () => {
  const { line, link } = await connected();
  const read = link.request("GET", "/api/status");
  const work = link.request("POST", "/api/jobs", {});
  line.newest().end(1006);
  await assert.rejects(read, { code: "answer_lost", retryable: true });
  await assert.rejects(work, { code: "answer_lost", retryable: false });
  await assert.rejects(link.request("GET", "/api/status"), { code: "not_connected" });
});

test("it pings every fifteen seconds", async () => {
  const { line, clock } = await connected();
  clock.pass(46_000);
  assert.equal(line.newest().sent.filter((one) => one.type === "ping").length, 3);
});

test("a silent bridge is frozen, and connected again with its next word", async () => {
  const { line, link, clock } = await connected();
  clock.pass(36_000);
  assert.deepEqual([link.standing().name, link.standing().who], ["frozen", "bridge"]);
  line.newest().say({ type: "pong", n: 1 });
  clock.pass(1_000);
  assert.equal(link.standing().name, "connected");
});

test("an op that takes long says that Premiere is busy, and nothing is dropped", async () => {
  const { line, link, clock, host } = await connected();
  line.newest().say({ type: "op", op: { id: "op-1", verb: "clip.place" } });
  for (let n = 0; n < 12; n += 1) {
    clock.pass(1_000);
    line.newest().say({ type: "pong", n });
  }
  assert.deepEqual([link.standing().name, link.standing().who], ["frozen", "editor"]);
  host.finish();
  await settle();
  clock.pass(1_000);
  assert.equal(link.standing().name, "connected");
  assert.equal(line.made.length, 1);
});

test("minutes behind a modal dialog are nobody's silence", async () => {
  const { line, link, clock } = await connected();
  clock.pass(2_000);
  clock.freeze(300_000);
  clock.pass(1_500);
  assert.equal(link.standing().name, "connected");
  assert.equal(line.made.length, 1);
});

test("status changes go out once, three hundred milliseconds after the last", async () => {
  const { line, clock, host } = await connected();
  host.told.listener();
  clock.pass(200);
  host.told.listener();
  clock.pass(299);
  await settle();
  assert.equal(line.newest().last("status"), undefined);
  clock.pass(1);
  await settle();
  assert.equal(line.newest().sent.filter((one) => one.type === "status").length, 1);
});

test("after a drop it asks for the events since the last one it heard", async () => {
  const all = await connected();
  const { line, link, clock } = all;
  const heard = [];
  const anew = [];
  link.onEvent((topic, data) => heard.push([topic, data.n]));
  link.onResync(() => anew.push(true));
  line.newest().say({ type: "live", message: { type: "hello", stream: "x", seq: 4, complete: true } });
  line.newest().say({ type: "live", message: { type: "event", seq: 7, topic: "job.changed", data: { n: 1 } } });
  line.newest().end(1006);
  clock.pass(600);
  await shake(all, "s-2");
  assert.deepEqual(line.newest().last("follow"), {
    type: "follow",
    topics: null,
    canvases: null,
    since: 7,
    stream: "x",
  });
  line.newest().say({ type: "live", message: { type: "hello", stream: "x", seq: 9, complete: true } });
  assert.deepEqual([heard, anew.length], [[["job.changed", 1]], 1]);
  line.newest().say({ type: "live", message: { type: "hello", stream: "y", seq: 1, complete: false } });
  assert.equal(anew.length, 2);
});

test("a message in parts is one message", async () => {
  const { line, link } = await connected();
  const asked = link.request("GET", "/api/canvases");
  const id = line.newest().last("request").id;
  const text = JSON.stringify({ type: "response", id, status: 200, headers: {}, body: { c1: "Reel 2" } });
  line.newest().say({ type: "part", of: "9", n: 0, count: 2, text: text.slice(0, 20) });
  line.newest().say({ type: "part", of: "9", n: 1, count: 2, text: text.slice(20) });
  assert.deepEqual((await asked).body, { c1: "Reel 2" });
});

test("parts out of order end the connection instead of being guessed at", async () => {
  const { line } = await connected();
  line.newest().say({ type: "part", of: "9", n: 1, count: 2, text: "x" });
  assert.equal(line.newest().closedHere, true);
});

test("what the old socket still says after a drop is not heard", async () => {
  const { line, link, clock } = await connected();
  const old = line.newest();
  old.end(1006);
  clock.pass(600);
  line.newest().open();
  old.say({ type: "op", op: { id: "late", verb: "clip.place" } });
  assert.equal(link.isOpen(), false);
});
