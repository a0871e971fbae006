"use strict";

/**
 * Links between pictures and sounds. UXP cannot say which clips are linked (26.3): a picture and the sounds of the same
 * project item over the same span are reported as linked. A pair a person unlinked is reported too, and one that was
 * linked and then cut apart is not.
 */

/**
 * @typedef {import("./shapes.js").Piece} Piece
 */

/**
 * Return the keys of the pieces each piece is reported as linked with, sorted; pieces alone are not in it.
 * @param {Piece[]} pieces
 * @returns {Map<string, string[]>}
 */
function linksOf(pieces) {
  /** @type {Map<string, Piece[]>} */
  const groups = new Map();
  for (const piece of pieces.filter(({ itemId }) => itemId)) {
    const mark = `${piece.itemId} ${piece.start} ${piece.end}`;
    groups.set(mark, [...(groups.get(mark) || []), piece]);
  }
  const found = new Map();
  for (const group of groups.values()) {
    if (group.some(({ type }) => type === "video") && group.some(({ type }) => type === "audio")) {
      for (const { key } of group) {
        found.set(
          key,
          group
            .map((other) => other.key)
            .filter((other) => other !== key)
            .sort(),
        );
      }
    }
  }
  return found;
}

module.exports = { linksOf };
