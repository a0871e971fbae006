"use strict";
// Events: what the world tells, under the names Premiere gives it, to those who listen at that thing.

/** @param {any} host */
function eventTypes(host) {
  const { world, constants } = host;
  const { ProjectEvent, SequenceEvent, VideoTrackEvent, AudioTrackEvent, EncoderEvent, OperationCompleteEvent } =
    constants;
  const names = {
    dirty: ProjectEvent.DIRTY,
    "project-activated": ProjectEvent.ACTIVATED,
    "project-opened": ProjectEvent.OPENED,
    "project-closed": ProjectEvent.CLOSED,
    "sequence-activated": SequenceEvent.ACTIVATED,
    "sequence-closed": SequenceEvent.CLOSED,
    "items-selected": ProjectEvent.PROJECT_ITEM_SELECTION_CHANGED,
    selection: SequenceEvent.SELECTION_CHANGED,
    "video-changed": VideoTrackEvent.TRACK_CHANGED,
    "video-info": VideoTrackEvent.INFO_CHANGED,
    "video-locked": VideoTrackEvent.LOCK_CHANGED,
    "audio-changed": AudioTrackEvent.TRACK_CHANGED,
    "audio-info": AudioTrackEvent.INFO_CHANGED,
    "audio-locked": AudioTrackEvent.LOCK_CHANGED,
    "encoder-queue": EncoderEvent.RENDER_QUEUE,
    "encoder-progress": EncoderEvent.RENDER_PROGRESS,
    "encoder-complete": EncoderEvent.RENDER_COMPLETE,
    "encoder-error": EncoderEvent.RENDER_ERROR,
    imported: OperationCompleteEvent.IMPORT_MEDIA_COMPLETE,
  };
  const known = new Set(
    Object.values(constants)
      .flatMap((members) => Object.values(members))
      .filter((value) => typeof value === "string"),
  );
  const listeners = [];

  /** What an event is told of: a project also hears of its sequences. */
  const placeOf = (data) =>
    data.manager ? "encoder" : data.track ? `${data.sequence}/${data.track}` : data.sequence || data.project;

  world.listen(({ name, target, project, event }) => {
    const told = { id: target, ...event, ...(project ? { project } : {}) };
    for (const one of [...listeners]) {
      const here = one.place === null || one.place === target || one.place === project;
      if (here && one.event === names[name]) queueMicrotask(() => listeners.includes(one) && one.handler(told));
    }
  });

  function add(place, event, handler) {
    if (!known.has(event)) throw host.fault(`There is no event called ${event}.`);
    listeners.push({ place, event, handler });
  }

  function drop(place, event, handler) {
    const at = listeners.findIndex((one) => one.place === place && one.event === event && one.handler === handler);
    if (at >= 0) listeners.splice(at, 1);
  }

  host.listening = () => listeners.length;
  return {
    EventManagerStatic: {
      addEventListener: (_, target, event, handler) => add(placeOf(host.dataOf(target)), event, handler),
      removeEventListener: (_, target, event, handler) => drop(placeOf(host.dataOf(target)), event, handler),
      addGlobalEventListener: (_, event, handler) => add(null, event, handler),
      removeGlobalEventListener: (_, event, handler) => drop(null, event, handler),
    },
  };
}

/** Tell which tracks an edit changed. @param {any} world @param {any} before @param {any} after */
function tellTracks(world, before, after) {
  for (const [guid, sequence] of Object.entries(after.sequences)) {
    for (const type of ["video", "audio"]) {
      for (const track of sequence[type]) {
        const old = ((before.sequences[guid] || {})[type] || []).find((one) => one.id === track.id);
        if (!old || !alike(old.items, track.items))
          world.tell(`${type}-changed`, `${guid}/${track.id}`, { project: after.guid });
      }
    }
  }
}

/** Whether two tracks hold the same pieces. */
function alike(a, b) {
  const keys = ["id", "item", "name", "start", "end", "in", "out", "disabled"];
  return a.length === b.length && a.every((piece, at) => keys.every((key) => piece[key] === b[at][key]));
}

module.exports = { eventTypes, tellTracks };
