"use strict";

/** Who may be at the panels' socket: no page of the web, and more than one Premiere. */

const assert = require("node:assert/strict");
const fs = require("node:fs");
const http = require("node:http");
const os = require("node:os");
const path = require("node:path");
const { pathToFileURL } = require("node:url");
const { test } = require("node:test");
const { paired, theBridge } = require("./real_bridge.js");

/** In a page: dial the socket, say something, and tell how it went. */
function dial([port, said]) {
  return new Promise((resolve) => {
    const heard = [];
    const socket = new WebSocket(`ws://127.0.0.1:${port}/panel`);
    socket.onopen = () => heard.push("open");
    socket.onmessage = (event) => {
      heard.push(JSON.parse(event.data).type);
      if (heard.filter((one) => one !== "open").length === 1) {
        said.forEach((one) => socket.send(JSON.stringify(one)));
      }
    };
    socket.onclose = (event) => resolve({ heard, code: event.code });
  });
}

test("a web page never gets to the socket, and a page of a file gets no further than the greeting", async (t) => {
  const { stage, see, code: used } = await paired(t);
  const bridge = theBridge();
  const server = http.createServer((_request, response) => response.end("<title>elsewhere</title>"));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const elsewhere = await stage.context.newPage();
  for (const host of ["127.0.0.1", "localhost"]) {
    await elsewhere.goto(`http://${host}:${server.address().port}/`);
    const seen = await elsewhere.evaluate(dial, [bridge.port, [{ type: "pair", code: await bridge.code() }]]);
    assert.deepEqual(seen, { heard: [], code: 1006 });
  }
  await elsewhere.goto(`http://127.0.0.1:${bridge.port}/`).catch(() => null);
  assert.deepEqual((await elsewhere.evaluate(dial, [bridge.port, []])).heard, []);

  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "takebridge-file-"));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  fs.writeFileSync(path.join(folder, "page.html"), "<title>a file</title>");
  await elsewhere.goto(pathToFileURL(path.join(folder, "page.html")).href);
  const code = await bridge.code();
  assert.notEqual(code, used);
  const wrong = String((Number(code) + 1) % 1_000_000).padStart(6, "0");
  const request = { type: "request", id: 1, method: "GET", path: "/api/canvases", body: null };
  const attempts = [
    [request],
    [{ type: "auth", token: "0".repeat(64) }],
    [{ type: "pair", code: used }],
    [{ type: "pair", code: wrong }, request],
  ];
  for (const said of attempts) {
    const seen = await elsewhere.evaluate(dial, [bridge.port, said]);
    assert.deepEqual(seen, { heard: ["open", "bridge", "refused"], code: 4001 });
  }
  await see("Premiere · REEL 2");
});

test("two Premieres at once: each panel shows and parks its own, also where both have the same project open", async (t) => {
  const one = await paired(t, { name: "REEL 3" });
  const other = await paired(t, { name: "REEL 9" });
  for (const [panel, name] of [[one, "REEL 3"], [other, "REEL 9"]]) {
    await panel.see("A003_C005.mov");
    await panel.see(`Premiere · ${name}`);
  }
  await one.stage.person("playhead", 90);
  await one.see("Select a clip or park the playhead on one.");
  await other.see("A003_C005.mov");
  const hosts = (await theBridge().api("GET", "/api/status")).hosts.map((host) => host.timeline?.timeline_name);
  assert.ok(hosts.includes("REEL 3") && hosts.includes("REEL 9"), JSON.stringify(hosts));
});
