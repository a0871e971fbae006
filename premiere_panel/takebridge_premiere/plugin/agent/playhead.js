"use strict";

/**
 * ``selection.peek`` and ``playhead.set``: where the person is, and parking the playhead.
 *
 * A peek is asked every second. While nothing moved it makes at most eight calls: the playhead, the selection's size
 * and the places of two clips it named are looked at, the rest (the zero point too) is remembered. Events, edits of
 * ours and twenty seconds make it look anew.
 */

const { askEach, gather } = require("./asking.js");
const { need } = require("./arguments.js");
const { OpError, refusal, short } = require("./faults.js");
const { labelAt } = require("./rates.js");
const { readGrid, readScene } = require("./scene.js");
const { placesOf, selectedItems } = require("./selection.js");
const { frameOf, needFrame, ticksAt, ticksOf, ticksOrNull, timeAt } = require("./ticks.js");

/**
 * @typedef {import("./shapes.js").Stage} Stage
 * @typedef {import("./selection.js").Found} Found
 * @typedef {{projectId: string, sequenceId: string, grid: any, ticks: bigint, at: number, clip: string,
 *   found: Found | null, selected: string[], first: bigint | null, count: number}} Memory
 */

const OLDEST_MS = 20000;
const NAMED_AT_MOST = 64;
const NOTHING = { project_id: "", timeline_id: "", timecode: "", record_frame: null, clip: "", selected: [] };

/**
 * ``selection.peek``.
 * @param {Stage} stage
 */
async function peekOp(stage) {
  return { result: await peek(stage) };
}

/**
 * Return a PeekResult; ids are empty where nothing is open.
 * @param {Stage} stage
 */
async function peek(stage) {
  const project = await stage.ppro.Project.getActiveProject();
  const sequence = project ? await project.getActiveSequence() : null;
  if (!project || !sequence) {
    return { ...NOTHING, project_id: project ? short(project.guid) : "" };
  }
  try {
    return await lookAround(stage, project, sequence);
  } catch (thrown) {
    stage.memory.peek = null;
    throw refusal(thrown, "say where the playhead is");
  }
}

/**
 * @param {Stage} stage
 * @param {any} project
 * @param {any} sequence
 */
async function lookAround(stage, project, sequence) {
  const sequenceId = short(sequence.guid);
  const [position, items] = await gather([() => sequence.getPlayerPosition(), () => selectedItems(sequence)]);
  const ticks = ticksOf(position);
  const known = stage.memory.peek;
  const same =
    known && known.sequenceId === sequenceId && known.ticks === ticks && (await unmoved(stage, known, items));
  const now = same ? known : await learn(stage, { project, sequence, sequenceId }, ticks, items);
  stage.memory.peek = now;
  const grid = now.grid;
  const frame = frameOf(ticks, grid);
  return {
    project_id: now.projectId,
    timeline_id: sequenceId,
    timecode: frame < 0 ? "" : labelAt(frame, grid.rate, grid.dropFrame),
    record_frame: frame,
    clip: now.clip,
    selected: now.selected,
  };
}

/**
 * Say whether what is remembered still holds, as far as two calls tell.
 * @param {Stage} stage
 * @param {Memory} known
 * @param {any[]} items the selected ones
 * @returns {Promise<boolean>}
 */
async function unmoved(stage, known, items) {
  const { found } = known;
  if (stage.memory.moved || items.length !== known.count || stage.clock.now() - known.at > OLDEST_MS) {
    return false;
  }
  const [start, first] = await gather([
    () => (found ? found.item.getStartTime() : null),
    () => (items.length ? items[0].getStartTime() : null),
  ]).catch(() => [null, null]);
  return (!found || ticksOrNull(start) === found.start) && ticksOrNull(first) === known.first;
}

/**
 * Find out what lies at the playhead and what is selected.
 * @param {Stage} stage
 * @param {{project: any, sequence: any, sequenceId: string}} opened
 * @param {bigint} ticks
 * @param {any[]} items the selected ones
 * @returns {Promise<Memory>}
 */
async function learn(stage, { project, sequence, sequenceId }, ticks, items) {
  const known = stage.memory.moved ? null : stage.memory.peek;
  const fresh = known && known.sequenceId === sequenceId && stage.clock.now() - known.at <= OLDEST_MS;
  stage.memory.moved = false;
  const grid = fresh ? known.grid : await readGrid(stage);
  const found = await itemAt(stage, sequence, ticks);
  const chosen = items.slice(0, NAMED_AT_MOST);
  const places = await placesOf(sequence, chosen);
  const [clip, ...selected] = await keysOf(stage, sequenceId, [found, ...places]);
  return {
    projectId: short(project.guid),
    sequenceId,
    grid: { rate: grid.rate, ticksPerFrame: grid.ticksPerFrame, zero: grid.zero, dropFrame: grid.dropFrame },
    ticks,
    at: stage.clock.now(),
    clip,
    found,
    selected: selected.filter(Boolean),
    first: places.length ? places[0].start : null,
    count: items.length,
  };
}

/**
 * Return the clip that is seen at a time: of the top track that is shown, an enabled one before any other.
 * @param {Stage} stage
 * @param {any} sequence
 * @param {bigint} ticks
 * @returns {Promise<Found | null>}
 */
async function itemAt(stage, sequence, ticks) {
  const count = Number(await sequence.getVideoTrackCount()) || 0;
  let below = null;
  for (let index = count; index >= 1; index -= 1) {
    const track = await sequence.getVideoTrack(index - 1);
    const found = track && !(await track.isMuted()) ? await itemOn(stage, track, index, ticks) : null;
    if (found && !(await found.item.isDisabled())) {
      return found;
    }
    below = below || found;
  }
  return below;
}

/**
 * Return the clip of a track at a time, by halving: items come in order of their starts.
 * @param {Stage} stage
 * @param {any} track
 * @param {number} index
 * @param {bigint} ticks
 * @returns {Promise<Found | null>}
 */
async function itemOn(stage, track, index, ticks) {
  const items = Array.from(track.getTrackItems(stage.ppro.Constants.TrackItemType.CLIP, false) || []);
  let [low, high] = [0, items.length];
  let found = null;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const start = ticksOf(await items[middle].getStartTime());
    if (start <= ticks) {
      found = { type: /** @type {const} */ ("video"), index, start, item: items[middle] };
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return found && ticksOf(await found.item.getEndTime()) > ticks ? found : null;
}

/**
 * Return the keys of the clips at some places, "" where there is none: the tracks in question are read, so that what
 * was moved keeps its key.
 * @param {Stage} stage
 * @param {string} sequenceId
 * @param {Array<Found | null>} places
 * @returns {Promise<string[]>}
 */
async function keysOf(stage, sequenceId, places) {
  const quick = await quickKeys(stage, sequenceId, places);
  if (quick) {
    return quick;
  }
  const there = /** @type {Found[]} */ (places.filter(Boolean));
  const scene = await readScene(stage, { tracks: there, detail: "light", missing: "empty" });
  const keys = new Map(scene.pieces.map(({ type, index, start, key }) => [`${type} ${index} ${start}`, key]));
  return places.map((place) => (place && keys.get(`${place.type} ${place.index} ${place.start}`)) || "");
}

/**
 * Return the keys without reading tracks, null where one is not known exactly as it lies.
 * @param {Stage} stage
 * @param {string} sequenceId
 * @param {Array<Found | null>} places
 * @returns {Promise<string[] | null>}
 */
async function quickKeys(stage, sequenceId, places) {
  const there = /** @type {Found[]} */ (places.filter(Boolean));
  const said = await askEach(there, [({ item }) => item.getProjectItem(), ({ item }) => item.getInPoint()]);
  const keys = new Map(
    there.map((place, at) => {
      const [projectItem, mediaIn] = said[at];
      const item = projectItem ? short(projectItem.getId()) : "";
      return [place, stage.keys.at(sequenceId, { ...place, item, in: ticksOf(mediaIn) })];
    }),
  );
  return [...keys.values()].every(Boolean) ? places.map((place) => (place && keys.get(place)) || "") : null;
}

/**
 * ``playhead.set``: park the playhead of the open sequence on an absolute record frame.
 * @param {Stage} stage
 * @param {any} args
 */
async function setPlayhead(stage, args) {
  const [wanted, frame] = [need(args, "timeline_id", "string"), needFrame(args, "record_frame")];
  const grid = await readGrid(stage);
  if (grid.sequenceId !== wanted) {
    throw new OpError("timeline_switched", "Another sequence is open in Premiere.");
  }
  const [first, end] = [frameOf(0n, grid), frameOf(grid.endTicks, grid)];
  if (frame < first || frame > Math.max(end, first)) {
    throw new OpError("invalid_param", `Frame ${frame} lies outside the sequence.`, "Choose a frame of the sequence.");
  }
  await park(stage, grid, frame);
  return { result: await peek(stage) };
}

/**
 * @param {Stage} stage
 * @param {any} grid with its sequence
 * @param {number} frame
 */
async function park(stage, grid, frame) {
  const { sequence } = grid;
  if (frameOf(ticksOf(await sequence.getPlayerPosition()), grid) === frame) {
    return;
  }
  await sequence.setPlayerPosition(timeAt(stage.ppro, ticksAt(frame, grid)));
  if (frameOf(ticksOf(await sequence.getPlayerPosition()), grid) !== frame) {
    const hint = "Stop playback and close open dialogs in Premiere, then try again.";
    throw new OpError("host_rejected", "Premiere did not move the playhead.", hint);
  }
}

module.exports = { peek, peekOp, setPlayhead };
