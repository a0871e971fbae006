"use strict";

/** How a sequence shows its timecode. Frames are the truth; a label only names one. */

const { baseOf } = require("./rates.js");

/**
 * What Adobe's older API numbers its displays (TIMEDISPLAY_…Timecode); the typings of UXP have no name for 59.94 fps
 * drop-frame. It is read only where the constants there are have those numbers too.
 */
const OLDER = { FPS_25: 101, FPS_29_97: 102, FPS_29_97_NON_DROP: 103 };
const OLDER_5994_DROP = 106;

/**
 * Say whether labels are drop-frame: by the constants this Premiere has, never by numbers written down here alone.
 * @param {Ppro} ppro
 * @param {any} display TimeDisplay, or null
 * @param {import("./ticks.js").Rate} rate the sequence's
 * @returns {boolean}
 */
function isDropFrame(ppro, display, rate) {
  if (!display || rate.den !== 1001n || baseOf(rate) % 30 !== 0) {
    return false;
  }
  const types = /** @type {any} */ (ppro.Constants).VideoDisplayFormatType || {};
  const drop = types.FPS_29_97 === undefined ? ppro.SequenceSettings.VIDEO_DISPLAY_FORMAT_2997 : types.FPS_29_97;
  const older = Object.entries(OLDER).every(([name, number]) => types[name] === number);
  return display.type === drop || (older && baseOf(rate) === 60 && display.type === OLDER_5994_DROP);
}

module.exports = { isDropFrame };
