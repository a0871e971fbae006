"use strict";

/**
 * Our free-form tags on media, and `media.tag`: each tag is a text field of the project metadata, seen by people in the
 * Metadata panel (“TakeBridge take”). A field must be in the schema before it can be set; adding it there changes no
 * item and cannot be undone.
 */

const { need } = require("./arguments.js");
const { needExpectation, needTags } = require("./asked.js");
const { gather, orElse } = require("./asking.js");
const { findMedia } = require("./bins.js");
const { OpError, text } = require("./faults.js");
const { expected, inProject } = require("./ground.js");
const { factsOfItem } = require("./media.js");
const { fieldOf, isWritable, nameOf, readFields, withFields } = require("./metadata.js");
const { plainPath } = require("./paths.js");
const { attempt, refusedBy } = require("./transact.js");

/**
 * @typedef {import("./shapes.js").Stage} Stage
 */

const OURS = "takebridge.";
const STAMP_TAG = "takebridge.stamp";

/**
 * Return all tags of a project item by name; none where Premiere says no metadata.
 * @param {Stage} stage
 * @param {any} item
 * @returns {Promise<Map<string, string>>}
 */
async function readTags(stage, item) {
  return tagsIn(await orElse(() => stage.ppro.Metadata.getProjectMetadata(item), ""));
}

/**
 * @param {string} xml
 * @returns {Map<string, string>}
 */
function tagsIn(xml) {
  return new Map([...readFields(xml)].map(([field, value]) => [nameOf(field), value]));
}

/**
 * Say whether media was brought in by us.
 * @param {Map<string, string>} tags
 */
function isOurs(tags) {
  return [...tags.keys()].some((name) => name.startsWith(OURS) && name !== STAMP_TAG);
}

/**
 * Make ready to set tags ("" takes one away): returns what is to change and how. Raises `invalid_param` for a text that
 * metadata cannot hold.
 * @param {Stage} stage
 * @param {any} project
 * @param {any} item
 * @param {Map<string, string>} tags
 */
async function prepareTags(stage, project, item, tags) {
  const bad = [...tags].find(([name, value]) => !isWritable(name) || !isWritable(value));
  if (bad) {
    throw new OpError("invalid_param", `The tag “${text(bad[0], 64)}” holds characters that metadata cannot.`);
  }
  const xml = await orElse(() => stage.ppro.Metadata.getProjectMetadata(item), "");
  const now = tagsIn(xml);
  const changed = new Map([...tags].filter(([name, value]) => (now.get(name) || "") !== value));
  await addToSchema(stage, project, [...changed.keys()]);
  const fields = new Map([...changed].map(([name, value]) => [fieldOf(name), value]));
  /** Inside the lock: the actions, none when all is so already. */
  const actions = () =>
    fields.size
      ? [stage.ppro.Metadata.createSetProjectMetadataAction(item, withFields(xml, fields), [...fields.keys()])]
      : [];
  return { changed, actions };
}

/**
 * Make sure that fields are in the project's schema. Whether Premiere says yes for one that is there already is not
 * known, so its word is not taken: reading the tag back tells.
 * @param {Stage} stage
 * @param {any} project
 * @param {string[]} names
 */
async function addToSchema(stage, project, names) {
  const known = stage.memory.tagFields || (stage.memory.tagFields = new Set());
  const missing = names.filter((name) => !known.has(`${project.guid} ${name}`));
  const { TEXT } = stage.ppro.Constants.MetadataType;
  await gather(
    missing.map((name) => async () => {
      await stage.ppro.Metadata.addPropertyToProjectMetadataSchema(fieldOf(name), labelOf(name), TEXT);
      known.add(`${project.guid} ${name}`);
    }),
  );
}

/**
 * What people read over the field: “TakeBridge take”.
 * @param {string} name
 */
function labelOf(name) {
  return name.startsWith(OURS) ? `TakeBridge ${name.slice(OURS.length)}` : name;
}

/**
 * Say whether an item carries all of these tags ("" for none).
 * @param {Stage} stage
 * @param {any} item
 * @param {Map<string, string>} tags
 */
async function hasTags(stage, item, tags) {
  const now = await readTags(stage, item);
  return [...tags].every(([name, value]) => (now.get(name) || "") === value);
}

/**
 * Set tags as one undo step; `changed` says whether any was otherwise, `kept` whether all read back.
 * @param {Stage} stage
 * @param {any} project
 * @param {any} item
 * @param {Map<string, string>} tags
 */
async function writeTags(stage, project, item, tags) {
  const { changed, actions } = await prepareTags(stage, project, item, tags);
  if (changed.size === 0) {
    return { changed: false, kept: true, error: null };
  }
  const label = labelOfTagging(item);
  const error = attempt(stage, project, label, actions);
  const kept = await hasTags(stage, item, tags);
  return { changed: true, kept, error: kept ? null : error || refusedBy(label, "", true) };
}

/** @param {any} item */
function labelOfTagging(item) {
  return `write our ids on “${item.name}”`;
}

/**
 * `media.tag`: "" takes a tag away.
 * @param {Stage} stage
 * @param {any} args
 * @param {any} expect
 */
async function tagMedia(stage, args, expect) {
  const [id, tags] = [need(args, "media_id", "string"), needTags(args)];
  if (tags.size === 0) {
    throw new OpError("invalid_param", "A tag needs a name and a text.");
  }
  const project = await inProject(stage, needExpectation(expect));
  const { item, clip, path } = await findMedia(stage, project, id);
  if (!(await hasTags(stage, item, tags))) {
    await expected(stage, expect);
  }
  const { changed, error } = await writeTags(stage, project, item, tags);
  if (error) {
    throw error;
  }
  const { media } = await factsOfItem(item, clip, plainPath(path));
  return { outcome: "verified", result: { media, changed } };
}

module.exports = { STAMP_TAG, hasTags, isOurs, prepareTags, readTags, tagMedia, writeTags };
