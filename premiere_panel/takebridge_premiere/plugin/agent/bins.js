"use strict";

/** The project panel: bins, and the project items in them. */

const { gather, orElse } = require("./asking.js");
const { OpError, short } = require("./faults.js");
const { asClip } = require("./pieces.js");
const { samePath, splitPath } = require("./paths.js");
const { attempt, refusedBy } = require("./transact.js");

/**
 * @typedef {import("./shapes.js").Stage} Stage
 * @typedef {{item: any, clip: any, path: string}} Found a project item, the same as a ClipProjectItem, its media's path
 */

/** Whose bins begin with it, is ours: looked through before all others. */
const OUR_BIN = "TakeBridge";

/**
 * Return a project item as a FolderItem, null where it is none.
 * @param {Stage} stage
 * @param {any} item
 * @returns {any}
 */
function asFolder(stage, item) {
  const { TYPE_BIN, TYPE_ROOT } = stage.ppro.ProjectItem;
  if (item.type !== TYPE_BIN && item.type !== TYPE_ROOT) {
    return null;
  }
  try {
    return stage.ppro.FolderItem.cast(item) || null;
  } catch (_error) {
    return null;
  }
}

/**
 * Return the project's root bin; raises `timeline_switched` when the project was closed.
 * @param {any} project
 */
async function rootOf(project) {
  const root = await project.getRootItem();
  if (!root) {
    throw new OpError("timeline_switched", "The project was closed in Premiere meanwhile.");
  }
  return root;
}

/**
 * Return what lies in a bin: items that are bins, and items that are not.
 * @param {Stage} stage
 * @param {any} folder
 */
async function listBin(stage, folder) {
  const items = Array.from((await folder.getItems()) || []);
  const bins = items.map((item) => ({ item, folder: asFolder(stage, item) })).filter((one) => one.folder);
  const inside = new Set(bins.map(({ item }) => item));
  return { bins, others: items.filter((item) => !inside.has(item)) };
}

/**
 * Look through bins, ours first, level by level, until `pick` finds something in one of them; null when nowhere.
 * @template T
 * @param {Stage} stage
 * @param {any} project
 * @param {(others: any[]) => Promise<T | null> | T | null} pick
 * @returns {Promise<T | null>}
 */
async function search(stage, project, pick) {
  const first = await listBin(stage, await rootOf(project));
  const isOurs = (/** @type {any} */ one) => String(one.item.name).startsWith(OUR_BIN);
  const found = await searchBelow(stage, first.bins.filter(isOurs), pick);
  const here = found === null ? await pick(first.others) : found;
  return here === null ? searchBelow(stage, first.bins.filter((one) => !isOurs(one)), pick) : here;
}

/**
 * @template T
 * @param {Stage} stage
 * @param {Array<{folder: any}>} bins
 * @param {(others: any[]) => Promise<T | null> | T | null} pick
 * @returns {Promise<T | null>}
 */
async function searchBelow(stage, bins, pick) {
  let level = bins;
  while (level.length > 0) {
    const lists = await gather(level.map(({ folder }) => () => listBin(stage, folder)));
    const found = await pick(lists.flatMap(({ others }) => others));
    if (found !== null) {
      return found;
    }
    level = lists.flatMap((list) => list.bins);
  }
  return null;
}

/**
 * Return the project item of a media id, or raise `not_found`.
 * @param {Stage} stage
 * @param {any} project
 * @param {string} id
 * @returns {Promise<Found>}
 */
async function findMedia(stage, project, id) {
  const item = id ? await search(stage, project, (others) => others.find((one) => idOf(one) === id) || null) : null;
  const clip = item ? asClip(stage.ppro, item) : null;
  if (!item || !clip) {
    const hint = "Import it again.";
    throw new OpError("not_found", "The project no longer has this media.", hint, { details: { media_id: short(id) } });
  }
  return { item, clip, path: String((await clip.getMediaFilePath()) || "") };
}

/**
 * Return the first of some project items that plays a file, null when none does. Items that play a part of it only
 * (sub-clips) are no different to Premiere's API and count.
 * @param {Stage} stage
 * @param {any[]} items
 * @param {string} path
 * @returns {Promise<Found | null>}
 */
async function playing(stage, items, path) {
  const clips = items.map((item) => ({ item, clip: asClip(stage.ppro, item) })).filter(({ clip }) => clip);
  const paths = await gather(clips.map(({ clip }) => () => orElse(() => clip.getMediaFilePath(), "")));
  const at = paths.findIndex((one) => samePath(one, path));
  return at < 0 ? null : { ...clips[at], path: String(paths[at]) };
}

/**
 * Return a project item anywhere in the project that plays a file and still has its name: those are asked for their
 * path only, or a large project would be asked for thousands.
 * @param {Stage} stage
 * @param {any} project
 * @param {string} path
 * @returns {Promise<Found | null>}
 */
function playingAnywhere(stage, project, path) {
  const name = splitPath(path).name;
  return search(stage, project, (others) => playing(stage, others.filter((item) => mayBe(item.name, name)), path));
}

/**
 * Say whether an item's name is a file's, whole or without its suffix.
 * @param {string} item
 * @param {string} file
 */
function mayBe(item, file) {
  const [one, other] = [item, file].map((text) => String(text).normalize("NFC").toLowerCase());
  return one === other || (one !== "" && other.startsWith(`${one}.`));
}

/**
 * Return the sub-bin of exactly this name, null when there is none.
 * @param {Stage} stage
 * @param {any} parent FolderItem
 * @param {string} name
 */
async function subBin(stage, parent, name) {
  const { bins } = await listBin(stage, parent);
  return bins.find(({ item }) => item.name === name) || null;
}

/**
 * Return a bin by the names above it, made where it is not there yet; `made` lists the new ones, outermost first.
 *
 * A bin can only be made in one that exists, so each new level is an undo step of its own.
 * @param {Stage} stage
 * @param {any} project
 * @param {string[]} names
 */
async function reachBin(stage, project, names) {
  /** @type {Array<{parent: any, item: any, folder: any}>} */
  const made = [];
  let folder = await rootOf(project);
  try {
    for (const name of names) {
      const parent = folder;
      const there = await subBin(stage, parent, name);
      const next = there || (await makeBin(stage, project, parent, name));
      if (!there) {
        made.push({ parent, ...next });
      }
      folder = next.folder;
    }
  } catch (error) {
    await clearUp(stage, project, made, error);
    throw error;
  }
  return { folder, made };
}

/**
 * @param {Stage} stage
 * @param {any} project
 * @param {any} parent
 * @param {string} name
 */
async function makeBin(stage, project, parent, name) {
  const label = `make the bin “${name}”`;
  const error = attempt(stage, project, label, () => [parent.createBinAction(name, false)]);
  const found = await subBin(stage, parent, name);
  if (!found) {
    throw error || refusedBy(label, "", true);
  }
  return found;
}

/**
 * Take bins away that an op made and that are still empty; one that stays is told with the error.
 * @param {Stage} stage
 * @param {any} project
 * @param {Array<{parent: any, item: any, folder: any}>} made outermost first
 * @param {unknown} error
 */
async function clearUp(stage, project, made, error) {
  if (made.length === 0) {
    return;
  }
  const lists = await gather(made.map(({ folder }) => () => listBin(stage, folder)));
  const counts = lists.map(({ bins, others }) => bins.length + others.length);
  const ours = counts.every((count, at) => count === (at < made.length - 1 ? 1 : 0));
  const { parent, item } = made[0];
  const label = `take away the empty bin “${item.name}”`;
  const left = !ours || attempt(stage, project, label, () => [parent.createRemoveItemAction(item)]);
  if (left && error instanceof OpError) {
    error.outcome = "committed_unverified";
    error.hint = `The bin “${item.name}” was left behind. ${error.hint}`.trim();
  }
}

/**
 * @param {any} item
 * @returns {string}
 */
function idOf(item) {
  return short(item.getId());
}

module.exports = { asFolder, clearUp, findMedia, idOf, listBin, playing, playingAnywhere, reachBin, rootOf, search };
