"use strict";

/** What Premiere says of the media behind clips: asked once per project item and read. */

const { askEach, gather, orElse } = require("./asking.js");
const { short, text } = require("./faults.js");
const { suffixOf } = require("./paths.js");
const { labelAt, rateOfTicks, snapRate, spell } = require("./rates.js");
const { sourceEndOf, sourceFrameOf, ticksOrNull } = require("./ticks.js");

/**
 * @typedef {import("./shapes.js").Piece} Piece
 * @typedef {import("./shapes.js").Stage} Stage
 * @typedef {import("./shapes.js").MediaFacts} MediaFacts
 */

const STILLS = new Set(
  [
    ".png .jpg .jpeg .jpe .tif .tiff .bmp .dib .gif .tga .psd .ai .eps .webp .heic .heif .avif .jp2 .pcx",
    ".dpx .cin .exr .dng",
  ].flatMap((line) => line.split(" ")),
);
const GENERATOR_WORDS = /matte|bars|black video|countdown|counting leader|transparent video|solid|generator/i;

/** @type {Array<(clip: any) => any>} */
const QUESTIONS = [
  (clip) => clip.isSequence(),
  (clip) => clip.isMulticamClip(),
  (clip) => clip.isMergedClip(),
  (clip) => clip.isOffline(),
  (clip) => orElse(() => clip.getFootageInterpretation(), null),
  (clip) => orElse(() => clip.getMedia(), null),
];

/**
 * Return the facts of the media behind pieces, by project item id.
 * @param {Stage} _stage
 * @param {Piece[]} pieces
 * @returns {Promise<Map<string, MediaFacts>>}
 */
async function factsOf(_stage, pieces) {
  const used = [...new Map(pieces.filter(({ clipItem }) => clipItem).map((piece) => [piece.itemId, piece])).values()];
  const said = await askEach(
    used.map(({ clipItem }) => clipItem),
    QUESTIONS,
  );
  const inner = await gather(
    used.map(
      ({ clipItem }, at) =>
        () =>
          said[at][0] ? innerRate(clipItem) : null,
    ),
  );
  return new Map(
    used.map(({ itemId, projectItem, path }, at) => [
      itemId,
      mediaFacts(itemId, projectItem, path, said[at], inner[at]),
    ]),
  );
}

/**
 * Return the facts of one project item, as `factsOf` does of those behind pieces.
 * @param {any} projectItem
 * @param {any} clipItem
 * @param {string} path
 * @returns {Promise<MediaFacts>}
 */
async function factsOfItem(projectItem, clipItem, path) {
  const [said] = await askEach([clipItem], QUESTIONS);
  const inner = said[0] ? await innerRate(clipItem) : null;
  return mediaFacts(short(projectItem.getId()), projectItem, path, said, inner);
}

/**
 * Return the rate of the sequence a project item is, null where Premiere does not say it.
 * @param {any} clipItem
 * @returns {Promise<import("./ticks.js").Rate | null>}
 */
async function innerRate(clipItem) {
  const sequence = await orElse(() => clipItem.getSequence(), null);
  const ticks = sequence ? ticksOrNull(await orElse(() => sequence.getTimebase(), null)) : null;
  return ticks !== null && ticks > 0n ? rateOfTicks(ticks) : null;
}

/**
 * @param {string} id
 * @param {any} projectItem
 * @param {string} path
 * @param {any[]} said answers to QUESTIONS
 * @param {import("./ticks.js").Rate | null} inner the rate of a sequence
 * @returns {MediaFacts}
 */
function mediaFacts(id, projectItem, path, [isSequence, isMulticam, isMerged, isOffline, footage, media], inner) {
  const isStill = STILLS.has(suffixOf(path));
  const rate = inner || (footage && !isStill ? snapRate(footage.getFrameRate()) : null);
  const facts = {
    path,
    isSequence: Boolean(isSequence),
    isMulticam: Boolean(isMulticam),
    isMerged: Boolean(isMerged),
    isStill,
    rate,
  };
  return { ...facts, media: mediaItem(id, projectItem, facts, !isOffline, media) };
}

/**
 * @param {string} id
 * @param {any} projectItem
 * @param {{path: string, isStill: boolean, isSequence: boolean, rate: import("./ticks.js").Rate | null}} facts
 * @param {boolean} online
 * @param {any} media Premiere's Media, or null
 * @returns {import("./shapes.js").MediaItem}
 */
function mediaItem(id, projectItem, facts, online, media) {
  const [start, duration] = media ? [ticksOrNull(media.start), ticksOrNull(media.duration)] : [null, null];
  const known = facts.rate !== null;
  return {
    id,
    name: text(projectItem.name),
    path: facts.path,
    kind: facts.isSequence ? "Sequence" : facts.isStill ? "Still" : "",
    rate: spell(facts.rate),
    frame_count: countOf(facts, duration),
    start_timecode:
      known && start !== null && start >= 0n ? labelAt(sourceFrameOf(start, rateOf(facts)), rateOf(facts)) : "",
    width: null,
    height: null,
    online,
  };
}

/**
 * @param {{rate: import("./ticks.js").Rate | null}} facts
 * @returns {import("./ticks.js").Rate}
 */
function rateOf(facts) {
  return facts.rate || { num: 25n, den: 1n };
}

/**
 * Return the frames of media, null where nobody knows. The length of a file whose rate is a rounded double may end a
 * little before or after a frame, so the nearest count is taken.
 * @param {{isStill: boolean, rate: import("./ticks.js").Rate | null}} facts
 * @param {bigint | null} duration
 * @returns {number | null}
 */
function countOf(facts, duration) {
  if (facts.isStill) {
    return 1;
  }
  if (facts.rate === null || duration === null || duration <= 0n) {
    return null;
  }
  return Math.round((sourceFrameOf(duration * 2n, facts.rate) + sourceEndOf(duration * 2n, facts.rate)) / 4);
}

/**
 * Return the ItemKind of a piece whose facts were read; titles and generators have no media file and are told by name.
 * @param {Piece} piece
 * @returns {string}
 */
function kindOf(piece) {
  const facts = piece.facts;
  if (facts && facts.isMulticam) {
    return "multicam";
  }
  if (facts && (facts.isSequence || facts.isMerged)) {
    return facts.isSequence ? "nested" : "compound";
  }
  if (piece.path) {
    return facts && facts.isStill ? "still" : "clip";
  }
  return GENERATOR_WORDS.test(piece.projectItem ? piece.projectItem.name : piece.name) ? "generator" : "title";
}

module.exports = { factsOf, factsOfItem, kindOf };
