"use strict";

/**
 * A round trip from look to outcome: what is known of it, what a person may do next. Looking is a dry run and changes
 * nothing. What is applied is exactly what was seen; a plan that is another one by then is shown again.
 */

const { asRefusal } = require("../link/faults.js");
const { line, ofError } = require("./log_words.js");
const { createState } = require("./state.js");
const { connectionOf } = require("./selectors.js");
const { applySeen, finishOrUndo, newBase, putRest, quietly, whatChanged } = require("./trip_calls.js");
const { LATER, changesAfter, keptPicks, leftOpen, sentChoices, shownBy, undisputed } = require("./trip_model.js");
const { failedWords, lostWords, outcomeWords, putWords, resultWords } = require("./trip_outcome.js");
const { stepsFor, undoWords } = require("./trip_outcome.js");
const { AWAY, CHANGED, faultCard, isLost } = require("./trip_faults.js");
const { toYou, whyNotApply } = require("./trip_words.js");

const MAKING = "Making the files that are needed…";
const PUTTING = "Putting takes on the timeline…";

/**
 * @typedef {"idle" | "looking" | "planned" | "applying" | "applied" | "failed"} Stage
 * @typedef {import("./trip_faults.js").Card} Card
 */

/** What is known before the first look at a canvas. */
function nothing() {
  return {
    stage: /** @type {Stage} */ ("idle"),
    /** @type {import("./trip_model.js").Found | null} */
    found: null,
    picked: /** @type {Readonly<Record<string, any>>} */ (Object.freeze({})),
    make: false,
    keep: /** @type {boolean | null} as a person ticked it */ (null),
    stale: "",
    doing: "",
    apart: false,
    waits: false,
    lost: false,
    settled: false,
    parked: "",
    progress: /** @type {any} */ (null),
    notice: /** @type {Card | null} */ (null),
    base: /** @type {Card | null} */ (null),
    cutOff: /** @type {any} */ (null),
    outcome: /** @type {any} */ (null),
    undo: "",
    results: /** @type {any} */ (null),
    written: /** @type {string[]} */ ([]),
    trips: /** @type {any[]} */ ([]),
  };
}

/** @param {import("./app.js").App} app */
function createFlow(app) {
  const store = createState(/** @type {Record<string, any>} */ (nothing()));
  const set = store.set;
  const now = store.get;
  let canvasId = "";
  /** Answers of an earlier question, or about another canvas, are passed over. */
  let turn = 0;
  /** Trips there were before the last call that changes something. */
  let known = new Set();

  const isThere = () => connectionOf(app.state.get()).live;
  const busy = () => now().stage === "looking" || now().stage === "applying";
  const count = (/** @type {number} */ conflicts) => app.state.set({ conflicts });
  const mayAsk = () => Boolean(canvasId) && !busy() && isThere();

  // --- which canvas

  /** @param {string} id the chosen canvas; the plan of another one goes */
  function choose(id) {
    if (id !== canvasId) {
      canvasId = id;
      turn += 1;
      set(nothing());
      loadPast();
    }
  }

  /** @param {(trips: any[]) => void} [then] */
  async function loadPast(then = () => {}) {
    const own = canvasId;
    if (!own || !isThere()) {
      return;
    }
    const trips = await quietly(app.api.roundtrips(own), null);
    if (trips && own === canvasId) {
      set({ trips, cutOff: openOf(trips) });
      then(trips);
    }
  }

  /** @param {any[]} trips */
  const openOf = (trips) => (now().stage === "applying" ? null : leftOpen(trips));

  // --- looking

  /** @param {Record<string, string>} choices */
  async function ask(choices) {
    if (!mayAsk()) {
      return;
    }
    const own = ++turn;
    set({ stage: "looking", notice: null, base: null, outcome: null, undo: "", parked: "" });
    try {
      const found = await whatChanged(app, canvasId, choices);
      if (own === turn) {
        show(found);
      }
    } catch (error) {
      failed(error, own, false);
    }
  }

  /** @param {import("./trip_model.js").Found} found */
  function show(found) {
    const { trip, trips } = found;
    const none = trip.outcome === "no_base";
    set({
      stage: none ? "idle" : "planned",
      found: none ? null : found,
      picked: keptPicks(trip, now().picked),
      make: false,
      keep: now().settled ? null : now().keep,
      stale: "",
      doing: "",
      settled: false,
      results: null,
      written: [],
      trips,
      cutOff: leftOpen(trips),
      base: none ? { head: outcomeWords(trip).words, cause: toYou(trip.sentence), urgent: false } : null,
    });
    count(trip.conflicts.length);
  }

  // --- applying

  /** Why nothing can be applied now, "" when it can; and whether that is all that is in the way. */
  function hindrance() {
    const { found, picked, stage, stale } = now();
    if (stage !== "planned" || !found) {
      return "Look at what changed first.";
    }
    if (!isThere()) {
      return AWAY;
    }
    const { doing } = app.state.get();
    return (doing ? `Wait: ${doing}` : "") || stale || whyNotApply(found.trip, picked);
  }

  function facts() {
    const { found, picked, make, keep } = now();
    const later = Object.values(picked).includes(LATER);
    const changes = found ? changesAfter(found.trip, found.choices, picked) : 0;
    const apart = found && later ? undisputed(found) : {};
    const cost = found && make && found.trip.price && found.trip.price.jobs ? found.trip.price : null;
    const comes = (/** @type {any} */ one) => one.editor && shownBy(one);
    const inPlace = found && !found.takes ? found.trip.edits.filter(comes).length : 0;
    return {
      later,
      changes,
      inPlace,
      apart: Object.keys(apart).length,
      cost: later ? null : cost,
      keep: keep === null ? inPlace > 0 : keep,
    };
  }

  /** Apply what is shown; takes that are to be made for it were agreed to before. @param {object} [money] */
  function apply(money = {}) {
    const { found, picked } = now();
    const { later, apart, keep } = facts();
    if (hindrance() || (later && !apart)) {
      return;
    }
    if (later) {
      change(PUTTING, true, () => putRest(app, canvasId, found), put);
    } else {
      const agreed = { choices: sentChoices(picked), keep_copy: keep, ...money };
      change(MAKING, false, () => applySeen(app, canvasId, found, agreed), done);
    }
  }

  /**
   * @template T
   * @param {string} words
   * @param {boolean} apart
   * @param {() => Promise<T>} call
   * @param {(found: T) => void} then
   */
  async function change(words, apart, call, then) {
    if (!mayAsk() || app.state.get().doing) {
      return;
    }
    const own = ++turn;
    const what = Object.freeze({ doing: words, progress: null, cutOff: null, notice: null, base: null });
    known = new Set(now().trips.map((/** @type {any} */ one) => one.trip));
    set({ stage: "applying", apart, outcome: null, undo: "", parked: "", ...what });
    app.state.set({ doing: words });
    try {
      const found = await call();
      app.state.set({ doing: "" });
      if (own === turn) {
        then(found);
      }
    } catch (error) {
      app.state.set({ doing: "" });
      failed(error, own, true);
    }
    app.following.look();
  }

  /** @param {{trip: any, trips: any[], found: any}} ended */
  function done({ trip, trips, found }) {
    if (!trip) {
      changed(found);
      return;
    }
    const said = outcomeWords(trip);
    const undecided = trip.outcome === "undecided";
    const results = resultWords(trip);
    set({
      stage: undecided && now().found ? "planned" : "applied",
      doing: "",
      progress: null,
      waits: trip.outcome === "waiting",
      outcome: said,
      undo: undoWords(trip),
      results: results ? { words: results, tone: said.tone === "good" ? "fresh" : "stale" } : now().results,
      settled: !undecided,
      written: trip.answer ? stepsFor(trip.answer) : [],
      trips,
      cutOff: leftOpen(trips),
    });
    if (!undecided) {
      count(0);
    }
    if (trip.outcome !== "applied") {
      log(said);
    }
  }

  /** The plan had become another one. @param {import("./trip_model.js").Found} found */
  function changed(found) {
    show(found);
    set({ notice: { head: CHANGED, cause: "", urgent: true } });
  }

  /** @param {{done: any[] | null, found: any}} ended */
  function put(ended) {
    if (!ended.done) {
      changed(ended.found);
      return;
    }
    show(ended.found);
    set({ outcome: putWords(ended.done) });
    log(now().outcome);
  }

  /** @param {import("./trip_outcome.js").Outcome} said */
  function log({ words, tone }) {
    app.say(line(app.clock.now(), words, tone));
  }

  // --- when it fails

  /** @param {unknown} thrown @param {number} own @param {boolean} applying */
  function failed(thrown, own, applying) {
    const error = asRefusal(thrown);
    app.say(ofError(error, app.clock.now(), applying ? "Round trip" : "What changed"));
    if (own !== turn) {
      return;
    }
    const card = faultCard(error, applying, now().apart);
    const file = typeof error.details.path === "string" ? error.details.path : "";
    set({
      stage: "failed",
      doing: "",
      progress: null,
      notice: card.base ? null : card,
      base: card.base ? card : null,
      written: file ? stepsFor(file) : now().written,
      stale: applying ? "This was not applied: look again." : now().stale,
      lost: applying && !now().apart && isLost(error),
    });
    if (applying) {
      loadPast((trips) => {
        if (now().found && now().stage === "failed" && !now().lost) {
          set({ results: { words: failedWords(toYou(error.message), leftOpen(trips)), tone: "failed" } });
        }
      });
    }
  }

  /** Say what became of a trip whose answer never came; one still under way tells of itself. @param {any[]} trips */
  function tellLost(trips) {
    if (!now().lost || leftOpen(trips)) {
      return;
    }
    const newest = trips[0] && !known.has(trips[0].trip) ? trips[0] : null;
    const said = lostWords(newest);
    const copy = newest && newest.copy_name ? `Safety copy: “${newest.copy_name}” is the cut as it was.` : "";
    set({ lost: false, notice: null, outcome: said, undo: copy, cutOff: null });
    log(said);
  }

  /** @param {string} words why what is shown may no longer be so */
  function outdate(words) {
    if (now().stage === "planned") {
      set({ stale: words });
    }
  }

  return {
    store,
    now,
    set,
    choose,
    isThere,
    busy,
    outdate,
    loadPast,
    tellLost,
    hindrance,
    facts,
    apply,
    canvas: () => canvasId,
    look: () => ask({}),
    /** What the choices made so far lead to; a dry run as well. */
    preview: () => ask(sentChoices(now().picked)),
    makeBase: () => change(MAKING, false, () => newBase(app, canvasId), done),
    finish: () => change(MAKING, false, () => finishOrUndo(app, canvasId), done),
    /** @param {string} id @param {string} choice of a conflict */
    pick(id, choice) {
      if (now().stage === "planned") {
        set({ picked: Object.freeze({ ...now().picked, [id]: choice }) });
      }
    },
    /** Put the playhead there. @param {number} frame */
    async park(frame) {
      set({ parked: "" });
      try {
        await app.api.park(frame);
      } catch (error) {
        const { message, hint } = asRefusal(error);
        set({ parked: toYou(`${message} ${hint}`.trim()) });
      }
    },
  };
}

module.exports = { createFlow };
