"use strict";
// Edits of a sequence's tracks, as Premiere makes them. All times are BigInt ticks of sequence time.

const { intrinsics, newTrack } = require("./film.js");
const { nearest, scaled, snapped } = require("./ticks.js");
const { CutError } = require("./world.js");

/** Sequence time back to media time. @param {any} piece @param {bigint} ticks */
const mediaTime = (piece, ticks) => scaled(ticks, piece.speed);

/** Media time to sequence time. @param {any} piece @param {bigint} ticks */
const sequenceTime = (piece, ticks) => nearest(ticks * 1000000n, BigInt(Math.round(piece.speed * 1000000)));

const order = (track) => track.items.sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));

function unlocked(track) {
  if (track.locked) throw new CutError("The track is locked.");
  return track;
}

/** The track and place of a piece, or null. */
function placeOf(sequence, id) {
  for (const type of ["video", "audio"]) {
    for (const [index, track] of sequence[type].entries()) {
      const piece = track.items.find((one) => one.id === id);
      if (piece) return { type, index, track, piece };
    }
  }
  return null;
}

/** Take ticks off a piece's head and tail. */
function shorten(piece, head, tail) {
  const [first, last] = piece.reversed ? [tail, head] : [head, tail];
  piece.start += head;
  piece.end -= tail;
  piece.in += mediaTime(piece, first);
  piece.out -= mediaTime(piece, last);
  return piece;
}

/** Clear a span of a track: what lies in it goes, what reaches in is trimmed, what spans it is split. */
function clear(track, start, end, next) {
  unlocked(track);
  const kept = [];
  for (const piece of track.items) {
    if (piece.end <= start || piece.start >= end) kept.push(piece);
    else {
      const [before, after] = [piece.start < start, piece.end > end];
      const tailCopy = after ? { ...structuredClone(piece), id: before ? next("piece") : piece.id } : null;
      if (before) kept.push(shorten(piece, 0n, piece.end - start));
      if (tailCopy) kept.push(shorten(tailCopy, end - tailCopy.start, 0n));
    }
  }
  track.items = kept;
  track.transitions = track.transitions.filter((one) => one.end <= start || one.start >= end);
  order(track);
}

/** Move everything from `at` on later, splitting what spans it. */
function shift(track, at, ticks, next) {
  unlocked(track);
  for (const piece of [...track.items]) {
    if (piece.start < at && piece.end > at) {
      const tail = shorten({ ...structuredClone(piece), id: next("piece") }, at - piece.start, 0n);
      shorten(piece, 0n, piece.end - at);
      track.items.push(tail);
    }
  }
  for (const one of [...track.items, ...track.transitions]) {
    if (one.start >= at) [one.start, one.end] = [one.start + ticks, one.end + ticks];
  }
  order(track);
}

/** The part of its media a project item would bring, in ticks. */
function partOf(project, item) {
  if (item.sequence) {
    const inner = project.sequences[item.sequence];
    return { in: item.in ?? 0n, out: item.out ?? endOf(inner), picture: true, audio: false };
  }
  const { ticks, picture, audio } = item.media;
  return { in: item.in ?? 0n, out: item.out ?? ticks, picture, audio };
}

/** The end of the last clip. */
function endOf(sequence) {
  const ends = [...sequence.video, ...sequence.audio].flatMap((track) => track.items.map((piece) => piece.end));
  return ends.reduce((a, b) => (a > b ? a : b), 0n);
}

/** Tracks a project item would land on: the sound on the first when it is told nowhere. */
function targets(part, video, audio) {
  const found = [];
  if (part.picture) found.push(["video", video]);
  if (part.audio) found.push(["audio", audio < 0 ? 0 : audio]);
  return found;
}

function newPiece(next, item, part, start, end, type) {
  return {
    id: next("piece"),
    item: item.id,
    name: item.name,
    start,
    end,
    in: part.in,
    out: part.out,
    speed: 1,
    reversed: false,
    disabled: false,
    adjustment: item.kind === "adjustment",
    link: "",
    effects: intrinsics(type),
  };
}

/** Lay a project item on tracks that were made ready; its parts are linked. */
function lay(next, sequence, item, part, places, start, end) {
  const pieces = places.map(([type, index]) => {
    const piece = newPiece(next, item, part, start, end, type);
    sequence[type][index].items.push(piece);
    order(sequence[type][index]);
    return piece;
  });
  if (pieces.length > 1) {
    const link = next("link");
    for (const piece of pieces) piece.link = link;
  }
}

function spanOf(project, sequence, item, time) {
  if (!item || item.type === "bin" || item.type === "root") throw new CutError("This cannot be put on a track.");
  if (time < 0n) throw new CutError("A sequence begins at zero.");
  const part = partOf(project, item);
  const start = snapped(time, sequence.frame);
  const length = snapped(part.out - part.in, sequence.frame);
  return { part, start, end: start + (length > 0n ? length : sequence.frame) };
}

/** Put a project item at a time, over what is there. Tracks must exist: only an insert makes new ones. */
function overwrite(world, project, sequence, { item, time, video, audio }) {
  const { part, start, end } = spanOf(project, sequence, item, time);
  const places = targets(part, video, audio);
  for (const [type, index] of places) {
    if (!sequence[type][index]) throw new CutError("There is no such track.");
    clear(sequence[type][index], start, end, world.next);
  }
  lay(world.next, sequence, item, part, places, start, end);
}

/** Put a project item at a time and move what follows; a track past the last is made. */
function insert(world, project, sequence, { item, time, video, audio, limitShift }) {
  const { part, start, end } = spanOf(project, sequence, item, time);
  const places = targets(part, video, audio).map(([type, index]) => {
    const last = sequence[type].length;
    if (index >= last) sequence[type].push(newTrack(Number(world.next("track")), type, last));
    return [type, Math.min(index, last)];
  });
  const all = [...sequence.video, ...sequence.audio];
  const moved = limitShift
    ? places.map(([type, index]) => sequence[type][index])
    : all.filter((track) => !track.locked);
  for (const [type, index] of places) unlocked(sequence[type][index]);
  for (const track of moved) shift(track, start, end - start, world.next);
  lay(world.next, sequence, item, part, places, start, end);
}

/** Take pieces off; `types` are those meant. With "any" what is linked with them goes too. */
function remove(sequence, ids, { types, linked, ripple }) {
  const chosen = ids.map((id) => placeOf(sequence, id));
  if (chosen.some((place) => !place)) throw new CutError("A clip is gone.");
  const links = new Set(chosen.map((place) => place.piece.link).filter(Boolean));
  for (const type of types) {
    for (const track of sequence[type]) {
      const gone = track.items.filter((piece) => ids.includes(piece.id) || (linked && links.has(piece.link)));
      if (!gone.length) continue;
      unlocked(track);
      track.items = track.items.filter((piece) => !gone.includes(piece));
      if (ripple) for (const piece of [...gone].reverse()) close(track, piece.start, piece.end - piece.start);
    }
  }
  const there = new Set(
    [...sequence.video, ...sequence.audio].flatMap((track) => track.items.map((piece) => piece.id)),
  );
  sequence.selection = sequence.selection.filter((id) => there.has(id));
}

function close(track, at, ticks) {
  for (const piece of track.items) {
    if (piece.start >= at) [piece.start, piece.end] = [piece.start - ticks, piece.end - ticks];
  }
}

/** The piece itself, on a track that may be changed. */
function held(sequence, id) {
  const place = placeOf(sequence, id);
  if (!place) throw new CutError("The clip is gone.");
  unlocked(place.track);
  return place;
}

/** Move a piece by so many ticks, over what is there. */
function move(world, sequence, id, ticks) {
  const { track, piece } = held(sequence, id);
  const start = snapped(piece.start + ticks, sequence.frame);
  if (start < 0n) throw new CutError("A sequence begins at zero.");
  const length = piece.end - piece.start;
  track.items = track.items.filter((one) => one !== piece);
  clear(track, start, start + length, world.next);
  [piece.start, piece.end] = [start, start + length];
  track.items.push(piece);
  order(track);
}

/** Give a piece other ends; refused where it would cover its neighbours or lack media. */
function retime(project, sequence, id, edit) {
  const { track, piece } = held(sequence, id);
  const before = { ...piece };
  edit(piece);
  const item = project.items[piece.item];
  const covers = track.items.some((one) => one !== piece && one.start < piece.end && one.end > piece.start);
  const lacks = item.media && !item.media.still && item.kind === "file" && piece.out > item.media.ticks;
  if (piece.start >= piece.end || piece.in < 0n || piece.in >= piece.out || piece.start < 0n || covers || lacks) {
    Object.assign(piece, before);
    throw new CutError("The clip cannot have these ends.");
  }
  order(track);
}

/** Trim the head to a time of the sequence. */
const setStart = (project, sequence, id, time) =>
  retime(project, sequence, id, (piece) => shorten(piece, snapped(time, sequence.frame) - piece.start, 0n));

/** Trim the tail to a time of the sequence. */
const setEnd = (project, sequence, id, time) =>
  retime(project, sequence, id, (piece) => shorten(piece, 0n, piece.end - snapped(time, sequence.frame)));

/** Let the media begin elsewhere; the clip's start stays, its end follows. */
const setIn = (project, sequence, id, time) =>
  retime(project, sequence, id, (piece) => {
    piece.in = time;
    piece.end = piece.start + snapped(sequenceTime(piece, piece.out - piece.in), sequence.frame);
  });

/** Let the media end elsewhere; the clip's start stays, its end follows. */
const setOut = (project, sequence, id, time) =>
  retime(project, sequence, id, (piece) => {
    piece.out = time;
    piece.end = piece.start + snapped(sequenceTime(piece, piece.out - piece.in), sequence.frame);
  });

/** Copy a piece to another place, over what is there or moving it. */
function clone(world, sequence, id, { offset, rows, inserting }) {
  const place = placeOf(sequence, id);
  if (!place) throw new CutError("The clip is gone.");
  const track = sequence[place.type][place.index + rows[place.type]];
  if (!track) throw new CutError("There is no such track.");
  const copy = { ...structuredClone(place.piece), id: world.next("piece"), link: "" };
  const start = snapped(copy.start + offset, sequence.frame);
  if (start < 0n) throw new CutError("A sequence begins at zero.");
  const length = copy.end - copy.start;
  if (inserting) shift(track, start, length, world.next);
  else clear(track, start, start + length, world.next);
  [copy.start, copy.end] = [start, start + length];
  track.items.push(copy);
  order(track);
}

/** Cut a piece in two, as the razor does. */
function razor(world, sequence, id, time) {
  const { track, piece } = held(sequence, id);
  if (time <= piece.start || time >= piece.end) throw new CutError("The razor is beside the clip.");
  const tail = shorten({ ...structuredClone(piece), id: world.next("piece") }, time - piece.start, 0n);
  shorten(piece, 0n, piece.end - time);
  track.items.push(tail);
  order(track);
}

module.exports = {
  clear,
  clone,
  endOf,
  insert,
  move,
  overwrite,
  partOf,
  placeOf,
  razor,
  remove,
  setEnd,
  setIn,
  setOut,
  setStart,
  unlocked,
};
