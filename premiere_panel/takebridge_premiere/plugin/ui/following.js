"use strict";

/** Follows the person in Premiere: asks cheaply where they are, and looks closely only when that is another clip. */

const { every } = require("../link/clock.js");
const { connectionOf } = require("./selectors.js");

const POLL_MS = 1_000;
/** While Premiere refuses, it is asked ever more seldom, down to twice a minute. */
const MOST_MS = 30_000;

/** @type {Record<string, string>} */
const MODES = { playhead: "Playhead", selected: "Selection", marks: "Marks" };

/** @param {import("./app.js").App} app */
function createFollowing(app) {
  const { api, state, clock } = app;
  let seen = "";
  let asking = false;
  let looking = 0;
  let wait = POLL_MS;
  let waited = 0;
  /** @type {any} */
  let spot = null;

  function tick() {
    waited += POLL_MS;
    if (waited >= wait && mayAsk()) {
      waited = 0;
      poll();
    }
  }

  function mayAsk() {
    const found = connectionOf(state.get());
    const quiet = !asking && !looking && !state.get().doing;
    return (
      quiet && app.isVisible() && found.live && found.standing !== "silent" && state.get().standing.who !== "editor"
    );
  }

  async function poll() {
    asking = true;
    try {
      gotSpot(await api.spot());
    } catch (error) {
      noSpot(error);
    }
    asking = false;
  }

  /** @param {any} found */
  function gotSpot(found) {
    wait = POLL_MS;
    if (state.get().busy) {
      state.set({ busy: false });
    }
    if (!spot || spot.timeline_id !== found.timeline_id) {
      app.loading.status(true);
    }
    spot = found;
    const place = placeOf(found);
    if (!state.get().stays && place !== seen) {
      seen = place;
      look();
    }
  }

  /** @param {any} error */
  function noSpot(error) {
    wait = Math.min(MOST_MS, wait * 2);
    if (error.code === "host_busy") {
      state.set({ busy: true });
    } else if (error.code === "host_offline") {
      app.loading.status();
    } else if ((error.code === "unsupported_op" || error.code === "capability_missing") && !seen) {
      seen = "?";
      look();
    }
  }

  /**
   * What must differ for another clip to be meant. Marks are not in a spot: they are looked at when asked to.
   * @param {any} found
   */
  function placeOf(found) {
    const { mode } = state.get();
    const which = mode === "playhead" ? found.clip : mode === "selected" ? (found.selected || []).join(" ") : "";
    return [mode, found.session, found.timeline_id, which].join("|");
  }

  async function look() {
    if (!connectionOf(state.get()).live) {
      return;
    }
    looking += 1;
    const own = looking;
    try {
      const found = await api.look(state.get().mode);
      if (own === looking) {
        gotLook(found);
      }
    } catch (error) {
      if (own === looking) {
        noLook(error);
      }
    }
    if (own === looking) {
      looking = 0;
    }
  }

  /** @param {any} found */
  function gotLook(found) {
    const { stays, clip } = state.get();
    if (stays && clip) {
      const same = found.clips.find((/** @type {any} */ one) => one.clip === clip.clip);
      if (same) {
        state.set({ look: { ...found, clips: [same] }, clip: same });
      }
      return; // the playhead may have gone elsewhere; the person wants this clip
    }
    state.set({ look: found, clip: found.clips[0] || null });
  }

  /** @param {any} error */
  function noLook(error) {
    seen = "";
    wait = Math.min(MOST_MS, wait * 2);
    if (error.code === "host_busy") {
      state.set({ busy: true });
      return;
    }
    state.set({ look: null, clip: null });
    if (!["host_offline", "not_connected", "answer_lost"].includes(error.code)) {
      app.tell(error);
    }
  }

  return {
    start: () => every(clock, POLL_MS, tick),
    look,
    /** @param {string} mode */
    setMode(mode) {
      if (mode !== state.get().mode) {
        state.set({ mode, stays: false });
        seen = "";
        look();
      }
    },
    /** @param {boolean} stays stay on the clip that is shown, or follow again */
    setStays(stays) {
      state.set({ stays });
      if (!stays) {
        seen = "";
        waited = wait;
      }
    },
    /** The connection is there again, or gone. @param {boolean} live */
    connected(live) {
      spot = null;
      seen = "";
      wait = POLL_MS;
      waited = POLL_MS;
      if (live && mayAsk()) {
        poll();
      } else if (!live && !state.get().stays) {
        state.set({ look: null, clip: null });
      }
    },
  };
}

module.exports = { MODES, createFollowing };
