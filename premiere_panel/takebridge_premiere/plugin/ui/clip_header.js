"use strict";

/** The clip the panel is about: its picture, name, place and length, why it cannot be sent, and what it shows. */

const { segments } = require("./controls.js");
const { button } = require("./controls.js");
const { as, h, say, show } = require("./dom.js");
const { MODES } = require("./following.js");
const { GLYPHS, marked, tokenOf } = require("./marks.js");
const { NO_CLIP } = require("./primary.js");
const { connectionOf, healthOf, pinnedTake, seenLink, shownTake } = require("./selectors.js");
const { counted, length, takeName } = require("./words.js");

/** @type {Record<string, string>} */
const TIPS = {
  playhead: "The clip under the playhead",
  selected: "The clips selected in Premiere",
  marks: "The clips between the in and out marks. F5 looks again",
};

/** @param {import("./app.js").App} app */
function modeBar(app) {
  const { state, following } = app;
  const modes = segments(
    Object.entries(MODES).map(([value, label]) => ({ value, label, name: TIPS[value] })),
    (value) => following.setMode(value),
  );
  const stay = button("Stay", () => following.setStays(!state.get().stays), {
    look: "toggle",
    name: "Stay on this clip",
  });
  const draw = () => {
    modes.set(state.get().mode);
    stay.check(state.get().stays);
    stay.say(state.get().stays ? "Staying" : "Stay");
  };
  state.on(["mode", "stays"], draw);
  draw();
  return { el: h("div", { class: "row wraps" }, modes.el, h("div", { class: "grow" }), stay.el) };
}

/**
 * @param {any} clip
 * @param {string} shot
 * @returns {string} `SH010 · bikes.mov`; the shot alone where the name begins with it
 */
function titleOf(clip, shot) {
  if (!clip) {
    return "No clip";
  }
  return !shot ? clip.name : clip.name.startsWith(shot) ? shot : `${shot} · ${clip.name}`;
}

/** @param {any} clip @returns {string} `V1 · 01:02:10:14 · 3 s 08 f` */
function placeWords(clip) {
  const track = `${String(clip.track_type).slice(0, 1).toUpperCase()}${clip.track_index}`;
  return `${track} · ${clip.timecode} · ${length(clip.end_record_frame - clip.start_record_frame, clip.rate)}`;
}

/** @param {import("./app.js").App} app */
function clipHeader(app) {
  const { state, pictures } = app;
  const image = h("img", { class: "thumb-picture gone" });
  const thumb = h("div", { class: "thumb" }, image);
  const name = h("div", { class: "title one-line" });
  const place = h("div", { class: "label figures one-line" });
  const more = h("div", { class: "hint one-line" });
  const problem = h("div", { class: "warning wrap gone" });
  let shown = "";
  let lose = () => {};

  function draw() {
    const now = state.get();
    const link = seenLink(now);
    say(name, titleOf(now.clip, link ? link.shot : ""));
    say(place, now.clip ? placeWords(now.clip) : "");
    show(place, Boolean(now.clip));
    say(more, moreWords(now, link));
    const said =
      now.clip && now.clip.problem && !(now.clip.links || []).length
        ? `${now.clip.problem} ${now.clip.hint || ""}`.trim()
        : "";
    say(problem, said ? `${GLYPHS.stale} ${said}` : "");
    show(problem, Boolean(said));
    picture(now);
  }

  /** @param {any} now @param {any} link */
  function moreWords(now, link) {
    if (!now.clip) {
      return connectionOf(now).live ? NO_CLIP : "The clip shows here once Premiere and the bridge are connected.";
    }
    const others = now.look ? now.look.clips.length - 1 : 0;
    const size = now.clip.width && now.clip.height ? `${now.clip.width} × ${now.clip.height}` : "";
    const named = link && now.clip.name.startsWith(link.shot) ? now.clip.name : "";
    return [size, named, others ? `and ${counted(others, "more clip")}` : ""].filter(Boolean).join(" · ");
  }

  /** @param {any} now */
  function picture(now) {
    const { clip, look } = now;
    const wanted = clip && look ? `${clip.clip}|${look.session}|${clip.media_path}` : "";
    if (wanted === shown) {
      return;
    }
    shown = wanted;
    lose();
    show(image, false);
    if (clip && look && clip.media_path) {
      const middle = Math.floor((clip.start_record_frame + clip.end_record_frame) / 2);
      lose = pictures.clipFrame(look.session, clip.clip, middle, 320, (/** @type {string} */ url) => {
        image.src = url;
        show(image, true);
      });
    }
  }

  state.on(["clip", "look", "standing", "canvasId", "status"], draw);
  draw();
  return {
    el: h(
      "div",
      { class: "header" },
      h("div", { class: "row" }, thumb, h("div", { class: "grow stack tight" }, name, place, more)),
      problem,
    ),
  };
}

/**
 * `In timeline: take 3` and `Pinned: take 5`: two facts, always both, and the node's state beside them.
 * @param {import("./app.js").App} app
 */
function twoFacts(app) {
  const { state } = app;
  const inTimeline = h("div", { class: "figures" });
  const pinned = h("div", { class: "figures" });
  const health = h("div", {});

  function draw() {
    const now = state.get();
    const shown = shownTake(now);
    const pin = pinnedTake(now);
    say(inTimeline, `${GLYPHS.in_timeline} In timeline: ${now.clip ? takeName(shown ? shown.seq : null) : "–"}`);
    say(pinned, `${GLYPHS.pinned} Pinned: ${pin ? takeName(pin.seq) : "none"}`);
    const token = tokenOf(healthOf(now));
    say(health, token ? marked(token) : now.clip && !seenLink(now) ? "Not on canvas" : "");
    as(health, "tone-", token || "hint");
  }
  state.on(["clip", "snapshot", "canvasId"], draw);
  draw();
  return { el: h("div", { class: "facts-row" }, inTimeline, pinned, health) };
}

module.exports = { clipHeader, modeBar, placeWords, titleOf, twoFacts };
