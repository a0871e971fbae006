"use strict";

/**
 * `media.import`: one file into one of our bins.
 *
 * Premiere's importFiles answers only yes or no, may pass over a file without a word, and cannot be undone: it is
 * called once, and what counts is the item that is in the bin afterwards.
 */

const { needBin, needExpectation, needTags } = require("./asked.js");
const { clearUp, idOf, listBin, playing, playingAnywhere, reachBin } = require("./bins.js");
const { OpError, text, wordsOf } = require("./faults.js");
const { expected, inProject } = require("./ground.js");
const { factsOfItem } = require("./media.js");
const { needPath, pathKey, plainPath, splitPath } = require("./paths.js");
const { hasTags, writeTags } = require("./tags.js");
const { attempt } = require("./transact.js");

/**
 * @typedef {import("./shapes.js").Stage} Stage
 * @typedef {import("./bins.js").Found} Found
 * @typedef {Found & {reused: boolean, kept: boolean, facts: import("./shapes.js").MediaFacts}} Brought
 */

/** How long an import that was said to be done may take to show, in waits of milliseconds. */
const WAITS = [20, 50, 100, 200, 400, 800];

/**
 * `media.import`.
 * @param {Stage} stage
 * @param {any} args
 * @param {any} expect may be null
 */
async function importMedia(stage, args, expect) {
  const [path, names, tags] = [needPath(args), needBin(args), needTags(args)];
  if (expect) {
    needExpectation(expect);
  }
  const project = await inProject(stage, expect);
  const check = async () => expect && expected(stage, expect);
  const { facts, reused, kept } = await bring(stage, project, { path, names, tags }, check);
  return { outcome: kept ? "verified" : "committed_unverified", result: { media: facts.media, reused } };
}

/**
 * Make sure that a file is in the project, tagged; one that is there already stays where it is. `check` runs before the
 * first write. `kept` says whether the tags read back.
 * @param {Stage} stage
 * @param {any} project
 * @param {{path: string, names: string[], tags: Map<string, string>}} asked
 * @param {() => Promise<any>} check
 * @returns {Promise<Brought>}
 */
async function bring(stage, project, { path, names, tags }, check) {
  const there = await findImported(stage, project, path, names);
  if (!there || !(await hasTags(stage, there.item, tags))) {
    await check();
  }
  const found = there || (await fetch(stage, project, path, names));
  const { kept } = await writeTags(stage, project, found.item, tags);
  const facts = await factsOfItem(found.item, found.clip, plainPath(found.path));
  return { ...found, reused: there !== null, kept, facts };
}

/**
 * Return the item that plays a file: in its bin, else anywhere under its own name. The same file is imported only once.
 * @param {Stage} stage
 * @param {any} project
 * @param {string} path
 * @param {string[]} names
 */
async function findImported(stage, project, path, names) {
  let folder = await project.getRootItem();
  for (const name of names) {
    const inside = folder ? await listBin(stage, folder) : { bins: [] };
    const next = inside.bins.find(({ item }) => item.name === name);
    folder = next ? next.folder : null;
  }
  const here = folder ? await playing(stage, (await listBin(stage, folder)).others, path) : null;
  return here || playingAnywhere(stage, project, path);
}

/**
 * Import a file into its bin and find it there; bins made for it go again when it does not come.
 * @param {Stage} stage
 * @param {any} project
 * @param {string} path
 * @param {string[]} names
 * @returns {Promise<Found>}
 */
async function fetch(stage, project, path, names) {
  const { folder, made } = await reachBin(stage, project, names);
  const before = new Set((await listBin(stage, folder)).others.map(idOf));
  const said = await importOnce(stage, project, path, folder);
  const found = await seek(stage, project, { path, folder, before }, said.done ? WAITS : []);
  if (found) {
    return found;
  }
  const error = notImported(path, said.words);
  await clearUp(stage, project, made, error);
  throw error;
}

/**
 * @param {Stage} stage
 * @param {any} project
 * @param {string} path
 * @param {any} folder
 */
async function importOnce(stage, project, path, folder) {
  stage.memory.sent = true;
  try {
    const said = await project.importFiles([path], true, stage.ppro.ProjectItem.cast(folder), false);
    return { done: said !== false, words: "" };
  } catch (error) {
    return { done: false, words: wordsOf(error) };
  }
}

/**
 * Find what an import brought, with patience; moved to its bin when it came into another. Null when nothing came.
 * @param {Stage} stage
 * @param {any} project
 * @param {{path: string, folder: any, before: Set<string>}} asked
 * @param {number[]} waits
 * @returns {Promise<Found | null>}
 */
async function seek(stage, project, asked, waits) {
  const { others } = await listBin(stage, asked.folder);
  const news = others.filter((item) => !asked.before.has(idOf(item)));
  const here = (await playing(stage, news, asked.path)) || (await likely(stage, news, asked.path));
  if (here) {
    return here;
  }
  const elsewhere = await playingAnywhere(stage, project, asked.path);
  if (elsewhere) {
    const from = elsewhere.item.getParentBin();
    attempt(stage, project, `move “${elsewhere.item.name}” to its bin`, () => [
      from.createMoveItemAction(elsewhere.item, asked.folder),
    ]);
    return elsewhere;
  }
  if (waits.length === 0) {
    return null;
  }
  await new Promise((resume) => stage.clock.setTimeout(() => resume(null), waits[0]));
  return seek(stage, project, asked, waits.slice(1));
}

/**
 * Of new items, the one whose path differs only in the case of letters: disks of macOS and Windows may spell it so.
 * @param {Stage} stage
 * @param {any[]} news
 * @param {string} path
 * @returns {Promise<Found | null>}
 */
async function likely(stage, news, path) {
  for (const item of news) {
    const clip = stage.ppro.ClipProjectItem.cast(item);
    const said = clip ? String((await clip.getMediaFilePath()) || "") : "";
    if (said && pathKey(said).toLowerCase() === pathKey(path).toLowerCase()) {
      return { item, clip, path: said };
    }
  }
  return null;
}

/**
 * The error for a file that did not come; Premiere does not say why.
 * @param {string} path
 * @param {string} words
 */
function notImported(path, words) {
  const { name } = splitPath(path);
  const message = `Premiere did not import “${name}”${words ? `: ${words}` : " and does not say why"}.`;
  const hint = "Check that this machine can see the file and that Premiere reads this kind of file; import it by hand.";
  return new OpError("host_rejected", message, hint, { details: { path: text(path) } });
}

module.exports = { bring, importMedia };
