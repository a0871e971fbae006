"use strict";

/** Everything together: what the panel knows, what it can do, and the shell that shows it. */

const { asRefusal } = require("../link/faults.js");
const { every } = require("../link/clock.js");
const { createActs } = require("./acts.js");
const { createApi } = require("./api.js");
const { createFollowing } = require("./following.js");
const { createLoading } = require("./loading.js");
const { MOST_LINES, line, ofError } = require("./log_words.js");
const { createMemory } = require("./memory.js");
const { createPictures } = require("./pictures.js");
const { connectionOf } = require("./selectors.js");
const { createShell } = require("./shell.js");
const { createState } = require("./state.js");

const AWAY_TICK_MS = 20_000;

/**
 * @typedef {any} App `{api, state, clock, link, loading, following, acts, sheets, pictures, memory, events, say, tell,
 *   ask,
 *   copy, isVisible}`. A page asks through `api`, draws from `state`, and says what happened with `say` and `tell`.
 */

/**
 * @param {{document: any, root: any, link: any, storage: any, clock: import("../link/clock.js").Clock, version: string,
 *   clipboard?: {write(text: string): Promise<void>} | null}} parts
 */
function createApp({ document, root, link, storage, clock, version, clipboard = null }) {
  const memory = createMemory(storage);
  const state = createState(/** @type {Record<string, any>} */ (firstState(link, memory, version, clock.now())));
  const api = createApi(link);
  /** @type {Map<string, Set<(data: any) => void>>} */
  const heard = new Map();
  /** @type {App} */
  const app = { api, state, clock, link, memory, document, root, version };

  app.isVisible = () => root.offsetWidth > 0;
  app.say = (/** @type {any} */ words) => {
    const said = typeof words === "string" ? line(clock.now(), words) : words;
    state.set({ log: Object.freeze([...state.get().log, said].slice(-MOST_LINES)) });
  };
  /** Put an error into the log and below the buttons, with “Try again” where that may work. */
  app.tell = (/** @type {any} */ error, doing = "", /** @type {(() => void) | null} */ again = null) => {
    const found = asRefusal(error);
    if (found.code === "host_busy") {
      state.set({ busy: true });
    }
    const away = ["not_connected", "answer_lost"].includes(found.code);
    if (away && !doing) {
      return; // the strip says it
    }
    const said = ofError(found, clock.now(), doing);
    app.say(said);
    state.set({ told: said.text, again: found.retryable ? again : null });
  };
  app.copy = (/** @type {string} */ text) => copied(clipboard, text);
  app.events = {
    /** @param {string} topic @param {(data: any) => void} call */
    on(topic, call) {
      const set = heard.get(topic) || new Set();
      heard.set(topic, set.add(call));
      return () => set.delete(call);
    },
  };
  app.pictures = createPictures({ api, clock });
  app.loading = createLoading(app);
  app.following = createFollowing(app);
  app.acts = createActs(app);
  app.shell = createShell(app);
  app.sheets = app.shell.sheets;
  app.ask = app.sheets.open;
  join(app, heard);
  return app;
}

/** @param {any} link @param {any} memory @param {string} version @param {number} now */
function firstState(link, memory, version, now) {
  return {
    standing: link.standing(),
    session: "",
    version,
    now,
    status: null,
    busy: false,
    canvases: {},
    canvasId: "",
    snapshot: null,
    kinds: {},
    names: {},
    look: null,
    clip: null,
    mode: "playhead",
    stays: false,
    jobs: {},
    cancelling: [],
    dismissed: [],
    spent: [],
    caps: [],
    plan: null,
    doing: "",
    told: "",
    again: null,
    conflicts: 0,
    undoable: 0,
    log: Object.freeze([]),
    tab: memory.tab || "clip",
    jobsOpen: memory.jobsOpen,
    looks: memory.looks || "host",
    ring: "",
    filter: memory.filter || "all",
    order: memory.order || "newest",
    big: "",
  };
}

/** @param {App} app @param {Map<string, Set<(data: any) => void>>} heard */
function join(app, heard) {
  const { link, state, clock, acts, following, loading } = app;
  let wasLive = false;
  function onStanding() {
    state.set({ standing: link.standing(), session: link.session(), now: clock.now() });
    const live = connectionOf(state.get()).live;
    if (live !== wasLive) {
      wasLive = live;
      following.connected(live);
      if (!live) {
        state.set({ told: "", again: null, busy: false });
      }
    }
  }
  link.onStanding(onStanding);
  link.onEvent((/** @type {string} */ topic, /** @type {any} */ data) => {
    loading.onEvent(topic, data);
    (heard.get(topic) || []).forEach((call) => call(data));
  });
  link.onResync(() => loading.all());
  state.on(["snapshot", "clip", "canvasId"], () => acts.price());
  following.start();
  every(clock, AWAY_TICK_MS, () => state.set({ now: clock.now() }));
  onStanding();
}

/**
 * @param {{write(text: string): Promise<void>} | null} clipboard
 * @param {string} text
 * @returns {Promise<string>} how it went, in words
 */
async function copied(clipboard, text) {
  try {
    if (!clipboard) {
      return "This Premiere gives panels no clipboard. The bridge's own log has the same lines.";
    }
    await clipboard.write(text);
    return "Copied.";
  } catch (_) {
    return "Copying was not allowed.";
  }
}

module.exports = { createApp };
