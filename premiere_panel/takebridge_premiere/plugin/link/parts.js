"use strict";

const { Refusal } = require("./faults.js");

/** Frames above this many bytes go in parts (docs/protocol/panel-socket.md). */
const FRAME_BYTES = 512 * 1024;
/** A slice of so many UTF-16 units has at most 360 KB as UTF-8: three bytes each, or two where quotes are quoted. */
const SLICE = 120 * 1024;
const MOST_BYTES = 64 * 1024 * 1024;
const MOST_PARTS = 4096;
const MOST_OPEN = 8;

/**
 * How many bytes a text has as UTF-8. UXP has no TextDecoder, so nothing is made of its sibling either.
 * @param {string} text
 * @returns {number}
 */
function utf8Length(text) {
  let bytes = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    bytes += unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3;
    if (unit >= 0xd800 && unit < 0xdc00 && isLow(text.charCodeAt(at + 1))) {
      bytes += 1;
      at += 1;
    }
  }
  return bytes;
}

/** @param {number} unit */
function isLow(unit) {
  return unit >= 0xdc00 && unit < 0xe000;
}

/**
 * Return the frames that carry a JSON text: itself, or its parts in order. A pair of surrogates stays together, since
 * either half alone is no character. Raises Refusal above 64 MiB.
 * @param {string} text
 * @param {string} id names the parts
 * @returns {string[]}
 */
function frames(text, id) {
  const bytes = utf8Length(text);
  if (bytes > MOST_BYTES) {
    throw new Refusal("too_large", "That is too much to send at once.", "Do it in smaller steps.");
  }
  if (bytes <= FRAME_BYTES) {
    return [text];
  }
  const slices = sliced(text);
  const count = slices.length;
  return slices.map((slice, n) => JSON.stringify({ type: "part", of: id, n, count, text: slice }));
}

/**
 * @param {string} text
 * @returns {string[]}
 */
function sliced(text) {
  const found = [];
  let start = 0;
  while (start < text.length) {
    let end = Math.min(text.length, start + SLICE);
    if (end < text.length && isLow(text.charCodeAt(end))) {
      end -= 1;
    }
    found.push(text.slice(start, end));
    start = end;
  }
  return found;
}

/**
 * Puts parts together again. `take` returns the whole text once its last part is there, else null; it raises Refusal
 * for parts out of order, too many, or too large.
 */
function createJoiner() {
  /** @type {Map<string, {count: number, texts: string[], size: number}>} */
  const open = new Map();
  return {
    /**
     * @param {any} part
     * @returns {string | null}
     */
    take(part) {
      const { of, n, count, text } = part;
      const fits = typeof of === "string" && typeof text === "string" && Number.isInteger(count) && count >= 1;
      /** @type {{count: number, texts: string[], size: number}} */
      const row = open.get(of) || { count, texts: [], size: 0 };
      if (!fits || count > MOST_PARTS || row.count !== count || n !== row.texts.length) {
        open.clear();
        throw garbled();
      }
      row.texts.push(text);
      row.size += text.length;
      open.set(of, row);
      if (row.size > MOST_BYTES || open.size > MOST_OPEN) {
        open.clear();
        throw garbled();
      }
      if (row.texts.length < count) {
        return null;
      }
      open.delete(of);
      return row.texts.join("");
    },
    clear() {
      open.clear();
    },
  };
}

function garbled() {
  return new Refusal("protocol", "The bridge's message came in parts that do not fit.", "Connect again.");
}

/**
 * Reads frames: calls `handle` with each message, in parts or whole. Raises for what is no JSON or does not fit.
 * @param {(message: any) => void} handle
 */
function createReader(handle) {
  const joiner = createJoiner();
  return {
    /** @param {string} text */
    take(text) {
      const message = JSON.parse(text);
      const whole = message.type === "part" ? joiner.take(message) : null;
      if (message.type !== "part") {
        handle(message);
      } else if (whole !== null) {
        handle(JSON.parse(whole));
      }
    },
    clear: () => joiner.clear(),
  };
}

module.exports = { createJoiner, createReader, frames, utf8Length };
