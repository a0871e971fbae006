"use strict";

/**
 * Pointing media at another file: `media.replace`, and the way of `clip.swap` that keeps effects.
 *
 * changeMediaFilePath cannot be undone and changes every clip of the media: it is called once, and the path read back
 * is what counts.
 */

const { need } = require("./arguments.js");
const { needExpectation } = require("./asked.js");
const { askEach, gather } = require("./asking.js");
const { findMedia, idOf } = require("./bins.js");
const { OpError, text, unsure, wordsOf } = require("./faults.js");
const { expected, inProject, readAfter, readGround } = require("./ground.js");
const { factsOfItem } = require("./media.js");
const { lookAgain, ownName } = require("./overwriting.js");
const { needPath, plainPath, samePath, splitPath } = require("./paths.js");
const { pieceOf, toItem } = require("./scene.js");
const { hasTags, isOurs, prepareTags, readTags } = require("./tags.js");
const { sourceFrameOf, ticksOf } = require("./ticks.js");
const { attempt } = require("./transact.js");

/**
 * @typedef {import("./shapes.js").Stage} Stage
 * @typedef {import("./shapes.js").Scene} Scene
 * @typedef {import("./shapes.js").Piece} Piece
 */

/**
 * `media.replace`: no file that is shorter than the old one. Tags lie in the project and stay.
 * @param {Stage} stage
 * @param {any} args
 * @param {any} expect
 */
async function replaceMedia(stage, args, expect) {
  const [id, path] = [need(args, "media_id", "string"), needPath(args)];
  const project = await inProject(stage, needExpectation(expect));
  const found = await findMedia(stage, project, id);
  const was = await factsOfItem(found.item, found.clip, plainPath(found.path));
  if (samePath(found.path, path)) {
    return { outcome: "verified", result: { media: was.media, changed: false } };
  }
  await expected(stage, expect);
  await pointAt(stage, found.clip, path);
  const { media } = await readAfter(() => factsOfItem(found.item, found.clip, path));
  const [before, now] = [was.media.frame_count, media.frame_count];
  if (before !== null && now !== null && now < before) {
    throw await tooShort(stage, found, path, [before, now]);
  }
  return { outcome: "verified", result: { media, changed: true } };
}

/**
 * Point media at its old file again and return the error: clips would run past the end of the new one.
 * @param {Stage} stage
 * @param {import("./bins.js").Found} found
 * @param {string} path
 * @param {[number, number]} frames
 */
async function tooShort(stage, found, path, [before, now]) {
  const message = `The new file has ${now} frames, the old one ${before}: clips could run past its end.`;
  const hint = "Deliver a file that is at least as long.";
  const error = new OpError("host_rejected", message, hint, { details: { path: text(path) } });
  try {
    await pointAt(stage, found.clip, plainPath(found.path));
    return error;
  } catch (_error) {
    return unsure(error);
  }
}

/**
 * Point media at a file, once, and read it back.
 * @param {Stage} stage
 * @param {any} clip ClipProjectItem
 * @param {string} path
 */
async function pointAt(stage, clip, path) {
  if (!(await clip.canChangeMediaPath())) {
    const message = `Premiere cannot point “${clip.name}” at another file.`;
    throw new OpError("unsupported_item", message, "Replace it by hand.");
  }
  const was = String((await clip.getMediaFilePath()) || "");
  let words = "";
  stage.memory.sent = true;
  try {
    await clip.changeMediaFilePath(path, true);
  } catch (error) {
    words = wordsOf(error);
  }
  const now = await readAfter(() => clip.getMediaFilePath());
  if (!samePath(now, path)) {
    throw notPointed(clip, path, words, samePath(now, was));
  }
}

/**
 * @param {any} clip
 * @param {string} path
 * @param {string} words
 * @param {boolean} same whether it plays the old file still
 */
function notPointed(clip, path, words, same) {
  const message = `Premiere did not point “${clip.name}” at “${splitPath(path).name}”${words ? `: ${words}` : ""}.`;
  const hint = "Check that this machine can see the file and that Premiere reads this kind of file.";
  const error = new OpError("host_rejected", message, hint, { details: { path: text(path) } });
  return same ? error : unsure(error);
}

/**
 * Return why a clip's media may not be pointed at the file, null when it may: it must be ours, begin at the same frame
 * of the file, and be used for nothing but this clip (in copies of the sequence the same clip lies in the same place).
 * @param {Stage} stage
 * @param {Scene} scene with all tracks
 * @param {Piece} piece
 * @param {{source: [number, number]}} asked
 * @returns {Promise<OpError | null>}
 */
async function refuseRelink(stage, scene, piece, asked) {
  const say = (/** @type {string} */ message) => new OpError("unsupported_item", message);
  if (!piece.clipItem || !isOurs(await readTags(stage, piece.projectItem))) {
    return say(`The media of “${piece.name}” was not brought in by TakeBridge.`);
  }
  const rate = (piece.facts && piece.facts.rate) || scene.rate;
  if (sourceFrameOf(piece.in, rate) !== asked.source[0]) {
    return say(`“${piece.name}” begins at another frame of its media than the take would.`);
  }
  const own = (/** @type {any[]} */ place) => String(place) === String(placeOf(piece));
  const uses = await usesOf(stage, scene.project, piece.itemId);
  return uses.every(own) ? null : say(`The media of “${piece.name}” is used by other clips.`);
}

/**
 * @param {Piece} piece
 */
function placeOf({ type, index, start, end, in: from }) {
  return [type, index, start, end, from];
}

/**
 * Return where a project item lies in all sequences of the project: type, track, start, end, in-point.
 * @param {Stage} stage
 * @param {any} project
 * @param {string} itemId
 */
async function usesOf(stage, project, itemId) {
  const { CLIP } = stage.ppro.Constants.TrackItemType;
  const tracks = (await gather(Array.from(await project.getSequences(), (one) => () => tracksOf(one)))).flat();
  const items = tracks.flatMap(({ type, index, track }) =>
    Array.from(track.getTrackItems(CLIP, false) || [], (item) => ({ type, index, item })),
  );
  const media = await gather(items.map(({ item }) => () => /** @type {any} */ (item).getProjectItem()));
  const used = items.filter((_one, at) => media[at] && idOf(media[at]) === itemId);
  const said = await askEach(
    used.map(({ item }) => item),
    [(item) => item.getStartTime(), (item) => item.getEndTime(), (item) => item.getInPoint()],
  );
  return used.map(({ type, index }, at) => [type, index, ...said[at].map(ticksOf)]);
}

/**
 * @param {any} sequence
 */
async function tracksOf(sequence) {
  const [video, audio] = await gather([() => sequence.getVideoTrackCount(), () => sequence.getAudioTrackCount()]);
  const places = [
    ...Array.from({ length: video }, (_none, at) => ({ type: "video", index: at + 1 })),
    ...Array.from({ length: audio }, (_none, at) => ({ type: "audio", index: at + 1 })),
  ];
  const open = (/** @type {{type: string, index: number}} */ { type, index }) =>
    type === "video" ? sequence.getVideoTrack(index - 1) : sequence.getAudioTrack(index - 1);
  return gather(places.map((place) => async () => ({ ...place, track: await open(place) })));
}

/**
 * Relink; returns the items before and after. Names the media had from its file, and our tags, follow.
 * @param {import("./overwriting.js").Swap} swap
 */
async function relinkClip({ stage, expect, asked, brought }) {
  const { scene, piece } = await lookAgain(stage, expect, asked);
  const refused = await refuseRelink(stage, scene, piece, asked);
  if (refused || brought.facts.media.rate !== (piece.facts && piece.facts.media.rate)) {
    throw refused || new OpError("unsupported_item", `“${brought.item.name}” has another rate than the clip's media.`);
  }
  const before = toItem(scene, piece);
  await pointAt(stage, piece.clipItem, asked.path);
  const kept = await renewIds(stage, scene, piece, asked);
  const { after, now } = await readAfter(async () => {
    const read = await readGround(stage, expect, null, [asked.ref.clip]);
    return { after: read, now: pieceOf(read, asked.ref) };
  });
  const same = samePath(now.path, asked.path) && now.in === piece.in;
  return { before, after: toItem(after, now), outcome: kept && same ? "verified" : "committed_unverified" };
}

/**
 * Let tags and file names follow the media, as one undo step; says whether they read back.
 * @param {Stage} stage
 * @param {Scene} scene
 * @param {Piece} piece
 * @param {import("./swapping.js").Asked} asked
 */
async function renewIds(stage, scene, piece, asked) {
  const { actions } = await prepareTags(stage, scene.project, piece.projectItem, asked.tags);
  const [old, name] = [splitPath(piece.path).name, splitPath(asked.path).name];
  const renames = piece.projectItem.name === old ? [piece.projectItem] : [];
  const clips = renames.length > 0 && ownName(piece) === "" ? [piece.item] : [];
  attempt(stage, scene.project, `write our ids on “${name}”`, () => [
    ...actions(),
    ...[...renames, ...clips].map((one) => one.createSetNameAction(name)),
  ]);
  return hasTags(stage, piece.projectItem, asked.tags);
}

module.exports = { refuseRelink, relinkClip, replaceMedia };
