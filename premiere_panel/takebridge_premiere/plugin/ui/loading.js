"use strict";

/** Keeps what the panel knows in step with the bridge: loads it, hears of changes, loads anew after a gap. */

const { followed } = require("./edits.js");
const { ofEvent } = require("./log_words.js");
const { nameOf } = require("./selectors.js");

/** Events of one edit come in a row: a canvas, or the money, is loaded once for all that came within this time. */
const SETTLE_MS = 120;
const MONEY_MS = 400;
const LOOK_MS = 250;

/** @param {import("./app.js").App} app */
function createLoading(app) {
  const { api, state, clock } = app;
  /** @type {Record<string, () => void>} */
  const due = {};

  /**
   * Ask quietly; an error goes to the log, and a bridge that is away is said by the strip.
   * @template T
   * @param {Promise<T>} asked
   * @param {(found: T) => void} then
   */
  function quietly(asked, then) {
    asked.then(then, (error) => app.tell(error));
  }

  /** @param {string} what @param {number} milliseconds @param {() => void} call */
  function soon(what, milliseconds, call) {
    if (due[what]) {
      due[what]();
    }
    due[what] = clock.after(milliseconds, () => {
      delete due[what];
      call();
    });
  }

  function status(fresh = false) {
    quietly(api.status(fresh), (found) => state.set({ status: found, busy: false }));
  }

  function canvases() {
    quietly(api.canvases(), (found) => {
      const { canvasId } = state.get();
      const wanted = [canvasId, app.memory.canvas].find((id) => id && found[id]);
      state.set({ canvases: found });
      choose(wanted || Object.keys(found)[0] || "");
    });
  }

  /** @param {string} canvasId */
  function choose(canvasId) {
    if (canvasId !== state.get().canvasId) {
      state.set({ canvasId, snapshot: null, conflicts: 0, plan: null });
    }
    if (canvasId) {
      app.memory.keep({ canvas: canvasId });
      canvas();
    }
  }

  /** @param {Record<string, any>} [more] what is to be set together with the canvas */
  function canvas(more = {}) {
    const wanted = state.get().canvasId;
    if (!wanted) {
      return;
    }
    quietly(api.canvas(wanted), (snapshot) => {
      if (state.get().canvasId === wanted) {
        const titles = Object.values(snapshot.canvas.nodes).map((/** @type {any} */ node) => [node.id, node.title]);
        state.set({ snapshot, names: { ...state.get().names, ...Object.fromEntries(titles) }, ...more });
      }
    });
  }

  function jobs() {
    quietly(api.jobs(), (found) => {
      state.set({ jobs: Object.fromEntries(found.map((/** @type {any} */ job) => [job.job, job])) });
    });
  }

  function money() {
    quietly(Promise.all([api.spend(), api.caps()]), ([spent, caps]) => state.set({ spent, caps }));
  }

  /** @param {any} job as the bridge just said it */
  function takeJob(job) {
    const { jobs: known, cancelling } = state.get();
    const before = known[job.job];
    const ended = job.status !== "Pending" && job.status !== "InProgress";
    state.set({
      jobs: { ...known, [job.job]: job },
      ...(ended && cancelling.includes(job.job)
        ? { cancelling: cancelling.filter((/** @type {string} */ id) => id !== job.job) }
        : {}),
    });
    if (!before || before.status !== job.status) {
      soon("money", MONEY_MS, money);
    }
  }

  /** @param {any} data of `canvas.changed` */
  function takeChange(data) {
    const { snapshot, canvasId, canvases: known } = state.get();
    if (data.canvas !== canvasId) {
      if (!known[data.canvas]) {
        soon("canvases", SETTLE_MS, canvases);
      }
      return;
    }
    if (snapshot && data.epoch === snapshot.epoch && data.rev <= snapshot.rev) {
      return;
    }
    const next = snapshot ? followed(snapshot, data) : null;
    if (next) {
      state.set({ snapshot: next });
    } else {
      soon("canvas", SETTLE_MS, () => canvas());
      // A new node or take may be the one whose tray the clip shows from now on: the bridge says which.
      soon("look", LOOK_MS, () => app.following.look());
    }
  }

  /** @param {string} topic @param {any} data */
  function onEvent(topic, data) {
    if (topic === "job.changed" || topic === "job.progress") {
      takeJob(data);
    } else if (topic === "canvas.changed") {
      takeChange(data);
    } else if (topic.startsWith("canvas.")) {
      soon("canvases", SETTLE_MS, canvases);
    } else if (topic.startsWith("host.")) {
      soon("status", SETTLE_MS, () => status());
    }
    const line = ofEvent(topic, data, clock.now(), (/** @type {string} */ id) => nameOf(state.get(), id));
    if (line) {
      app.say(line);
    }
  }

  function all() {
    status();
    canvases();
    jobs();
    money();
    if (!Object.keys(state.get().kinds).length) {
      quietly(api.kinds(), (kinds) => state.set({ kinds }));
    }
  }

  return { all, canvas, canvases, choose, jobs, money, onEvent, status, takeJob };
}

module.exports = { createLoading };
