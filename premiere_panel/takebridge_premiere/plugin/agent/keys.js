"use strict";

/**
 * Clip keys. Track items have no id in UXP: a key is made of what an item is when it is first seen (sequence, track,
 * project item, start, in-point), and the item is then followed through moves, trims and cuts of the razor.
 *
 * Followed is, in this order: what lies where it lay; else the one unmatched item of the same media and the same
 * in/out, on its track before any other (moved); else the one of the same media that still starts or still ends where
 * it did on its track (trimmed, slipped), or shows the same frames at the same times (trimmed at both ends). Where two
 * could be meant, none is: both get new keys.
 */

const { digest } = require("./digest.js");

const STAMPS_PROPERTY = "takebridge.stamps";
const TICKS = /^-?[0-9]{1,20}$/;
const STAMP = /^tb-[0-9a-f]{12}$/;
const MOST_STAMPS = 5000;

/**
 * @typedef {import("./shapes.js").Piece} Piece
 * @typedef {{type: string, index: number, item: string, start: string, end: string, in: string, out: string}}
 *   Fingerprint what an item is and where it lies; ticks as text
 * @typedef {{key: string, print: Fingerprint}} Known
 */

/**
 * Return the fingerprint of a piece, as it is kept beside a stamp.
 * @param {Piece} piece
 * @returns {Fingerprint}
 */
function fingerprintOf(piece) {
  return {
    type: piece.type,
    index: piece.index,
    item: piece.itemId,
    start: String(piece.start),
    end: String(piece.end),
    in: String(piece.in),
    out: String(piece.out),
  };
}

/** @type {Array<(print: Fingerprint) => string>} */
const RULES = [
  (print) => place(print, print.start, print.in),
  (print) => place(print, print.in, print.out),
  (print) => JSON.stringify([print.type, print.item, print.in, print.out]),
  (print) => place(print, "start", print.start),
  (print) => place(print, "end", print.end),
  (print) => place(print, "sync", String(BigInt(print.start) - BigInt(print.in))),
];

/**
 * @param {Fingerprint} print
 * @param {string} one
 * @param {string} other
 * @returns {string}
 */
function place(print, one, other) {
  return JSON.stringify([print.type, print.index, print.item, one, other]);
}

/**
 * Pair former items with present ones; every item is in one pair at most, and only where no other could be meant.
 * @template T
 * @param {Array<{id: T, print: Fingerprint}>} former
 * @param {Fingerprint[]} present
 * @returns {Map<number, T>} by the place in `present`
 */
function follow(former, present) {
  /** @type {Map<number, T>} */
  const found = new Map();
  let left = former;
  for (const rule of RULES) {
    const open = present.map((print, at) => ({ print, at })).filter(({ at }) => !found.has(at));
    const wanted = grouped(open, ({ print }) => rule(print));
    for (const [mark, group] of grouped(left, ({ print }) => rule(print))) {
      const others = wanted.get(mark) || [];
      if (group.length === 1 && others.length === 1) {
        found.set(others[0].at, group[0].id);
      }
    }
    const taken = new Set(found.values());
    left = left.filter(({ id }) => !taken.has(id));
  }
  return found;
}

/**
 * @template T
 * @param {T[]} entries
 * @param {(entry: T) => string} markOf
 * @returns {Map<string, T[]>}
 */
function grouped(entries, markOf) {
  /** @type {Map<string, T[]>} */
  const groups = new Map();
  for (const entry of entries) {
    const group = groups.get(markOf(entry));
    if (group) {
      group.push(entry);
    } else {
      groups.set(markOf(entry), [entry]);
    }
  }
  return groups;
}

/** The keys of every sequence seen since the panel was opened. */
class Keys {
  constructor() {
    /** @type {Map<string, Known[]>} by sequence id */
    this.known = new Map();
    /** @type {Map<string, Map<string, string>>} by sequence id: stamp → key */
    this.stamped = new Map();
  }

  /**
   * Give each piece its key. Every item of the tracks named must be among the pieces: what is not there is gone.
   * @param {string} sequenceId
   * @param {Piece[]} pieces
   * @param {Array<{type: string, index: number}>} tracks
   */
  name(sequenceId, pieces, tracks) {
    const read = new Set(tracks.map(trackMark));
    const known = this.known.get(sequenceId) || [];
    const here = known.filter((entry) => read.has(trackMark(entry.print)));
    const elsewhere = known.filter((entry) => !read.has(trackMark(entry.print)));
    const prints = pieces.map(fingerprintOf);
    const found = follow(
      here.map((entry) => ({ id: entry.key, print: entry.print })),
      prints,
    );
    const used = new Set([...elsewhere.map((entry) => entry.key), ...found.values()]);
    const named = prints.map((print, at) => ({ key: found.get(at) || freshKey(sequenceId, print, used), print }));
    named.forEach((entry, at) => {
      pieces[at].key = entry.key;
    });
    this.known.set(sequenceId, [...elsewhere, ...named]);
  }

  /**
   * Return the tracks that must be read too before pieces can be named: an item of theirs may be one of the pieces,
   * moved.
   * @param {string} sequenceId
   * @param {Piece[]} pieces
   * @param {Array<{type: string, index: number}>} tracks those of the pieces
   * @returns {Array<{type: "video" | "audio", index: number}>}
   */
  wants(sequenceId, pieces, tracks) {
    const read = new Set(tracks.map(trackMark));
    const [known, prints] = [this.known.get(sequenceId) || [], pieces.map(fingerprintOf)];
    const there = new Set(known.map(({ print }) => RULES[0](print)));
    const news = new Set(prints.filter((print) => !there.has(RULES[0](print))).map(RULES[2]));
    const asked = known.filter(({ print }) => !read.has(trackMark(print)) && news.has(RULES[2](print)));
    const marks = new Map(asked.map(({ print }) => [trackMark(print), print]));
    return [...marks.values()].map(({ type, index }) => ({ type: type === "audio" ? "audio" : "video", index }));
  }

  /**
   * Return the key of an item seen before at exactly this place, "" otherwise.
   * @param {string} sequenceId
   * @param {{type: string, index: number, item: string, start: bigint, in: bigint}} seen
   * @returns {string}
   */
  at(sequenceId, seen) {
    const mark = JSON.stringify([seen.type, seen.index, seen.item, String(seen.start), String(seen.in)]);
    const entry = (this.known.get(sequenceId) || []).find(({ print }) => RULES[0](print) === mark);
    return entry ? entry.key : "";
  }

  /**
   * Remember which item a stamp was put on in this run.
   * @param {string} sequenceId
   * @param {string} stamp
   * @param {string} key
   */
  stamp(sequenceId, stamp, key) {
    const stamps = this.stamped.get(sequenceId) || new Map();
    stamps.set(stamp, key);
    this.stamped.set(sequenceId, stamps);
  }

  /**
   * Return the stamps of pieces by their keys: by what was stamped in this run, else by following the fingerprints kept
   * in the sequence. Every item of the sequence must be among the pieces.
   * @param {string} sequenceId
   * @param {Record<string, Fingerprint>} kept as `readStamps` returns them
   * @param {Piece[]} pieces named ones
   * @returns {Map<string, string>} key → stamp
   */
  stampsOf(sequenceId, kept, pieces) {
    const ours = this.stamped.get(sequenceId) || new Map();
    const [there, found] = [new Set(pieces.map(({ key }) => key)), new Map()];
    for (const stamp of Object.keys(kept)) {
      if (there.has(ours.get(stamp))) {
        found.set(ours.get(stamp), stamp);
      }
    }
    const open = pieces.filter(({ key }) => !found.has(key));
    const former = Object.entries(kept)
      .filter(([stamp]) => !ours.has(stamp))
      .map(([stamp, print]) => ({ id: stamp, print }));
    for (const [at, stamp] of follow(former, open.map(fingerprintOf))) {
      found.set(open[at].key, stamp);
      this.stamp(sequenceId, stamp, open[at].key);
    }
    return found;
  }
}

/**
 * @param {{type: string, index: number}} track
 * @returns {string}
 */
function trackMark(track) {
  return `${track.type} ${track.index}`;
}

/**
 * Make a key nobody has. What lies where a moved item lay when it was first seen is another item.
 * @param {string} sequenceId
 * @param {Fingerprint} print
 * @param {Set<string>} used
 * @returns {string}
 */
function freshKey(sequenceId, print, used) {
  const facts = [sequenceId, print.type, print.index, print.item, print.start, print.in];
  for (let again = 0; ; again += 1) {
    const key = `ppro-${digest(again ? [...facts, again] : facts)}`;
    if (!used.has(key)) {
      used.add(key);
      return key;
    }
  }
}

/**
 * Return the stamps kept in a sequence's properties (JSON `takebridge.stamps`), {} where there are none.
 * @param {Ppro} ppro
 * @param {any} sequence
 * @returns {Promise<Record<string, Fingerprint>>}
 */
async function readStamps(ppro, sequence) {
  const properties = await ppro.Properties.getProperties(sequence);
  if (!properties || !properties.hasValue(STAMPS_PROPERTY)) {
    return {};
  }
  try {
    return usableStamps(JSON.parse(String(properties.getValue(STAMPS_PROPERTY))));
  } catch (_error) {
    return {};
  }
}

/**
 * @param {any} said
 * @returns {Record<string, Fingerprint>}
 */
function usableStamps(said) {
  const [names, times] = [
    ["type", "item"],
    ["start", "end", "in", "out"],
  ];
  const good = Object.entries(said && typeof said === "object" ? said : {}).filter(
    ([stamp, print]) =>
      STAMP.test(stamp) &&
      print &&
      Number.isInteger(print.index) &&
      names.every((name) => typeof print[name] === "string") &&
      times.every((name) => TICKS.test(print[name])),
  );
  return Object.fromEntries(good.slice(0, MOST_STAMPS));
}

/** @returns {Keys} */
function createKeys() {
  return new Keys();
}

module.exports = { createKeys, fingerprintOf, follow, readStamps, STAMPS_PROPERTY, STAMP };
