"use strict";

const assert = require("node:assert/strict");
const test = require("node:test");
const root = "../../takebridge_premiere/plugin/link/";
const { portOf, requireLoopback, socketUrl } = require(`${root}address.js`);
const { createJoiner, frames, utf8Length } = require(`${root}parts.js`);
const { createRequests, dataUrl } = require(`${root}requests.js`);
const { isOlder, speaksTo } = require(`${root}standing.js`);
const { createStore } = require(`${root}store.js`);
const { handClock, storage } = require("./stand_ins.js");

test("only the literal loopback address passes", () => {
  assert.equal(socketUrl(4711), "ws://127.0.0.1:4711/panel");
  const bad = [
    "ws://localhost:4711/panel",
    "wss://127.0.0.1:4711/panel",
    "ws://127.0.0.1.evil.example:4711/panel",
    "ws://127.0.0.1:4711/panel?x",
    "ws://user@127.0.0.1:4711/panel",
    "ws://127.0.0.1:99999/panel",
    "ws://127.0.0.1:4711@evil.example/panel",
  ];
  bad.forEach((url) => assert.throws(() => requireLoopback(url), { code: "usage" }, url));
});

test("a port is 1 to 65535 in plain digits", () => {
  assert.deepEqual([portOf(" 4711 "), portOf("65535"), portOf(1)], [4711, 65535, 1]);
  ["0", "65536", "80a", "", null, undefined, "-1", "4711.5", "0x50", "123456"].forEach((text) =>
    assert.equal(portOf(text), null, String(text)),
  );
});

test("bytes are counted as UTF-8", () => {
  ["", "abc", "ü€", "🎬 take", "\ud800 alone", "日本語"].forEach((text) =>
    assert.equal(utf8Length(text), Buffer.byteLength(text, "utf8"), text),
  );
});

test("a long text goes in parts below the limit and comes out the same, surrogates whole", () => {
  const text = JSON.stringify({ note: "🎬".repeat(200_000), more: '"\\'.repeat(60_000) });
  const sent = frames(text, "p1");
  assert.ok(sent.length > 1);
  sent.forEach((frame) => assert.ok(Buffer.byteLength(frame, "utf8") <= 512 * 1024));
  sent.forEach((frame) => assert.ok(!/^[\udc00-\udfff]/.test(JSON.parse(frame).text)));
  const joiner = createJoiner();
  const whole = sent.map((frame) => joiner.take(JSON.parse(frame)));
  assert.deepEqual(
    whole.slice(0, -1),
    sent.slice(1).map(() => null),
  );
  assert.equal(whole[whole.length - 1], text);
});

test("a short text is one frame as it is", () => {
  assert.deepEqual(frames('{"type":"ping"}', "p1"), ['{"type":"ping"}']);
});

test("more than 64 MiB is refused before it is sent", () => {
  assert.throws(() => frames("x".repeat(64 * 1024 * 1024 + 1), "p"), { code: "too_large" });
});

test("what is kept survives, and what cannot be read counts as nothing", () => {
  const memory = storage();
  createStore(memory).write({ port: 4711, bridge: "b", token: "t" });
  assert.deepEqual(createStore(memory).read(), { port: 4711, bridge: "b", token: "t" });
  assert.deepEqual(createStore(storage({ "takebridge.link": "{nonsense" })).read(), {
    port: null,
    bridge: "",
    token: "",
  });
  const halved = storage({ "takebridge.link": JSON.stringify({ port: 9, token: "t" }) });
  assert.deepEqual(createStore(halved).read(), { port: 9, bridge: "", token: "" });
});

test("a full storage does not end the panel", () => {
  const store = createStore({
    getItem: () => null,
    setItem() {
      throw new Error("full");
    },
  });
  store.write({ port: 1 });
  assert.equal(store.read().port, 1);
});

test("sixteen requests go at once, the next when one is answered", async () => {
  const sent = [];
  const requests = createRequests({ send: (message) => sent.push(message), clock: handClock() });
  requests.begin();
  const asked = Array.from({ length: 20 }, (_, n) => requests.ask("GET", `/api/${n}`));
  assert.equal(sent.length, 16);
  requests.settle({ id: sent[3].id, status: 200, body: "three" });
  assert.equal((await asked[3]).body, "three");
  assert.equal(sent.length, 17);
});

test("a refusal has the bridge's words, its next step and whether to try again", async () => {
  const sent = [];
  const requests = createRequests({ send: (message) => sent.push(message), clock: handClock() });
  requests.begin();
  const asked = requests.ask("POST", "/api/clips/push", {});
  const body = {
    code: "host_busy",
    message: "Premiere is busy.",
    hint: "Close the dialog.",
    retryable: true,
    details: { a: 1 },
  };
  requests.settle({ id: sent[0].id, status: 409, body });
  const told = {
    code: "host_busy",
    message: "Premiere is busy.",
    hint: "Close the dialog.",
    retryable: true,
    status: 409,
  };
  await assert.rejects(asked, told);
});

test("an answer that never comes is given up, a late one passed over", async () => {
  const sent = [];
  const clock = handClock();
  const requests = createRequests({ send: (message) => sent.push(message), clock });
  requests.begin();
  const asked = requests.ask("GET", "/api/status");
  clock.pass(30_000);
  await assert.rejects(asked, { code: "timeout", retryable: true });
  requests.settle({ id: sent[0].id, status: 200, body: {} });
  assert.equal(requests.pending(), 0);
});

test("pictures become data addresses, anything else does not", () => {
  assert.equal(dataUrl({ media_type: "image/jpeg", data: "AAAA" }), "data:image/jpeg;base64,AAAA");
  assert.equal(dataUrl({ media_type: "text/html", data: "AAAA" }), "");
  assert.equal(dataUrl({ media_type: "image/svg+xml;x=1,", data: "AAAA" }), "");
});

test("versions compare by number", () => {
  assert.ok(isOlder("0.9.0", "0.10.0"));
  assert.ok(!isOlder("1.0.0", "1.0.0"));
  assert.ok(!isOlder("2.0", "1.9.9"));
  assert.ok(speaksTo("1.2", "1.9"));
  assert.ok(!speaksTo("1.2", "2.0"));
});
