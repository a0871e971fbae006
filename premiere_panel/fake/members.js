"use strict";
// What a version of Premiere has: the member table of the typings (members.json), cut down to that version.

const TABLE = require("./members.json");

/** "26.3.0" → 2603. @param {string} version */
function numberOf(version) {
  const [major, minor] = version.split(".").map(Number);
  return major * 100 + minor;
}

/**
 * Look members up as a version has them.
 * @param {string} version
 */
function membersOf(version) {
  const now = numberOf(version);
  const has = (since) => numberOf(since) <= now;
  const pick = (entries) => Object.fromEntries(Object.entries(entries).filter(([, entry]) => has(entry.since)));
  const atOnce = (entry) => !entry.async && (!entry.atOnceSince || has(entry.atOnceSince));
  const found = new Map();
  const look = (type, name) => {
    const members = TABLE.types[type].members;
    if (!Object.hasOwn(members, name)) return undefined;
    const entry = members[name];
    return has(entry.since) ? { ...entry, promised: entry.kind === "method" && !atOnce(entry) } : "later";
  };
  return {
    exports: pick(TABLE.exports),
    constants: pick(TABLE.constants),
    strictLocks: has("26.3"),
    /** The entry of a member, "later" for one of a newer version, undefined for none. */
    find(type, name) {
      const known = found.get(type) || found.set(type, new Map()).get(type);
      if (!known.has(name)) known.set(name, look(type, name));
      return known.get(name);
    },
    names: (type) => Object.keys(pick(TABLE.types[type].members)),
    creates: (type) => TABLE.types[type].creates,
    isType: (type) => Object.hasOwn(TABLE.types, type),
  };
}

module.exports = { TABLE, membersOf, numberOf };
