"use strict";

/** The ops on sequences. What is so already is answered as done, even when the revision has moved on. */

const { need, needName } = require("./arguments.js");
const { needExpectation } = require("./asked.js");
const { gather } = require("./asking.js");
const { OpError, short, text, unsure, wordsOf } = require("./faults.js");
const { expected, inProject, readAfter } = require("./ground.js");
const { readTracks } = require("./opening.js");
const { readLightly } = require("./pieces.js");
const { attempt, refusedBy } = require("./transact.js");

/**
 * @typedef {import("./shapes.js").Stage} Stage
 */

const SAFETY_MARK = "TakeBridge safety";

/**
 * Return every sequence of a project.
 * @param {any} project
 * @returns {Promise<any[]>}
 */
async function sequencesOf(project) {
  return Array.from((await project.getSequences()) || []);
}

/**
 * @param {any} sequence
 * @returns {string}
 */
function idOf(sequence) {
  return short(sequence.guid);
}

/**
 * @param {any} project
 * @param {string} id
 */
async function sequenceWithId(project, id) {
  return (await sequencesOf(project)).find((one) => idOf(one) === id) || null;
}

/**
 * @param {any} project
 * @param {string} id
 */
async function needSequence(project, id) {
  const sequence = await sequenceWithId(project, id);
  if (!sequence) {
    throw new OpError("not_found", "The project no longer has this sequence.");
  }
  return sequence;
}

/**
 * @param {any} project
 * @param {string} id
 */
async function isActive(project, id) {
  const active = await project.getActiveSequence();
  return Boolean(active) && idOf(active) === id;
}

/** @param {string} name */
function used(name) {
  return new OpError("host_rejected", `The project has a sequence “${name}” already.`, "Choose another name.");
}

/**
 * Return what is on a sequence, as text: equal for a sequence and its copy.
 * @param {Stage} stage
 * @param {any} sequence
 */
async function contentOf(stage, sequence) {
  const [video, audio] = await gather([() => sequence.getVideoTrackCount(), () => sequence.getAudioTrackCount()]);
  const tracks = await readTracks(sequence, { video, audio });
  const { pieces } = await readLightly(stage, idOf(sequence), tracks);
  const row = (/** @type {import("./shapes.js").Piece} */ one) => [
    one.type,
    one.index,
    one.itemId,
    one.name,
    one.enabled,
    ...[one.start, one.end, one.in, one.out].map(String),
  ];
  return JSON.stringify(pieces.map(row));
}

/**
 * @param {string} id
 * @param {any} name
 * @param {boolean} changed
 */
function answer(id, name, changed) {
  return { outcome: "verified", result: { timeline_id: id, name: text(name), changed } };
}

/**
 * `timeline.duplicate`: two undo steps, the copy and its name. The original stays active.
 * @param {Stage} stage
 * @param {any} args
 * @param {any} expect
 */
async function duplicateTimeline(stage, args, expect) {
  const [name, wanted] = [needName(args), needExpectation(expect).timeline_id];
  const project = await inProject(stage, expect);
  const original = await needSequence(project, wanted);
  const copy = (await sequencesOf(project)).find((one) => one.name === name);
  if (copy) {
    if (idOf(copy) === wanted || (await contentOf(stage, copy)) !== (await contentOf(stage, original))) {
      throw used(name);
    }
    return answer(idOf(copy), name, false);
  }
  await expected(stage, expect);
  const made = await cloneOf(stage, project, original);
  await giveName(stage, project, made, name, true);
  await readAfter(() => backTo(project, wanted, idOf(made)));
  const alike = await readAfter(async () => (await contentOf(stage, made)) === (await contentOf(stage, original)));
  if (!alike) {
    throw unsure(new OpError("timeline_changed", "The copy of the sequence is not like the sequence."));
  }
  return answer(idOf(made), name, true);
}

/**
 * Copy a sequence and return the copy, found as the one that was not there before.
 * @param {Stage} stage
 * @param {any} project
 * @param {any} original
 */
async function cloneOf(stage, project, original) {
  const before = new Set((await sequencesOf(project)).map(idOf));
  const label = `duplicate “${original.name}”`;
  const error = attempt(stage, project, label, () => [original.createCloneAction()]);
  const news = (await readAfter(() => sequencesOf(project))).filter((one) => !before.has(idOf(one)));
  if (news.length === 0) {
    throw error || refusedBy(label, "", true);
  }
  if (news.length > 1) {
    throw unsure(new OpError("timeline_changed", "Another sequence was made while this one was copied."));
  }
  return news[0];
}

/**
 * Name a sequence by its project item and read it back.
 * @param {Stage} stage
 * @param {any} project
 * @param {any} sequence
 * @param {string} name
 * @param {boolean} begun whether something was done before
 */
async function giveName(stage, project, sequence, name, begun) {
  const id = idOf(sequence);
  const label = `name “${sequence.name}” “${name}”`;
  const item = await sequence.getProjectItem();
  const error = item ? attempt(stage, project, label, () => [item.createSetNameAction(name)]) : null;
  const now = await readAfter(() => sequenceWithId(project, id));
  if (!now || now.name !== name) {
    const told = error || refusedBy(label, "", true);
    throw begun ? unsure(told) : told;
  }
}

/**
 * Open the original again where copying opened the copy; one a person has opened meanwhile is left alone.
 * @param {any} project
 * @param {string} wanted
 * @param {string} copy
 */
async function backTo(project, wanted, copy) {
  if (!(await isActive(project, copy))) {
    return;
  }
  await project.setActiveSequence(await needSequence(project, wanted));
  if (!(await isActive(project, wanted))) {
    throw refusedBy("open the sequence again after copying it", "", true);
  }
}

/**
 * `timeline.select`.
 * @param {Stage} stage
 * @param {any} args
 * @param {any} expect
 */
async function selectTimeline(stage, args, expect) {
  const wanted = need(args, "timeline_id", "string");
  const project = await inProject(stage, needExpectation(expect));
  const sequence = await needSequence(project, wanted);
  if (await isActive(project, wanted)) {
    return answer(wanted, sequence.name, false);
  }
  await expected(stage, expect);
  const open = async () => {
    await project.openSequence(sequence);
    if (!(await isActive(project, wanted))) {
      await project.setActiveSequence(sequence);
    }
  };
  await once(stage, `open “${sequence.name}”`, open, () => isActive(project, wanted));
  return answer(wanted, sequence.name, true);
}

/**
 * `timeline.rename`.
 * @param {Stage} stage
 * @param {any} args
 * @param {any} expect
 */
async function renameTimeline(stage, args, expect) {
  const [wanted, name] = [need(args, "timeline_id", "string"), needName(args)];
  const project = await inProject(stage, needExpectation(expect));
  const sequence = await needSequence(project, wanted);
  if (sequence.name === name) {
    return answer(wanted, name, false);
  }
  if ((await sequencesOf(project)).some((one) => one.name === name)) {
    throw used(name);
  }
  await expected(stage, expect);
  await giveName(stage, project, sequence, name, false);
  return answer(wanted, name, true);
}

/**
 * `timeline.delete`: never the open one, and without `force` only a safety copy of ours. It cannot be undone.
 * @param {Stage} stage
 * @param {any} args
 * @param {any} expect
 */
async function deleteTimeline(stage, args, expect) {
  const wanted = need(args, "timeline_id", "string");
  const project = await inProject(stage, needExpectation(expect));
  const sequence = await sequenceWithId(project, wanted);
  if (!sequence) {
    return answer(wanted, "", false);
  }
  const name = text(sequence.name);
  if (await isActive(project, wanted)) {
    throw new OpError("host_rejected", `The sequence “${name}” is open and is not deleted.`, "Open another one first.");
  }
  if (!name.includes(SAFETY_MARK) && args.force !== true) {
    const message = `The sequence “${name}” is not a safety copy of ours and is not deleted.`;
    throw new OpError("host_rejected", message, "Delete it by hand in Premiere if it is not needed.");
  }
  await expected(stage, expect);
  const gone = async () => (await sequenceWithId(project, wanted)) === null;
  await once(stage, `delete “${name}”`, () => project.deleteSequence(sequence), gone);
  return answer(wanted, name, true);
}

/**
 * Call what cannot be undone, once; what reads back afterwards counts.
 * @param {Stage} stage
 * @param {string} label
 * @param {() => Promise<any>} act
 * @param {() => Promise<boolean>} done
 */
async function once(stage, label, act, done) {
  let words = "";
  stage.memory.sent = true;
  try {
    await act();
  } catch (error) {
    words = wordsOf(error);
  }
  if (!(await readAfter(done))) {
    throw refusedBy(label, words, true);
  }
}

module.exports = { deleteTimeline, duplicateTimeline, renameTimeline, selectTimeline };
