"use strict";

/** The verbs that change the project, by name: ``(stage, args, expect) => {outcome?, result}``. */

const { renameClip, setColor, setEnabled } = require("./clips.js");
const { deleteClips } = require("./deleting.js");
const { OpError, refusal, unsure, wordsOf } = require("./faults.js");
const { isElsewhere } = require("./ground.js");
const { importMedia } = require("./importing.js");
const { addMarker, removeMarker } = require("./markers.js");
const { placeClip } = require("./placing.js");
const { replaceMedia } = require("./relinking.js");
const { saveProject } = require("./saving.js");
const { stampClip } = require("./stamps.js");
const { swapClip } = require("./swapping.js");
const { tagMedia } = require("./tags.js");
const { deleteTimeline, duplicateTimeline, renameTimeline, selectTimeline } = require("./timelines.js");

/**
 * @typedef {(stage: import("./shapes.js").Stage, args: any, expect: any) => Promise<any>} Handler
 */

/** @type {Record<string, Handler>} */
const VERBS = {
  "media.import": importMedia,
  "media.tag": tagMedia,
  "media.replace": replaceMedia,
  "clip.place": placeClip,
  "clip.swap": swapClip,
  "clip.delete": deleteClips,
  "clip.set_enabled": setEnabled,
  "clip.rename": renameClip,
  "clip.stamp": stampClip,
  "clip.set_color": setColor,
  "marker.add": addMarker,
  "marker.remove": removeMarker,
  "timeline.duplicate": duplicateTimeline,
  "timeline.select": selectTimeline,
  "timeline.rename": renameTimeline,
  "timeline.delete": deleteTimeline,
  "project.save": saveProject,
};

/**
 * Return a handler that tells what Premiere throws when something is gone, instead of failing at it. What was sent may
 * be there then. A fault of our own says whether anything was sent.
 * @param {Handler} act
 * @returns {Handler}
 */
function guarded(act) {
  return async (stage, args, expect) => {
    stage.memory.sent = false;
    try {
      return await act(stage, args, expect);
    } catch (thrown) {
      if (thrown instanceof OpError) {
        throw thrown;
      }
      if (thrown instanceof TypeError || thrown instanceof ReferenceError) {
        const outcome = stage.memory.sent ? "committed_unverified" : "not_applied";
        throw new OpError("agent_fault", `The agent failed at this op: ${wordsOf(thrown)}`, null, { outcome });
      }
      const error = (await isElsewhere(stage, expect))
        ? new OpError("timeline_switched", "The sequence or the project was closed in Premiere meanwhile.")
        : refusal(thrown, "do this");
      throw stage.memory.sent ? unsure(error) : error;
    }
  };
}

/** @type {Record<string, Handler>} */
const EDITS = Object.fromEntries(Object.entries(VERBS).map(([verb, act]) => [verb, guarded(act)]));

module.exports = { EDITS };
