"use strict";

/** The agent's reading half over the strict fake: films as tests need them, and the ways to ask. */

const path = require("node:path");
const { createPremiere } = require("../../fake/premiere.js");

const AGENT = path.resolve(__dirname, "../../takebridge_premiere/plugin/agent");
/** Return a module of the agent. */
const agent = (name) => require(path.join(AGENT, `${name}.js`));

/** A clock that only goes when it is told to. */
function createClock() {
  let [time, count] = [1000, 0];
  const waiting = new Map();
  return {
    now: () => time,
    after(milliseconds, call) {
      const id = (count += 1);
      waiting.set(id, { at: time + milliseconds, call });
      return () => void waiting.delete(id);
    },
    go(milliseconds) {
      time += milliseconds;
      for (const [id, one] of [...waiting]) {
        if (one.at <= time && waiting.delete(id)) one.call();
      }
    },
  };
}

const clip = (name, start, length, more = {}) => ({ name, path: `/media/${name}.mov`, start, length, in: 0, ...more });

/** A small cut at 23.976 from 01:00:00:00: two pictures with sound, one above, nothing else. */
function film(more = {}) {
  return {
    project: "Test film",
    name: "Cut 1",
    rate: "24000/1001",
    start: "01:00:00:00",
    width: 1920,
    height: 1080,
    tracks: {
      video: [[clip("a", 0, 100, { in: 10 }), clip("b", 100, 50)], [clip("c", 120, 20)]],
      audio: [[clip("a", 0, 100, { in: 10 }), clip("b", 100, 50)]],
    },
    markers: [{ frame: 30, name: "here", note: "look", color: 1, length: 5 }],
    ...more,
  };
}

/** Start a Premiere with a stage of the agent on it. */
function open(options = {}) {
  const { version = "26.3.0", ...more } = options;
  const host = createPremiere({ film: film(), version, ...more });
  const clock = createClock();
  const stage = agent("stage").createStage({ ppro: host.ppro, version, clock });
  const { LOOKS } = agent("looks");
  return {
    ...host,
    clock,
    stage,
    /** Run a look as the desk would: its result. */
    ask: async (verb, args = {}) => (await LOOKS[verb](stage, args, null)).result,
    /** Run a look: the whole answer. */
    run: (verb, args = {}) => LOOKS[verb](stage, args, null),
    read: (asked) => agent("scene").readScene(stage, asked),
    calls: () => [...host.world.calls.values()].reduce((sum, count) => sum + count, 0),
  };
}

const HOUR = { "24000/1001": 86400, 25: 90000 };

module.exports = { HOUR, agent, clip, createClock, film, open };
