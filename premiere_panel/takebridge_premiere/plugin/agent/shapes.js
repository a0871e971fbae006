"use strict";

/** The shapes the agent's files hand to each other; nothing of it exists at run time. */

/**
 * @typedef {"video" | "audio"} PieceType
 * @typedef {{type: PieceType, index: number}} TrackRef 1-based
 * @typedef {{now(): number, after(milliseconds: number, call: () => void): () => void}} GivenClock `after` returns what
 *   takes the call back
 * @typedef {GivenClock & {setTimeout(call: () => void, milliseconds: number): void}} Clock
 * @typedef {{ppro: Ppro, version: string, clock: Clock, keys: ReturnType<import("./keys.js").createKeys>,
 *   memory: Record<string, any>, can(feature: string): boolean}} Stage
 * @typedef {{name: string, intrinsic: boolean, changed: boolean, values: any[]}} Effect one component of a clip;
 *   `changed` unless it is an intrinsic one at its defaults
 * @typedef {{id: string, name: string, path: string, kind: string, rate: string, frame_count: number | null,
 *   start_timecode: string, width: null, height: null, online: boolean}} MediaItem of the protocol
 * @typedef {{path: string, isSequence: boolean, isMulticam: boolean, isMerged: boolean, isStill: boolean,
 *   rate: import("./ticks.js").Rate | null, media: MediaItem}} MediaFacts
 *
 * @typedef {object} Piece One clip on a track.
 * @property {any} item Premiere's track item
 * @property {PieceType} type
 * @property {number} index of the track, 1-based
 * @property {bigint} start
 * @property {bigint} end
 * @property {bigint} in
 * @property {bigint} out
 * @property {any} projectItem null where the item has none (titles)
 * @property {any} clipItem the project item as a ClipProjectItem, null where it is none
 * @property {string} itemId id of the project item, ""
 * @property {string} path of its media, "" without one
 * @property {string} name
 * @property {boolean} enabled
 * @property {string} key
 * @property {"light" | "plain" | "full"} depth how much was read
 * @property {number | null} speed 1 at 100 %, never negative; null until read plainly
 * @property {boolean | null} reversed null until read plainly
 * @property {string} kind ItemKind of the protocol, "unread" until read plainly
 * @property {MediaFacts | null} facts of the media, null without any and until read plainly
 * @property {Effect[] | null} effects null until read in full
 *
 * @typedef {object} Scene
 * @property {any} project
 * @property {any} sequence
 * @property {string} projectId
 * @property {string} sequenceId
 * @property {import("./ticks.js").Rate} rate
 * @property {bigint} ticksPerFrame
 * @property {bigint} zero the zero point
 * @property {bigint} endTicks sequence time after the last clip
 * @property {boolean} dropFrame
 * @property {any} info TimelineInfo of the protocol; the revision covers the tracks that were asked for
 * @property {Array<{type: PieceType, index: number, track: any, read: boolean}>} tracks all picture and sound tracks
 * @property {Piece[]} pieces by track, video first, then by start; without transitions
 * @property {Piece[]} transitions
 * @property {Map<string, string[]>} links keys reported as linked, by key
 */

module.exports = {};
