"use strict";

/** The ground an op that writes stands on: the project, sequence and tracks its Expectation names, looked at before. */

const { OpError, refusal, short, unsure } = require("./faults.js");
const { readScene, requireExpected } = require("./scene.js");

/**
 * @typedef {import("./shapes.js").Stage} Stage
 * @typedef {import("./shapes.js").Scene} Scene
 * @typedef {import("./shapes.js").TrackRef} TrackRef
 */

/**
 * Return the open project when it is the expected one, else raise `timeline_switched`. Without an expectation it is
 * whichever is open.
 * @param {Stage} stage
 * @param {any} expect
 * @returns {Promise<any>}
 */
async function inProject(stage, expect) {
  const project = await stage.ppro.Project.getActiveProject();
  if (!project && !expect) {
    throw new OpError("not_found", "No project is open in Premiere.", "Open a project, then try again.");
  }
  if (!project || (expect && short(project.guid) !== expect.project_id)) {
    throw new OpError("timeline_switched", "Another project is open in Premiere.");
  }
  return project;
}

/**
 * Read the expected sequence: the tracks of the expectation and `more`; raise when another one is open. Whether its
 * revision is the expected one is for `requireExpected` to say, once it is known that there is something to do.
 * @param {Stage} stage
 * @param {any} expect
 * @param {TrackRef[] | null} [more] null for all tracks
 * @param {"light" | "plain" | "full" | string[]} [detail]
 * @returns {Promise<Scene>}
 */
async function readGround(stage, expect, more = [], detail = "light") {
  const tracks = more && [...(expect.tracks || []), ...more];
  const scene = await readScene(stage, { tracks, detail, missing: "empty" }).catch(switched);
  requireExpected(scene, { ...expect, revision: "" });
  return scene;
}

/**
 * Say whether another project or sequence than the expected one is open by now.
 * @param {Stage} stage
 * @param {any} expect may be null: then nothing was expected
 */
async function isElsewhere(stage, expect) {
  if (!expect) {
    return false;
  }
  return readGround(stage, { ...expect, tracks: [] }).then(
    () => false,
    (error) => error instanceof OpError && error.code === "timeline_switched",
  );
}

/**
 * Nothing open is another sequence than the expected one.
 * @param {unknown} error
 * @returns {never}
 */
function switched(error) {
  if (error instanceof OpError && error.code === "not_found") {
    throw new OpError("timeline_switched", error.message);
  }
  throw error;
}

/**
 * Raise unless the sequence is open and as expected; returns the scene that was read for it.
 * @param {Stage} stage
 * @param {any} expect
 * @returns {Promise<Scene>}
 */
async function expected(stage, expect) {
  const scene = await readGround(stage, expect);
  requireExpected(scene, expect);
  return scene;
}

/**
 * Read back after something was sent: where that cannot be done, something may have been left behind.
 * @template T
 * @param {() => Promise<T>} read
 * @returns {Promise<T>}
 */
async function readAfter(read) {
  try {
    return await read();
  } catch (error) {
    throw unsure(refusal(error, "read the sequence back"));
  }
}

/**
 * Return a check to make inside the lock, as far as Premiere answers at once: the sequence is still in the project, and
 * as many items lie on the tracks that were read.
 * @param {Stage} stage
 * @param {Scene} scene
 * @returns {() => void} raises `timeline_switched`, `timeline_changed`
 */
function sameGround(stage, scene) {
  const { CLIP } = stage.ppro.Constants.TrackItemType;
  const counts = scene.tracks.filter(({ read }) => read).map((one) => ({ one, count: countOn(scene, one) }));
  return () => {
    if (!stillThere(scene)) {
      throw new OpError("timeline_switched", "The sequence was deleted in Premiere meanwhile.");
    }
    if (counts.some(({ one, count }) => Array.from(one.track.getTrackItems(CLIP, false) || []).length !== count)) {
      throw new OpError("timeline_changed", "The sequence was edited since it was last read.");
    }
  };
}

/**
 * @param {Scene} scene
 * @param {TrackRef} track
 */
function countOn(scene, track) {
  return scene.pieces.filter(({ type, index }) => type === track.type && index === track.index).length;
}

/** @param {Scene} scene */
function stillThere(scene) {
  try {
    return Boolean(scene.project.getSequence(scene.sequence.guid));
  } catch (_error) {
    return false;
  }
}

module.exports = { expected, inProject, isElsewhere, readAfter, readGround, sameGround };
