"use strict";
// Sequences, their settings and their tracks.

const { addItem, newItem } = require("../film.js");
const { endOf } = require("../cutting.js");
const { GUIDS } = require("./constants.js");
const { UNSET } = require("./values.js");

/** Numbers of timecode displays in Premiere's older API that the typings have no names for. */
const DISPLAYS = { 24: 100, 30: 104, 50: 105, 60: 108 };

/** @param {any} host */
function sequenceTypes(host) {
  return {
    Sequence: {
      guid: (self) => host.guid(host.sequence(self).guid),
      name: (self) => host.sequence(self).name,
      ...reading(host),
      ...selecting(host),
      ...tracks(host),
      ...marks(host),
      ...copying(host),
    },
    SequenceSettings: {
      getVideoFrameRate: (self) => host.wrap("FrameRate", { ticksPerFrame: Number(host.sequence(self).frame) }),
      getVideoDisplayFormat: (self) => host.wrap("TimeDisplay", { type: displayOf(host, host.sequence(self)) }),
      getVideoFrameRect: (self) => size(host, self),
      getVideoPixelAspectRatio: () => "1.0",
      getVideoFieldType: () => 0,
      getAudioSampleRate: () => host.wrap("FrameRate", { ticksPerFrame: 254016000000 / 48000 }),
      getAudioChannelCount: () => 2,
    },
    TrackItemSelectionStatic: {
      createEmptySelection(_, callback) {
        const ended = callback(host.wrap("TrackItemSelection", { ids: [], fresh: true, owner: null }));
        if (ended && typeof ended.then === "function")
          throw host.fault("createEmptySelection was given an async callback.");
        return true;
      },
    },
    TrackItemSelection: {
      addItem(self, item) {
        const piece = host.dataOf(item);
        host.piece(piece);
        if (self.ids.includes(piece.id)) return false;
        self.owner = { project: piece.project, sequence: piece.sequence };
        self.ids.push(piece.id);
        return true;
      },
      removeItem(self, item) {
        const { id } = host.dataOf(item);
        const had = self.ids.includes(id);
        self.ids = self.ids.filter((one) => one !== id);
        return had;
      },
      getTrackItems: (self) => self.ids.map((id) => host.pieceOf(self.owner, id)).filter(Boolean),
    },
    ...trackTypes(host),
  };
}

function displayOf(host, sequence) {
  const types = host.constants.VideoDisplayFormatType;
  const { rate, dropFrame } = sequence;
  if (rate === "24000/1001") return types.FPS_23_976;
  if (rate === "25") return types.FPS_25;
  if (rate === "30000/1001") return dropFrame ? types.FPS_29_97 : types.FPS_29_97_NON_DROP;
  if (rate === "60000/1001") return dropFrame ? 106 : 107;
  return DISPLAYS[rate] ?? types.FRAMES;
}

const size = (host, self) =>
  host.wrap("RectF", { width: host.sequence(self).width, height: host.sequence(self).height });

function reading(host) {
  return {
    getTimebase: (self) => String(host.sequence(self).frame),
    getFrameSize: (self) => size(host, self),
    getZeroPoint: (self) => host.time(host.sequence(self).zero),
    getEndTime: (self) => host.time(endOf(host.sequence(self))),
    getSettings: (self) => host.wrap("SequenceSettings", self),
    getSequenceVideoTimeDisplayFormat: (self) =>
      host.wrap("TimeDisplay", { type: displayOf(host, host.sequence(self)) }),
    getProjectItem: (self) => host.itemOf(self.project, host.sequence(self).item),
    isDoneAnalyzingForVideoEffects: () => true,
    getPlayerPosition: (self) => host.time(host.sequence(self).playhead),
    setPlayerPosition(self, position) {
      const ticks = position ? host.ticksOf(position) : 0n;
      if (ticks < 0n) return false;
      host.sequence(self);
      host.world.always(
        self.project,
        (project) => project.sequences[self.sequence] && (project.sequences[self.sequence].playhead = ticks),
      );
      return true;
    },
  };
}

function selecting(host) {
  const select = (self, ids) => {
    host.sequence(self);
    host.world.always(
      self.project,
      (project) => project.sequences[self.sequence] && (project.sequences[self.sequence].selection = [...ids]),
    );
    host.world.tell("selection", self.sequence, { project: self.project });
    return true;
  };
  return {
    getSelection: (self) =>
      host.wrap("TrackItemSelection", { ids: [...host.sequence(self).selection], fresh: false, owner: self }),
    clearSelection: (self) => select(self, []),
    setSelection(self, selection) {
      const { ids, fresh } = host.dataOf(selection);
      if (fresh) {
        host.world.crashed = "setSelection was given a selection that the sequence did not make: Premiere crashes.";
        throw host.fault(host.world.crashed);
      }
      return select(self, ids);
    },
  };
}

function tracks(host) {
  const track = (type, name) => (self, index) => {
    const found = host.sequence(self)[type][index];
    if (!found) throw new Error("There is no such track.");
    return host.wrap(name, { project: self.project, sequence: self.sequence, type, track: found.id });
  };
  return {
    getVideoTrackCount: (self) => host.sequence(self).video.length,
    getAudioTrackCount: (self) => host.sequence(self).audio.length,
    getCaptionTrackCount: () => 0,
    getVideoTrack: track("video", "VideoTrack"),
    getAudioTrack: track("audio", "AudioTrack"),
    getCaptionTrack: () => {
      throw new Error("There is no such track.");
    },
  };
}

function marks(host) {
  const set = (key) => (self, time) => {
    const ticks = host.ticksOf(time);
    return host.action((project) => void (host.in(project, self)[key] = ticks === UNSET ? null : ticks));
  };
  return {
    getInPoint: (self) => host.time(host.sequence(self).in ?? UNSET),
    getOutPoint: (self) => host.time(host.sequence(self).out ?? UNSET),
    createSetInPointAction: set("in"),
    createSetOutPointAction: set("out"),
    createSetZeroPointAction: set("zero"),
  };
}

function copying(host) {
  const { world } = host;
  /** A copy beside the original, with ids of its own. */
  const copy = (project, sequence) => {
    const whole = project.sequences[sequence];
    const name = `${whole.name} Copy`;
    const item = addItem(project, newItem(world.next("item"), "sequence", name, project.items[whole.item].parent));
    const twin = { ...structuredClone(whole), guid: world.next("guid"), name, item: item.id, selection: [] };
    for (const type of ["video", "audio"]) {
      for (const track of twin[type]) {
        track.id = Number(world.next("track"));
        for (const piece of track.items) piece.id = world.next("piece");
      }
    }
    item.sequence = twin.guid;
    project.sequences[twin.guid] = twin;
    project.order.push(twin.guid);
    return twin;
  };
  host.copySequence = (guid, sequence) => world.change(guid, "Duplicate", (project) => void copy(project, sequence));
  return {
    createCloneAction: (self) => host.action((project) => void copy(project, host.in(project, self).guid)),
    createSubsequence(self) {
      host.sequence(self);
      const twin = structuredClone(copy(structuredClone(host.project(self)), self.sequence));
      const item = { ...newItem(twin.item, "sequence", twin.name, host.project(self).root), sequence: twin.guid };
      world.always(self.project, (project) => {
        addItem(project, structuredClone(item));
        project.sequences[twin.guid] = structuredClone(twin);
        project.order.push(twin.guid);
      });
      return host.sequenceOf(self.project, twin.guid);
    },
  };
}

/** Tracks are known by their id: one that is gone answers nothing. */
function trackTypes(host) {
  const { TrackItemType } = host.constants;
  const common = (type) => ({
    name: (self) => host.track(self).name,
    id: (self) => host.track(self).id,
    getIndex: (self) => host.sequence(self)[type].findIndex((track) => track.id === self.track),
    getMediaType: () => host.guid(type === "video" ? GUIDS.VIDEO : GUIDS.AUDIO),
    isMuted: (self) => host.track(self).muted,
    setMute(self, muted) {
      host.world.always(self.project, (project) => void (host.trackIn(project, self).muted = muted));
      host.world.tell(`${type}-info`, `${self.sequence}/${self.track}`);
      return true;
    },
    getTrackItems(self, kind) {
      const track = host.track(self);
      if (kind === TrackItemType.CLIP) return track.items.map((piece) => host.pieceOf(self, piece.id));
      if (kind === TrackItemType.TRANSITION)
        return track.transitions.map((one) => host.wrap("VideoClipTrackItem", { ...self, transition: one.id }));
      return [];
    },
    createSetNameAction: (self, name) => host.action((project) => void (host.trackIn(project, self).name = name)),
  });
  return { VideoTrack: common("video"), AudioTrack: common("audio") };
}

module.exports = { sequenceTypes };
