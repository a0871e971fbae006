"use strict";

/**
 * Gaps: an empty stretch becomes a shot, the shot gets a take, the take goes into the gap. Each step is one button;
 * money is asked for in the plan and nowhere else.
 */

const { button, segments } = require("./controls.js");
const { fill, h, say, show } = require("./dom.js");
const { gapCard } = require("./gap_card.js");
const { gapSteps } = require("./gap_steps.js");
const words = require("./gap_words.js");
const { usable } = require("./models.js");
const { connectionOf, jobsOf } = require("./selectors.js");
const { length } = require("./words.js");

const MODES = [
  { value: "marks", label: "Between the marks", name: "What is empty between the in and out marks" },
  { value: "gaps", label: "Gaps on the timeline", name: "What is empty between two clips of a track" },
];
const INTRO = "Mark an empty stretch in Premiere, or look for every gap. Looking changes nothing.";
const AWAY = "The bridge is away. Gaps and prompt stay here; go on when it is back.";
const EDITED = "Premiere was connected anew: look for gaps again.";
const SWITCHED = "Another sequence is open: look for gaps again.";
/** Events of one edit come in a row: the shots are loaded once for all that came within this time. */
const SETTLE_MS = 200;

/** @typedef {import("./gap_words.js").Gap} Gap */

/** @param {import("./app.js").App} app */
function gapsPage(app) {
  const { api, state, clock } = app;
  let mode = "marks";
  /** @type {Gap[]} */
  let gaps = [];
  /** Whether, and with which session of the editor, gaps were looked for. */
  let looked = "";
  /** @type {any[]} */
  let links = [];
  let linksOf = "";
  let open = false;
  let due = () => {};

  const modes = segments(MODES, (value) => {
    mode = value;
    draw();
  });
  const look = button("Look for gaps", lookUp, { look: "primary" });
  const status = h("div", { class: "label grow one-line" });
  const notice = h("div", { class: "empty" });
  const rows = h("div", { class: "gap-rows gone" });
  const card = gapCard(app, { changed: draw, park });
  const steps = gapSteps(app, { card, shot, whyNot, loadLinks, wasPut });
  const inside = h("div", { class: "page" }, notice, rows, card.el);
  const head = h("div", { class: "clip-top" }, modes.el, h("div", { class: "row" }, look.el, status));
  const el = h("div", { class: "clip-page" }, head, inside, steps.el);

  // --- looking

  function lookUp() {
    const asked = mode;
    const call = async () => {
      const [found, spot] = await Promise.all([api.gaps(asked), api.spot(false)]);
      return { found, session: String(spot.session) };
    };
    app.acts.work("Looking for gaps…", call, (/** @type {any} */ { found, session }) => {
      gaps = found;
      looked = session;
      const kept = gaps.find((one) => words.samePlace(one, card.gap()));
      card.forget();
      card.showGap(null, "");
      card.showGap(kept || gaps[0] || null, session);
      loadLinks();
      loadModels();
      draw();
    });
  }

  function loadModels() {
    Promise.all([api.models(), api.status().catch(() => ({ providers: {} }))]).then(
      ([found, now]) => {
        card.showModels(usable(found, now.providers || {}));
        draw();
      },
      (error) => app.tell(error, "Models"),
    );
  }

  /** Load what the canvas has for gaps, once for what comes in a row. */
  function loadLinks() {
    due();
    due = clock.after(SETTLE_MS, async () => {
      const { canvasId } = state.get();
      if (!open || !canvasId || !connectionOf(state.get()).live) {
        return;
      }
      try {
        const found = await api.links(canvasId);
        takeLinks(canvasId, found);
      } catch (error) {
        app.tell(error);
      }
    });
  }

  /** @param {string} canvasId @param {any[]} found */
  function takeLinks(canvasId, found) {
    if (canvasId === state.get().canvasId) {
      links = found;
      linksOf = canvasId;
      draw();
    }
  }

  // --- what is known

  /** @param {Gap | null} gap @returns {import("./gap_words.js").Shot | null} the shot that waits for a gap */
  function shot(gap) {
    const { canvasId, snapshot } = state.get();
    return linksOf === canvasId && snapshot
      ? words.shotOf(gap, links, snapshot.canvas, jobsOf(state.get()))
      : null;
  }

  /** @param {import("./gap_words.js").Shot | null} made @returns {string} why the next step cannot be done now */
  function whyNot(made) {
    const now = state.get();
    const connection = connectionOf(now);
    if (!connection.live) {
      return AWAY;
    }
    if (connection.standing === "silent" || connection.standing === "busy") {
      return connection.cause;
    }
    const stale = staleWords(now);
    if (stale) {
      return stale;
    }
    if (!made) {
      return card.hasModels() || looked ? card.whyNot() : "";
    }
    return made.standing === "making" ? "The take is being made; its price was agreed to." : "";
  }

  /** @param {any} now */
  function staleWords(now) {
    const [gap] = gaps;
    if (!gap) {
      return "";
    }
    if (looked && now.session && looked !== now.session) {
      return EDITED;
    }
    return now.look && now.look.timeline_id && now.look.timeline_id !== gap.timeline_id ? SWITCHED : "";
  }

  // --- acting

  function park() {
    const gap = card.gap();
    if (gap) {
      api
        .park(gap.start_record_frame, gap.timeline_id)
        .then(null, (/** @type {any} */ error) => app.tell(error, "Show"));
    }
  }

  /** A take lies in the gap now: it is none any more. @param {Gap} gone */
  function wasPut(gone) {
    gaps = gaps.filter((one) => !words.samePlace(one, gone));
    card.forget();
    card.showGap(gaps[0] || null, looked);
    loadLinks();
    draw();
  }

  // --- showing

  function draw() {
    if (!open) {
      return;
    }
    const now = state.get();
    modes.set(mode);
    look.enable(connectionOf(now).live && !now.doing);
    look.look(gaps.length ? "plain" : "primary");
    say(status, now.doing || (looked ? words.foundWords(gaps, mode) : ""));
    say(notice, looked ? words.emptyWords(mode) : INTRO);
    show(notice, !gaps.length);
    show(rows, gaps.length > 0);
    drawRows();
    steps.draw();
  }

  let drawn = "";
  function drawRows() {
    const cells = gaps.map((gap) => [
      words.gapAt(gap),
      length(words.framesOf(gap), gap.rate),
      `V${gap.track_index}`,
      words.shotWords(shot(gap)),
    ]);
    const at = gaps.findIndex((one) => words.samePlace(one, card.gap()));
    const key = JSON.stringify([cells, at]);
    if (key === drawn) {
      return;
    }
    drawn = key;
    const headings = h("div", { class: "gap-row hint" }, ["At", "Length", "Track", "Shot"].map(cell));
    fill(
      rows,
      headings,
      cells.map((texts, number) => {
        const choose = () => {
          card.showGap(gaps[number], looked);
          draw();
        };
        const kind = number === at ? "gap-row figures checked" : "gap-row figures";
        return h("div", { class: kind, "data-stop": true, on: { click: choose } }, texts.map(cell));
      }),
    );
  }

  state.on(null, draw);
  state.on(["canvasId", "snapshot"], () => loadLinks());
  return {
    el,
    show() {
      open = true;
      if (!card.hasModels() && connectionOf(state.get()).live) {
        loadModels();
      }
      loadLinks();
      draw();
    },
    hide() {
      open = false;
      due();
    },
    confirm: () => steps.goOn(),
  };
}

/** @param {string} text */
function cell(text) {
  return h("div", { class: "gap-cell" }, text);
}

module.exports = { gapsPage };
