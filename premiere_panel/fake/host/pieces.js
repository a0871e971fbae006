"use strict";
// Track items: where they lie, what they play, what is on them.

const cutting = require("../cutting.js");
const { effectOf } = require("../film.js");
const { GUIDS } = require("./constants.js");

/** @param {any} host */
function pieceTypes(host) {
  const video = pieceMembers(host, "video");
  return {
    VideoClipTrackItem: {
      ...video,
      createAddVideoTransitionAction: (self, transition) =>
        host.action((project) => addTransition(host, project, self, host.dataOf(transition))),
      createRemoveVideoTransitionAction: (self) =>
        host.action((project) => {
          const { track, piece } = host.placeIn(project, self);
          const kept = track.transitions.filter((one) => one.end <= piece.start || one.start >= piece.end);
          const had = kept.length !== track.transitions.length;
          track.transitions = kept;
          return had;
        }),
    },
    AudioClipTrackItem: pieceMembers(host, "audio"),
    TransitionFactoryStatic: {
      createVideoTransition: (_, matchName) => host.wrap("VideoTransition", { matchName }),
      getVideoTransitionMatchNames: () => ["AE.ADBE Cross Dissolve New"],
    },
    ...chainTypes(host, "Video"),
    ...chainTypes(host, "Audio"),
    VideoFilterFactoryStatic: {
      createComponent: (_, matchName) =>
        host.wrap("VideoFilterComponent", { effect: effectOf({ matchName, name: matchName.replace("AE.ADBE ", "") }) }),
      getMatchNames: () => ["AE.ADBE Lumetri", "AE.ADBE Gaussian Blur 2"],
      getDisplayNames: () => ["Lumetri Color", "Gaussian Blur"],
    },
    ...paramTypes(host),
  };
}

function addTransition(host, project, self, transition) {
  const { track, piece } = host.placeIn(project, self);
  const half = host.in(project, { ...self, id: undefined }).frame * 12n;
  cutting.unlocked(track);
  track.transitions.push({
    id: host.world.next("transition"),
    matchName: transition.matchName,
    start: piece.start - half,
    end: piece.start + half,
  });
}

/** What picture and sound have alike. A transition is handed out as a track item that has only a place. */
function pieceMembers(host, type) {
  const place = (self) => (self.transition ? host.transition(self) : host.piece(self));
  const sequence = (self) => host.sequence(self);
  const edit = (change) => (self, time) => {
    const ticks = host.ticksOf(time);
    return host.action((project) => change(project, host.in(project, { ...self, id: undefined }), self.id, ticks));
  };
  return {
    getName: (self) => place(self).name || "",
    getMatchName: (self) => place(self).matchName || "",
    getStartTime: (self) => host.time(place(self).start),
    getEndTime: (self) => host.time(place(self).end),
    getDuration: (self) => host.time(place(self).end - place(self).start),
    getInPoint: (self) => host.time(host.piece(self).in),
    getOutPoint: (self) => host.time(host.piece(self).out),
    getSpeed: (self) => host.piece(self).speed,
    isSpeedReversed: (self) => Number(host.piece(self).reversed),
    isAdjustmentLayer: (self) => host.piece(self).adjustment,
    isDisabled: (self) => host.piece(self).disabled,
    getIsSelected: (self) => sequence(self).selection.includes(self.id),
    getType: (self) => host.constants.TrackItemType[self.transition ? "TRANSITION" : "CLIP"],
    getMediaType: () => host.guid(type === "video" ? GUIDS.VIDEO : GUIDS.AUDIO),
    getTrackIndex: (self) => cutting.placeOf(sequence(self), self.id).index,
    getProjectItem: (self) => host.itemOf(self.project, host.piece(self).item),
    getComponentChain: (self) => (
      host.piece(self),
      host.wrap(type === "video" ? "VideoComponentChain" : "AudioComponentChain", self)
    ),
    createSetDisabledAction: (self, disabled) =>
      host.action((project) => void (free(host, project, self).disabled = disabled)),
    createSetNameAction: (self, name) => host.action((project) => void (free(host, project, self).name = name)),
    createMoveAction: edit((_project, one, id, ticks) => cutting.move(host.world, one, id, ticks)),
    createSetStartAction: edit(cutting.setStart),
    createSetEndAction: edit(cutting.setEnd),
    createSetInPointAction: edit(cutting.setIn),
    createSetOutPointAction: edit(cutting.setOut),
  };
}

/** A piece on a track that is not locked. */
function free(host, project, self) {
  const { track, piece } = host.placeIn(project, self);
  cutting.unlocked(track);
  return piece;
}

function chainTypes(host, type) {
  const component = (self, at) => {
    const effects = host.piece(self).effects;
    if (!effects[at]) throw new Error("There is no such component.");
    return host.wrap("Component", { ...self, effect: at });
  };
  const put = (self, value, at) =>
    host.action((project) => {
      const { effects } = free(host, project, self);
      const { effect } = host.dataOf(value);
      effects.splice(
        at === undefined ? effects.length : at,
        0,
        typeof effect === "number" ? structuredClone(effects[effect]) : effect,
      );
    });
  return {
    [`${type}ComponentChain`]: {
      getComponentCount: (self) => host.piece(self).effects.length,
      getComponentAtIndex: component,
      createAppendComponentAction: (self, value) => put(self, value),
      createInsertComponentAction: (self, value, at) => put(self, value, at),
      createRemoveComponentAction: (self, value) =>
        host.action((project) => void free(host, project, self).effects.splice(host.dataOf(value).effect, 1)),
    },
  };
}

const valueOf = (host, value) => (Array.isArray(value) ? host.wrap("PointF", { x: value[0], y: value[1] }) : value);

function paramTypes(host) {
  const component = (self) => host.piece(self).effects[self.effect];
  const param = (self) => component(self).params[self.param];
  const keyframe = (value, position) => host.wrap("Keyframe", { value, position });
  return {
    Component: {
      getMatchName: (self) => component(self).matchName,
      getDisplayName: (self) => component(self).name,
      getParamCount: (self) => component(self).params.length,
      getParam(self, at = 0) {
        if (!component(self).params[at]) throw new Error("There is no such parameter.");
        return host.wrap("ComponentParam", { ...self, param: at });
      },
    },
    ComponentParam: {
      displayName: (self) => param(self).name,
      isTimeVarying: (self) => param(self).keyframes.length > 0,
      areKeyframesSupported: () => true,
      getStartValue: (self) => keyframe(param(self).value, 0n),
      getValueAtTime: (self) => valueOf(host, param(self).value),
      getKeyframeListAsTickTimes: (self) => param(self).keyframes.map((one) => host.time(one.at)),
      createKeyframe: (self, value) =>
        keyframe(host.inside(value) ? [host.dataOf(value).x, host.dataOf(value).y] : value, 0n),
      createSetValueAction: (self, key) =>
        host.action((project) => {
          const piece = free(host, project, self);
          piece.effects[self.effect].params[self.param].value = host.dataOf(key).value;
        }),
    },
    Keyframe: {
      value: (self) => ({ value: valueOf(host, self.value) }),
      position: (self) => host.time(self.position),
      "set position": (self, time) => void (self.position = host.ticksOf(time)),
    },
  };
}

module.exports = { pieceTypes };
