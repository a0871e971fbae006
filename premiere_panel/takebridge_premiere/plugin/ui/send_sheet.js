"use strict";

/**
 * Send to canvas: what to make of the clip, on which model, in which words, at which price. Two steps: first the clip
 * goes
 * to the canvas, which is free; then the planner prices exactly that node, and the button repeats count and ceiling.
 */

const { button, choice, facts, field } = require("./controls.js");
const { fill, h, say, show } = require("./dom.js");
const { fitting, limitWords, makings, modelLine, roughWords, usable } = require("./models.js");
const { consent } = require("./plan_sheet.js");
const { send } = require("./sending.js");
const { seenLink } = require("./selectors.js");
const { inWords, length } = require("./words.js");

const HANDLES = [0, 6, 12, 24, 48, 96];

/** @param {import("./app.js").App} app */
function sendSheet(app) {
  const { api, state } = app;
  const { clip } = state.get();
  const frames = clip ? clip.end_record_frame - clip.start_record_frame : 0;
  /** @type {any[]} */
  let models = [];
  /** @type {any[]} */
  let templates = [];
  /** @type {any[]} */
  let offered = [];
  /** @type {import("./sending.js").Sent | null} */
  let sent = null;
  let busy = false;

  const what = choice({ name: "What to make", onChange: () => onWhat() });
  const model = choice({ name: "Model", onChange: () => draw() });
  const prompt = field({ name: "Prompt", lines: 4, placeholder: "What the take should show", onInput: () => draw() });
  const handles = choice({
    name: "Handles: extra frames each side",
    options: [
      { value: "", label: "As the bridge is set" },
      ...HANDLES.map((n) => ({ value: String(n), label: `${n} frames each side` })),
    ],
    onChange: () => {},
  });
  const modelNote = h("div", { class: "label wrap" });
  const promptRow = row("Prompt", prompt.el);
  const rough = h("div", { class: "card" });
  const problem = h("div", { class: "problem" });
  const go = button("Send to canvas", confirm, { look: "primary" });
  const cancel = button("Cancel", () => sheet.close());
  const asked = consent(app, { canvasId: "", nodes: () => (sent ? sent.nodes : []), begun: () => sheet.close() });
  const sheet = app.ask({
    title: "Send to canvas",
    body: [
      h(
        "div",
        { class: "label" },
        clip ? `${clip.name} · ${length(frames, clip.rate)}` : "There is no clip: park the playhead on one.",
      ),
      row("Make", what.el),
      row("Model", model.el),
      modelNote,
      promptRow,
      row("Handles", handles.el),
      rough,
      asked.lines,
      asked.most,
      problem,
      asked.problem,
    ],
    foot: [cancel.el, h("div", { class: "grow" }), go.el, asked.go.el],
    confirm,
  });

  const kind = () => state.get().kinds[making()?.kind || ""] || null;
  const making = () => makings(state.get().kinds).find((one) => one.kind === what.value) || null;
  const template = () => templates.find((one) => `template:${one.name}` === what.value) || null;
  const chosen = () => offered.find((one) => one.id === model.value) || null;

  function onWhat() {
    const found = kind();
    const pixels = clip && clip.width && clip.height ? clip.width * clip.height : null;
    offered = found ? fitting(models, found, { pixels, frames: clip ? frames : null }) : [];
    model.options(
      offered.length
        ? offered.map((one) => ({ value: one.id, label: modelLine(one) }))
        : [{ value: "", label: found ? "No model fits this clip" : "The template decides" }],
    );
    const usual = found ? offered.find((one) => one.id === found.default_model) : null;
    model.set(usual ? usual.id : offered.length ? offered[0].id : "");
    draw();
  }

  function draw() {
    const one = chosen();
    const asksWords = Boolean(template()) || Boolean(making()?.prompts);
    show(promptRow, asksWords);
    model.enable(!sent && offered.length > 0);
    what.enable(!sent);
    handles.enable(!sent);
    prompt.enable(!sent);
    say(modelNote, one ? limitWords(one) : "");
    show(modelNote, Boolean(modelNote.textContent));
    show(rough, !sent);
    fill(rough, facts(roughLines(one)));
    const why = sent ? "" : whyNot(one);
    say(problem, busy ? "" : why);
    go.say(busy ? "Sending…" : "Send to canvas · free");
    go.enable(!why && !busy);
    show(go.el, !sent);
    show(asked.go.el, Boolean(sent));
    cancel.say(sent ? "Not now" : "Cancel");
  }

  /** @param {any} one @returns {[string, string][]} */
  function roughLines(one) {
    if (!clip || !one) {
      return [["Price", "Sending is free. What a take costs is said before anything is generated."]];
    }
    const next =
      one.price && one.price.high_micros === null ? "How much may be paid is asked" : "The exact price comes";
    return [
      ["A take", roughWords(one, frames, clip.rate)],
      ["Now", `Sending is free. ${next} next, before anything is generated.`],
    ];
  }

  /** @param {any} one */
  function whyNot(one) {
    if (!clip) {
      return "Park the playhead on a clip first.";
    }
    if (clip.problem && !seenLink(state.get())) {
      return `${clip.problem} ${clip.hint || ""}`.trim();
    }
    if (!what.value) {
      return "The bridge offers nothing that takes a clip.";
    }
    if (making() && !one) {
      return "No model is set up for this: see takebridge doctor, or make something else.";
    }
    const limit = one ? one.max_prompt : null;
    return limit && prompt.value.length > limit
      ? `The prompt has ${prompt.value.length} characters; this model takes ${limit}.`
      : "";
  }

  async function confirm() {
    if (sent) {
      asked.confirm();
      return;
    }
    if (busy || whyNot(chosen())) {
      return;
    }
    busy = true;
    draw();
    const wish = {
      canvasId: state.get().canvasId,
      mode: state.get().mode,
      link: seenLink(state.get()),
      making: making(),
      template: template(),
      model: chosen() ? chosen().id : "",
      prompt: prompt.value.trim(),
      handles: handles.value === "" ? null : Number(handles.value),
    };
    try {
      sent = await send(api, wish, app.acts.someCanvas);
      app.say(`${sent.shot} is on the canvas. ${sent.notes.join(" ")}`.trim());
      app.acts.showCanvas(sent.canvasId);
      app.following.look();
      asked.look(sent.canvasId);
    } catch (error) {
      app.tell(error, "Send to canvas");
      say(problem, inWords(/** @type {any} */ (error)));
      busy = false;
      go.say("Send to canvas · free");
      go.enable(true);
      return;
    }
    busy = false;
    draw();
  }

  async function load() {
    const [found, status, listed] = await Promise.all([
      api.models(),
      api.status().catch(() => ({ providers: {} })),
      api.templates().catch(() => []),
    ]);
    if (!Object.keys(state.get().kinds).length) {
      state.set({ kinds: await api.kinds() });
    }
    models = usable(found, status.providers || {});
    templates = listed.filter((/** @type {any} */ one) =>
      (one.slots || []).some((/** @type {any} */ slot) => slot.kind === "clip"),
    );
    const kinds = makings(state.get().kinds).map((one) => ({ value: one.kind, label: one.title }));
    what.options([
      ...kinds,
      ...templates.map((one) => ({ value: `template:${one.name}`, label: `Template: ${one.title}` })),
    ]);
    if (kinds.length) {
      what.set(kinds[0].value);
    }
    onWhat();
  }
  draw();
  load().catch((error) => {
    app.tell(error, "Send to canvas");
    say(problem, inWords(error));
  });
}

/** @param {string} name @param {any} control */
function row(name, control) {
  return h("div", { class: "form-row" }, h("div", { class: "form-name" }, name), control);
}

module.exports = { sendSheet };
