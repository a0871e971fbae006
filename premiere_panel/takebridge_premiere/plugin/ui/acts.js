"use strict";

/** What the buttons do: push, generate, put, cancel, decide. Each is a call; its outcome is told in words. */

const { fromWire } = require("../link/faults.js");
const edits = require("./edits.js");
const { newId } = require("./api.js");
const { line } = require("./log_words.js");
const { labelPrice, stepsOf } = require("./plan_words.js");
const { nodeOf, pinnedTake, seenLink, whyNotGenerate } = require("./selectors.js");
const { counted, money } = require("./words.js");

const DEFAULT_TITLE = "Canvas";
const MOST_UNDONE = 200;

/** @param {import("./app.js").App} app */
function createActs(app) {
  const { api, state, clock } = app;
  /** @type {{canvasId: string, batch: string, ring: string}[]} */
  const done = [];
  /** What may cost money and was not answered yet. @type {Set<string>} */
  const asking = new Set();
  let pricedFor = "";

  /**
   * Do what a person asked for, one thing at a time. `doing` shows meanwhile.
   * @template T
   * @param {string} doing
   * @param {() => Promise<T>} call
   * @param {(found: T) => void} then
   */
  async function work(doing, call, then) {
    if (state.get().doing) {
      return;
    }
    state.set({ doing, told: "", again: null });
    try {
      const found = await call();
      state.set({ doing: "" });
      then(found);
    } catch (error) {
      state.set({ doing: "" });
      app.tell(error, doing.replace(/…$/, ""), () => work(doing, call, then));
    }
    app.following.look();
  }

  /**
   * Ask for what may cost money: not again while the answer to the same is awaited, so that a double click is one.
   * @param {string} what
   * @param {() => Promise<any>} call
   * @param {(found: any) => void} then
   * @param {string} doing
   */
  function once(what, call, then, doing) {
    if (asking.has(what)) {
      return;
    }
    asking.add(what);
    const over = () => asking.delete(what);
    call()
      .then(then, (/** @type {any} */ error) => app.tell(error, doing))
      .then(over, over);
  }

  /** @param {string} words @param {boolean} [good] */
  function tell(words, good = false) {
    app.say(line(clock.now(), words, good ? "good" : "plain"));
    state.set({ told: words, again: null });
  }

  async function someCanvas() {
    const { canvasId } = state.get();
    if (canvasId) {
      return canvasId;
    }
    const made = await api.createCanvas(DEFAULT_TITLE);
    return String(made.canvas.id);
  }

  /** @param {string} canvasId */
  function showCanvas(canvasId) {
    if (canvasId !== state.get().canvasId) {
      state.set({ canvasId, snapshot: null });
      app.loading.canvases();
    } else {
      app.loading.canvas();
    }
  }

  function push() {
    const { mode } = state.get();
    const call = async () => {
      const canvasId = await someCanvas();
      return { canvasId, clips: await api.push(canvasId, mode, ["upscale"], null) };
    };
    work("Pushing clip…", call, ({ canvasId, clips }) => {
      showCanvas(canvasId);
      for (const clip of clips) {
        const kept = clip.repeated ? "was there already" : `is on the canvas, ${counted(clip.frames, "frame")}`;
        const notes = (clip.notes || []).map((/** @type {string} */ note) => ` ${note}`).join("");
        tell(`${clip.link.shot} (${clip.name}) ${kept}.${notes}`, true);
      }
    });
  }

  // --- price before the click

  /** Ask what one more take costs, when that may have changed. */
  function price() {
    const { canvasId, snapshot, plan } = state.get();
    const node = nodeOf(state.get());
    const wanted = node ? [canvasId, node.id, snapshot.rev, snapshot.epoch].join("|") : "";
    if (wanted === pricedFor) {
      return;
    }
    pricedFor = wanted;
    if (!node) {
      state.set({ plan: null });
      return;
    }
    if (plan && plan.node !== node.id) {
      state.set({ plan: null });
    }
    api.plan(canvasId, { kind: "node", nodes: [node.id] }).then(
      (/** @type {any} */ found) => pricedFor === wanted && state.set({ plan: { ...found, node: node.id } }),
      () => {
        if (pricedFor === wanted) {
          pricedFor = "";
          state.set({ plan: null });
        }
      },
    );
  }

  /** What is written behind *Generate take*; "" where nobody knows yet. */
  function priceWords() {
    const words = labelPrice(state.get().plan);
    const pinned = pinnedTake(state.get());
    if (words || !pinned || !pinned.recipe) {
      return words;
    }
    const estimated = pinned.cost_estimated_micros;
    const known = estimated === null || estimated === undefined ? pinned.cost_actual_micros : estimated;
    const text = money(known, pinned.currency);
    return known ? `~${text}` : text;
  }

  /** Generate a take: at once where it is free, else after a look at plan and price. */
  function generate() {
    const { canvasId, plan } = state.get();
    const node = nodeOf(state.get());
    const why = whyNotGenerate(state.get());
    if (why || !node) {
      tell(why);
      return;
    }
    const steps = plan ? stepsOf(plan) : [];
    if (steps.length && steps.every((step) => step.free)) {
      once(`generate ${node.id}`, () => api.generate(canvasId, node.id, {}), app.loading.takeJob, "Generate take");
      state.set({ jobsOpen: true });
    } else {
      app.sheets.plan({ canvasId, node, again: plan !== null && !steps.length, about: priceWords() });
    }
  }

  // --- onto the timeline

  /** Bring the pinned take to its clip: above it at first, later by changing what lies there. */
  function putPinned() {
    const pinned = pinnedTake(state.get());
    put("take", "clip", pinned ? `Putting take ${pinned.seq}…` : "Putting the take…");
  }

  /** @param {any} take one take, pinned or not, to the shown clip */
  function putTake(take) {
    const link = seenLink(state.get());
    if (link) {
      const request = {
        canvas_id: state.get().canvasId,
        links: [link.link_id],
        takes: { [link.link_id]: take.id },
        how: "take",
      };
      work(`Putting take ${take.seq}…`, () => api.put(request), wasPut);
    }
  }

  /**
   * @param {"above" | "take" | "replace"} how
   * @param {"clip" | "selection" | "all"} which
   * @param {string} [doing]
   */
  function put(how, which, doing = "Putting on the timeline…") {
    const { canvasId } = state.get();
    const link = seenLink(state.get());
    if (!canvasId || (which === "clip" && !link)) {
      tell("This clip is not on the canvas: push it first.");
      return;
    }
    const call = async () => {
      const links = which === "clip" ? [link.link_id] : which === "selection" ? await selectedLinks(canvasId) : [];
      return api.put({ canvas_id: canvasId, links, takes: {}, how });
    };
    work(doing, call, wasPut);
  }

  /** @param {string} canvasId */
  async function selectedLinks(canvasId) {
    const look = await api.look("selected");
    const links = look.clips.flatMap((/** @type {any} */ clip) => clip.links || []);
    const found = links
      .filter((/** @type {any} */ link) => link.canvas_id === canvasId)
      .map((/** @type {any} */ link) => link.link_id);
    if (!found.length) {
      const words = {
        code: "usage",
        message: "None of the selected clips is on this canvas.",
        hint: "Select clips that were pushed, then try again.",
      };
      throw fromWire(words);
    }
    return found;
  }

  /** @param {any[]} clips what became of each */
  function wasPut(clips) {
    if (!clips.length) {
      tell("Every clip shows its pinned take already.");
    }
    for (const clip of clips) {
      if (clip.error) {
        app.tell(fromWire(clip.error), clip.shot);
      } else {
        tell(clip.sentence, true);
      }
    }
  }

  // --- takes

  /**
   * Show ops as done and send them; refused, they are taken back and the bridge's words are said.
   * @param {any[]} ops
   * @param {string} ring where the ring was before, for undo
   */
  async function edit(ops, ring) {
    const { snapshot, canvasId } = state.get();
    if (!ops.length || !snapshot) {
      return;
    }
    const next = edits.done(snapshot, ops);
    if (next) {
      state.set({ snapshot: next });
    }
    const batch = newId("op");
    try {
      await api.apply(canvasId, ops, batch);
      done.push({ canvasId, batch, ring });
      done.splice(0, done.length - MOST_UNDONE);
      state.set({ undoable: done.length });
    } catch (error) {
      app.tell(error);
      app.loading.canvas();
    }
  }

  async function undo() {
    const last = done.pop();
    state.set({ undoable: done.length });
    if (!last) {
      tell("There is nothing to undo here.");
      return;
    }
    try {
      await api.undo(last.canvasId, last.batch);
      app.loading.canvas({ ring: last.ring });
    } catch (error) {
      app.tell(error, "Undo");
    }
  }

  // --- jobs

  /** @param {string} job */
  function cancel(job) {
    state.set({ cancelling: [...state.get().cancelling, job] });
    api.cancel(job).then(app.loading.takeJob, (/** @type {any} */ error) => {
      state.set({ cancelling: state.get().cancelling.filter((/** @type {string} */ id) => id !== job) });
      app.tell(error, "Cancel");
    });
  }

  /** @param {any} job for at most what was agreed to the first time */
  function retry(job) {
    const most = job.max_micros === undefined ? null : job.max_micros;
    const then = (/** @type {any} */ found) => {
      dismiss(job.job);
      app.loading.takeJob(found);
    };
    once(`retry ${job.job}`, () => api.retry(job.job, most), then, "Retry");
  }

  /** @param {any} job @param {string} choice */
  function decide(job, choice) {
    const most = job.max_micros === undefined ? null : job.max_micros;
    once(`decide ${job.job}`, () => api.resolve(job.job, choice, most), app.loading.takeJob, "");
  }

  /** @param {string} job */
  function dismiss(job) {
    state.set({ dismissed: [...state.get().dismissed, job] });
  }

  return {
    cancel,
    decide,
    dismiss,
    edit,
    generate,
    price,
    priceWords,
    push,
    put,
    putPinned,
    putTake,
    retry,
    showCanvas,
    someCanvas,
    tell,
    undo,
    work,
  };
}

module.exports = { createActs };
