"use strict";
// The real agent over the fake, driven by JSON lines: requests in, answers out. Node only.
//
//   {"id":1,"do":"open","version":"26.3.0","film":{…},"latencyMs":0,"lanes":64,"quirks":{}}
//   {"id":2,"do":"hello"}  {"id":3,"do":"op","op":{…}}
//   {"id":4,"do":"person","act":"trim","args":["V1",0,2,0],"when":"Project.lockedAccess"}
//   {"id":5,"do":"world"}  {"id":6,"do":"restart"} (a new agent on the same project)  {"id":7,"do":"quit"}
//   → {"id":1,"result":…,"faults":[…]} or {"id":1,"failed":"…"}; faults are what Premiere would not have taken.
// What only the other side knows is asked back: {"ask":"probe","n":1,"path":"…"} and {"ask":"draw","n":2,…},
// answered by {"answer":1,"result":…}.

const fs = require("node:fs");
const readline = require("node:readline");
const { createPremiere } = require("./premiere.js");

const AGENT = "../takebridge_premiere/plugin/agent/desk.js";

const disk = {
  exists: (path) => fs.existsSync(path),
  folder: (path) => fs.statSync(path, { throwIfNoEntry: false })?.isDirectory() === true,
  write: (path, content) => fs.writeFileSync(path, content),
};

/** Questions to the other side, by number. */
function createAsking(send) {
  const open = new Map();
  let count = 0;
  return {
    ask(what, facts) {
      count += 1;
      send({ ask: what, n: count, ...facts });
      return new Promise((resolve) => open.set(count, resolve));
    },
    answer({ answer, result }) {
      const resolve = open.get(answer);
      open.delete(answer);
      if (resolve) resolve(result);
    },
  };
}

function createRunner(send) {
  const asking = createAsking(send);
  let premiere = null;
  let desk = null;
  let events = [];

  function startAgent(version) {
    const { createDesk } = require(AGENT);
    if (desk) desk.close();
    desk = createDesk({ ppro: premiere.ppro, version });
    return null;
  }

  function open({ version, film, latencyMs, lanes, quirks }) {
    premiere = createPremiere({
      version,
      film,
      latencyMs,
      lanes,
      quirks,
      disk,
      probe: (path) => asking.ask("probe", { path }),
      draw: (facts) => asking.ask("draw", facts),
    });
    premiere.version = version;
    return startAgent(version);
  }

  /** What a person does now, or right before the next call of a member. */
  function person({ act, args = [], when, times }) {
    if (typeof premiere.person[act] !== "function") throw new Error(`A person cannot ${act}.`);
    const does = () => premiere.person[act](...args);
    if (when) return premiere.person.when(when, does, times);
    return does();
  }

  /** Everything the world holds, and what was called how often. */
  function world() {
    const { world } = premiere;
    return {
      ...world.truth(),
      crashed: world.crashed,
      calls: Object.fromEntries(world.calls),
      wire: { ...world.wire.stats },
    };
  }

  const acts = {
    open,
    hello: async () => ({ capabilities: desk.capabilities(), status: await desk.status() }),
    op: ({ op }) => desk.run(op),
    person: (request) => person(request) ?? null,
    world,
    uncount: () => (
      premiere.world.calls.clear(),
      Object.assign(premiere.world.wire.stats, { calls: 0, most: 0 }),
      null
    ),
    restart: () => startAgent(premiere.version),
    watch: () => (desk.watch((status) => events.push(status)), null),
    events: () => events.splice(0),
  };

  return {
    answer: asking.answer,
    async run(request) {
      const act = Object.hasOwn(acts, request.do) ? acts[request.do] : null;
      if (!act) throw new Error(`There is nothing called ${request.do}.`);
      const result = await act(request);
      const faults = premiere ? premiere.world.faults.splice(0) : [];
      return { result: result === undefined ? null : result, faults };
    },
  };
}

function main() {
  const send = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
  const runner = createRunner(send);
  const lines = readline.createInterface({ input: process.stdin });
  lines.on("line", (line) => {
    const request = JSON.parse(line);
    if ("answer" in request) return runner.answer(request);
    if (request.do === "quit") return lines.close();
    return runner.run(request).then(
      (answer) => send({ id: request.id, ...answer }),
      (error) => send({ id: request.id, failed: String((error && error.stack) || error) }),
    );
  });
  lines.on("close", () => process.exit(0));
}

if (require.main === module) main();

module.exports = { createRunner };
