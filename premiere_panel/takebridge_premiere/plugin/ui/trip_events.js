"use strict";

/** What happens elsewhere while a round trip is looked at or applied: progress, other people's changes, gaps. */

const { connectionOf } = require("./selectors.js");

const CANVAS_CHANGED = "The canvas changed since you looked: look again.";
const EDITOR_CHANGED = "The editor was connected anew since you looked: look again.";
const WAS_AWAY = "The bridge was away since you looked: look again.";
const ANOTHER = "Another round trip changed the timeline since you looked: look again.";
const MADE = "A take this round trip waits for is made.";

/**
 * @param {import("./app.js").App} app
 * @param {ReturnType<import("./trip_flow.js").createFlow>} flow
 */
function follow(app, flow) {
  const { now, set } = flow;
  const mine = (/** @type {any} */ data) => Boolean(data.canvas) && data.canvas === flow.canvas();
  let wasThere = flow.isThere();

  /** @param {any} data of `roundtrip.changed` */
  function onTrip(data) {
    if (!mine(data)) {
      return;
    }
    if (data.state === "applying" || data.state === "undoing") {
      set({ progress: { done: data.done, total: data.total, state: data.state } });
      return;
    }
    set({ progress: null });
    if (now().stage !== "applying") {
      flow.outdate(ANOTHER);
      flow.loadPast(flow.tellLost);
    }
  }

  /** @param {any} data of `put.progress` */
  function onPut(data) {
    if (mine(data) && now().apart && now().stage === "applying") {
      set({ progress: { done: data.done, total: data.total, state: "applying" } });
    }
  }

  /** @param {any} data of `job.changed` */
  function onJob(data) {
    if (mine(data) && now().waits && ["Complete", "Failed"].includes(data.status)) {
      const notice = { head: MADE, cause: "Look at what changed.", urgent: false, button: "Look again" };
      set({ waits: false, notice });
    }
  }

  function onHost() {
    flow.outdate(EDITOR_CHANGED);
    if (!flow.busy()) {
      flow.loadPast(flow.tellLost);
    }
  }

  app.events.on("roundtrip.changed", onTrip);
  app.events.on("put.progress", onPut);
  app.events.on("job.changed", onJob);
  app.events.on("canvas.changed", (/** @type {any} */ data) => mine(data) && flow.outdate(CANVAS_CHANGED));
  app.events.on("host.connected", onHost);
  app.events.on("host.disconnected", () => flow.outdate(EDITOR_CHANGED));
  app.link.onResync(() => {
    flow.outdate(WAS_AWAY);
    flow.loadPast(flow.tellLost);
  });
  app.state.on(["canvasId"], (/** @type {any} */ state) => flow.choose(state.canvasId));
  app.state.on(["standing", "status"], (/** @type {any} */ state) => {
    const { live } = connectionOf(state);
    if (live && !wasThere) {
      flow.loadPast(flow.tellLost);
    }
    wasThere = live;
  });
}

module.exports = { follow };
