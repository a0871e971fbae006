"use strict";

/**
 * Which shot an entry of a round trip is about, what each side shows of it, and when two plans are one. Pure; as the
 * Resolve panel's trip_sides.py and trip_rest.py have it. Entries name clips by address and in words; links and canvas
 * say which takes those are. What is not certain is null: then there is no picture, never a wrong one.
 */

const { exactOf } = require("./trip_frames.js");

/** Fact of a source clip's take: the source frame that its frame 0 is. */
const GIVEN_START = "given_start_frame";
/** Location of a take that is no file yet: `takebridge:<link>/<take>`. */
const SCHEME = "takebridge:";
/** States of a trip that did not end. */
const OPEN = ["applying", "undoing"];
const LATER = "later";

/**
 * @typedef {Record<string, any>} Entry an edit, a conflict or a removed clip as the bridge lists it
 * @typedef {"editor" | "canvas" | "both" | "later"} Picked `later` is not sent
 * @typedef {{session: string, clip: any}} Place a clip as the editor has it now
 * @typedef {import("./trip_frames.js").Exact} Exact
 * @typedef {{link: string, take: string, start: Exact, end: Exact, rate: string}} Shown frames of a take that the
 *   timeline will show, on the take's own grid; the end is exclusive
 * @typedef {Readonly<{trip: any, choices: Record<string, string>, links: any[], canvas: any, trips: any[],
 *   places: Place[], takes: boolean}>} Found what a dry run with `choices` said; `takes`: the editor has native takes
 */

// --- which shot

/** @param {string} text @returns {[string, number][]} shot and number of every take a text names: `SH080 take 1` */
function takesNamed(text) {
  return [...text.matchAll(/([\p{L}\p{N}_.-]+) take (\d+)/gu)].map((found) => [found[1], Number(found[2])]);
}

/**
 * The clip link an entry is about: by the shot it names, by the clip in the editor, by the media's name.
 * @param {Entry} entry
 * @param {any[]} links
 * @param {Place[]} [places]
 */
function linkOf(entry, links, places = []) {
  const named = new Set(takesNamed(entry.text).map(([shot]) => shot));
  const byShot = links.filter((link) => named.has(link.shot));
  if (byShot.length === 1) {
    return byShot[0];
  }
  const place = placeOf(entry, places);
  const ids = new Set(place ? (place.clip.links || []).map((/** @type {any} */ one) => one.link_id) : []);
  const byClip = links.filter((link) => ids.has(link.id) || (place && link.clip_key === place.clip.clip));
  if (byClip.length === 1) {
    return byClip[0];
  }
  const byMedia = links.filter((link) => entry.name && namesOf(link.media_path || "").includes(entry.name));
  return byMedia.length === 1 ? byMedia[0] : null;
}

/** @param {string} path @returns {string[]} a file's name with and without its suffix */
function namesOf(path) {
  const name = path.split(/[\\/]/).pop() || "";
  return [name, name.replace(/(.)\.[^.]+$/, "$1")];
}

/**
 * The editor's clip an entry is about, when only one of that name is on its track.
 * @param {Entry} entry
 * @param {Place[]} places
 * @returns {Place | null}
 */
function placeOf(entry, places) {
  if (!entry.editor) {
    return null;
  }
  const [kind, track] = entry.editor;
  const found = new Map();
  for (const one of places) {
    const { name, track_type, track_index } = one.clip;
    if (name === entry.name && track_type === kind && track_index === track + 1) {
      found.set(one.clip.clip, one);
    }
  }
  return found.size === 1 ? [...found.values()][0] : null;
}

// --- the canvas's side

/**
 * The take the canvas has for a shot: the pinned one of the last node behind its source. A number the entry names
 * decides where several nodes have a take.
 * @param {Entry} entry
 * @param {any} link
 * @param {any} canvas
 */
function canvasTake(entry, link, canvas) {
  const pinned = behind(link.node_id, canvas)
    .map((id) => canvas.takes[canvas.nodes[id].pin])
    .filter(Boolean);
  const numbers = takesNamed(entry.text)
    .filter(([shot]) => shot === link.shot)
    .map(([, number]) => number);
  const meant = pinned.filter((take) => numbers.includes(take.seq));
  const made = (meant.length ? meant : pinned).filter((take) => take.node_id !== link.node_id || link.fills_gap);
  return made[made.length - 1] || null;
}

/** @param {string} node @param {any} canvas @returns {string[]} a node and all that hangs on it, the nearest first */
function behind(node, canvas) {
  const found = canvas.nodes[node] ? [node] : [];
  for (const at of found) {
    const fed = Object.values(canvas.wires || {}).filter((wire) => wire.src_node === at);
    found.push(...new Set(fed.map((wire) => wire.dst_node).filter((id) => canvas.nodes[id] && !found.includes(id))));
  }
  return found;
}

/** @param {any} take @returns {string} the content of a take's picture, "" without one */
function pictureOf(take) {
  const found = take ? take.outputs.video || take.outputs.image : null;
  return found ? found.content : "";
}

/** @param {Entry} entry @param {Found} found what there is to see of a conflict */
function sidesOf(entry, found) {
  const place = placeOf(entry, found.places);
  const link = linkOf(entry, found.links, found.places);
  const known = link && found.canvas;
  return {
    place,
    link,
    canvas: known ? canvasTake(entry, link, found.canvas) : null,
    pushed: known ? found.canvas.takes[link.source_take_id] || null : null,
  };
}

// --- what a step shows

/** @param {Entry} entry @returns {Shown | null} the frames of a take of ours that an edit puts into its slot */
function shownBy(entry) {
  for (const operation of entry.operations || []) {
    const take = operation.take && typeof operation.take === "object" ? operation.take : operation;
    const found = shownIn(take);
    if (found) {
      return found;
    }
  }
  return null;
}

/** @param {any} where @returns {Shown | null} */
function shownIn({ media, source }) {
  if (!media || typeof media !== "object" || !Array.isArray(source) || source.length !== 2) {
    return null;
  }
  const location = String(media.location || "");
  const [link, take] = location.slice(SCHEME.length).split("/");
  const [start, end] = source.map(exactOf);
  if (!location.startsWith(SCHEME) || !take || !start || !end) {
    return null;
  }
  return { link, take, start, end, rate: String(media.rate || "") };
}

/**
 * The source frame that frame 0 of a take is: what it was made from says so, else the link.
 * @param {any} take
 * @param {any} link
 * @param {any} canvas
 * @returns {number}
 */
function offsetOf(take, link, canvas) {
  const todo = [take];
  const seen = new Set([take.id]);
  for (const at of todo) {
    const given = at.outputs.video && at.outputs.video.facts ? at.outputs.video.facts[GIVEN_START] : null;
    if (Number.isInteger(given)) {
      return given;
    }
    for (const one of at.recipe ? at.recipe.inputs || [] : []) {
      if (canvas.takes[one.take] && !seen.has(one.take)) {
        seen.add(one.take);
        todo.push(canvas.takes[one.take]);
      }
    }
  }
  return link.given_start_frame;
}

// --- what can go in while a conflict is left for later

/**
 * Takes that can go in apart from the round trip, by clip link. Left out: clips of conflicts, and clips that other
 * changes are about as well.
 * @param {Found} found
 * @returns {Record<string, string>}
 */
function undisputed(found) {
  const { conflicts, edits } = found.trip;
  const taken = new Set(conflicts.flatMap(spotsOf));
  const owners = conflicts.map((/** @type {Entry} */ one) => linkOf(one, found.links, found.places));
  const disputed = new Set(owners.filter(Boolean).map((/** @type {any} */ one) => one.id));
  const free = new Set(found.links.map((one) => one.id).filter((id) => !disputed.has(id)));
  const shown = edits.map(shownBy);
  /** @type {Record<string, string>} */
  const able = {};
  edits.forEach((/** @type {Entry} */ one, /** @type {number} */ at) => {
    const take = shown[at];
    const alone = take && shown.filter((/** @type {any} */ other) => other && other.link === take.link).length === 1;
    if (alone && free.has(take.link) && isTakeAlone(one) && !spotsOf(one).some((spot) => taken.has(spot))) {
      able[take.link] = take.take;
    }
  });
  return able;
}

/** @param {Entry} entry whether an edit does nothing but give a clip a take */
function isTakeAlone(entry) {
  const alone = (/** @type {any} */ one) => one.op === "import" || one.op === "add_take";
  return Boolean(entry.editor) && (entry.operations || []).every(alone);
}

/** @param {Entry} entry @returns {string[]} the clips it is about or covers: two that share one are about one clip */
function spotsOf(entry) {
  return ["base", "editor", "canvas"].flatMap((side) => {
    const places = [...(entry[side] ? [entry[side]] : []), ...((entry.covers && entry.covers[side]) || [])];
    return places.map((place) => `${side} ${place.join(" ")}`);
  });
}

// --- plans and trips

/** @param {any} one @param {any} other whether two dry runs with the same choices would do the same */
function samePlan(one, other) {
  return essence(one) === essence(other);
}

/** @param {any} trip */
function essence({ outcome, project, timeline, edits, conflicts, removed, requests, price }) {
  return JSON.stringify([outcome, project, timeline, edits, conflicts, removed, requests, price]);
}

/** @param {any[]} trips @returns {any} the newest trip that did not end */
function leftOpen(trips) {
  return trips.find((one) => OPEN.includes(one.state) && !one.ended_at) || null;
}

/** @param {Record<string, Picked>} picked @returns {Record<string, string>} without what is decided later */
function sentChoices(picked) {
  return Object.fromEntries(Object.entries(picked).filter(([, choice]) => choice !== LATER));
}

/** @param {Entry} conflict @returns {Picked[]} what can be picked, “later” last */
function picksOf(conflict) {
  return [...conflict.choices, LATER];
}

/**
 * @param {Entry} conflict
 * @returns {Picked | null} only what leaves no choice; where both sides count, a person says
 */
function preselected(conflict) {
  return conflict.choices.length === 1 ? conflict.choices[0] : null;
}

/**
 * What is picked of a plan's conflicts: what a person picked before where it is still offered.
 * @param {any} trip
 * @param {Record<string, Picked>} before
 * @returns {Readonly<Record<string, Picked>>}
 */
function keptPicks(trip, before) {
  const kept = trip.conflicts.map((/** @type {Entry} */ one) => {
    const old = before[one.id];
    return [one.id, old && picksOf(one).includes(old) ? old : preselected(one)];
  });
  return Object.freeze(Object.fromEntries(kept.filter((/** @type {any[]} */ [, choice]) => choice)));
}

/**
 * How many changes applying would make: those of the plan, and each decision for the canvas beyond it.
 * @param {any} trip
 * @param {Record<string, string>} seenWith
 * @param {Record<string, string>} picked
 */
function changesAfter(trip, seenWith, picked) {
  const more = trip.conflicts.filter((/** @type {Entry} */ one) => ["canvas", "both"].includes(picked[one.id]));
  return trip.edits.length + more.filter((/** @type {Entry} */ one) => seenWith[one.id] !== picked[one.id]).length;
}

/** @param {any} trip @returns {boolean} whether base, timeline and canvas say the same */
function isInStep(trip) {
  return ![trip.edits, trip.conflicts, trip.requests, trip.removed].some((part) => part.length);
}

module.exports = {
  LATER,
  canvasTake,
  changesAfter,
  isInStep,
  keptPicks,
  leftOpen,
  linkOf,
  offsetOf,
  picksOf,
  pictureOf,
  placeOf,
  preselected,
  samePlan,
  sentChoices,
  shownBy,
  sidesOf,
  takesNamed,
  undisputed,
};
