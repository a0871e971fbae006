"use strict";
// Values without a place in a project: times, rates, guids, sizes, points, colours.

const { TICKS_PER_SECOND, nearest, snapped } = require("../ticks.js");

/** What Premiere answers for a mark that is not set: 400 000 s before zero (as its older API does). */
const UNSET = -400000n * TICKS_PER_SECOND;

/** @param {any} host */
function valueTypes(host) {
  const time = (ticks) => host.wrap("TickTime", { ticks });
  const ticksOf = (value) => host.dataOf(value).ticks;
  const frameOf = (rate) => BigInt(host.dataOf(rate).ticksPerFrame);
  const down = (ticks, frame) => (ticks / frame) * frame;
  Object.assign(host, { time, ticksOf });
  return {
    TickTimeStatic: {
      createWithTicks(_, text) {
        if (!/^-?\d+$/.test(text)) throw host.fault(`TickTime.createWithTicks takes decimal digits, not ${text}.`);
        return time(BigInt(text));
      },
      createWithSeconds: (_, seconds) => time(BigInt(Math.round(seconds * 1e6)) * (TICKS_PER_SECOND / 1000000n)),
      createWithFrameAndFrameRate: (_, count, rate) => time(BigInt(Math.round(count)) * frameOf(rate)),
      TIME_ZERO: () => time(0n),
      TIME_ONE_SECOND: () => time(TICKS_PER_SECOND),
      TIME_ONE_MINUTE: () => time(60n * TICKS_PER_SECOND),
      TIME_ONE_HOUR: () => time(3600n * TICKS_PER_SECOND),
      TIME_MAX: () => time(2n ** 62n),
      TIME_MIN: () => time(-(2n ** 62n)),
      TIME_INVALID: () => time(UNSET),
    },
    TickTime: {
      new: () => ({ ticks: 0n }),
      ticks: (self) => String(self.ticks),
      ticksNumber: (self) => Number(self.ticks),
      seconds: (self) => Number(self.ticks) / Number(TICKS_PER_SECOND),
      equals: (self, other) => self.ticks === ticksOf(other),
      add: (self, other) => time(self.ticks + ticksOf(other)),
      subtract: (self, other) => time(self.ticks - ticksOf(other)),
      multiply: (self, factor) => time(nearest(self.ticks * BigInt(Math.round(factor * 1e6)), 1000000n)),
      divide: (self, divisor) => time(nearest(self.ticks * 1000000n, BigInt(Math.round(divisor * 1e6)))),
      alignToNearestFrame: (self, rate) => time(snapped(self.ticks, frameOf(rate))),
      alignToFrame: (self, rate) => time(down(self.ticks, frameOf(rate))),
    },
    FrameRateStatic: {
      createWithValue: (_, value) =>
        host.wrap("FrameRate", { ticksPerFrame: Math.round(Number(TICKS_PER_SECOND) / value) }),
    },
    FrameRate: {
      new: () => ({ ticksPerFrame: Number(TICKS_PER_SECOND / 25n) }),
      value: (self) => Number(TICKS_PER_SECOND) / self.ticksPerFrame,
      ticksPerFrame: (self) => self.ticksPerFrame,
      "set ticksPerFrame": (self, value) => {
        self.ticksPerFrame = value;
      },
      equals: (self, other) => self.ticksPerFrame === host.dataOf(other).ticksPerFrame,
    },
    GuidStatic: { fromString: (_, text) => host.guid(text) },
    Guid: { new: () => ({ text: "" }), toString: (self) => self.text },
    ...fieldType("RectF", ["width", "height"], 0),
    ...fieldType("PointF", ["x", "y"], 0),
    ...fieldType("Color", ["red", "green", "blue", "alpha"], 1),
    TimeDisplay: { type: (self) => self.type, "set type": (self, value) => void (self.type = value) },
    ...optionTypes(host),
  };
}

/** A type whose members are numbers that can be set. */
function fieldType(name, fields, preset) {
  const entries = {
    new: (...values) => Object.fromEntries(fields.map((field, at) => [field, values[at] ?? preset])),
  };
  for (const field of fields) {
    entries[field] = (self) => self[field];
    entries[`set ${field}`] = (self, value) => void (self[field] = value);
  }
  return { [name]: entries };
}

const OPTIONS = {
  AAFExportOptions: {
    mixdownVideo: false,
    explodeToMono: false,
    sampleRate: 48000,
    bitsPerSample: 16,
    embedAudio: false,
    audioFileFormat: 1,
    trimSources: false,
    handleFrames: 0,
    videoMixdownPresetPath: "",
    renderAudioEffects: false,
    interleaveWithoutEffects: false,
    preserveParentFolder: false,
  },
  AddTransitionOptions: { applyToStart: true, forceSingleSided: true, transitionAlignment: 0, duration: null },
  OpenProjectOptions: {
    showConvertProjectDialog: true,
    showLocateFileDialog: true,
    showWarningDialog: true,
    addToMRUList: true,
  },
  CloseProjectOptions: {
    promptIfDirty: true,
    showCancelButton: true,
    isAppBeingPreparedToQuit: false,
    saveWorkspace: true,
  },
};

/** Builders such as AAFExportOptions: each setter answers the options again. */
function optionTypes(host) {
  return Object.fromEntries(
    Object.entries(OPTIONS).map(([name, presets]) => {
      const entries = { new: () => ({ ...presets }) };
      for (const field of Object.keys(presets)) {
        entries[field] = (self) => self[field];
        entries[`set${field[0].toUpperCase()}${field.slice(1)}`] = (self, value) =>
          host.wrap(name, Object.assign(self, { [field]: value }));
      }
      return [name, entries];
    }),
  );
}

module.exports = { UNSET, valueTypes };
