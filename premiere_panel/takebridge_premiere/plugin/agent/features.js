"use strict";

/**
 * What this Premiere can do: probed by `typeof` where there is something to probe, else by the version, never assumed
 * from the typings (they describe the latest release).
 */

/**
 * @typedef {"export:otio" | "export:xmeml" | "export:aaf" | "selection:at-once" | "marker:guid" | "track:rename"
 *   | "encoder" | "encoder:start" | "project:close-sequence"} Feature
 */

/** @type {Record<Feature, (ppro: any, version: number[]) => boolean>} */
const PROBES = {
  "export:otio": (ppro) => isFunction(ppro.ProjectConverter, "exportAsOpenTimelineIO"),
  "export:xmeml": (ppro) => isFunction(ppro.ProjectConverter, "exportAsFinalCutProXML"),
  "export:aaf": (ppro) => isFunction(ppro.ProjectConverter, "exportAAF"),
  encoder: (ppro) => isFunction(ppro.EncoderManager, "getManager"),
  // Instances cannot be probed before there is one: these go by the release notes (26.2, 26.3).
  "selection:at-once": (_ppro, version) => atLeast(version, [26, 3]),
  "marker:guid": (_ppro, version) => atLeast(version, [26, 3]),
  "track:rename": (_ppro, version) => atLeast(version, [26, 3]),
  "encoder:start": (_ppro, version) => atLeast(version, [26, 3]),
  "project:close-sequence": (_ppro, version) => atLeast(version, [26, 2]),
};

/**
 * Return `can`, which says whether this host has a feature; one it does not know by name it has not.
 * @param {Ppro} ppro
 * @param {string} version as the host says it, "26.3.0"
 * @returns {(feature: string) => boolean}
 */
function createFeatures(ppro, version) {
  const numbers = versionOf(version);
  /** @type {Map<string, boolean>} */
  const known = new Map();
  return (feature) => {
    const probe = /** @type {Record<string, any>} */ (PROBES)[feature];
    if (!known.has(feature)) {
      known.set(feature, probe !== undefined && probe(ppro, numbers));
    }
    return known.get(feature) === true;
  };
}

/**
 * Return a version as numbers: "26.3.0" and "26.3.0 (Build 93)" are [26, 3, 0].
 * @param {string} version
 * @returns {number[]}
 */
function versionOf(version) {
  return (/^\d+(\.\d+)*/.exec(version.trim()) || ["0"])[0].split(".").map(Number);
}

/**
 * @param {number[]} version
 * @param {number[]} wanted
 * @returns {boolean}
 */
function atLeast(version, wanted) {
  const at = wanted.findIndex((number, place) => number !== (version[place] || 0));
  return at < 0 || (version[at] || 0) > wanted[at];
}

/**
 * @param {any} thing
 * @param {string} name
 * @returns {boolean}
 */
function isFunction(thing, name) {
  return thing !== undefined && thing !== null && typeof thing[name] === "function";
}

module.exports = { createFeatures, versionOf, atLeast, isFunction };
