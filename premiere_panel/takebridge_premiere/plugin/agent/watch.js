"use strict";

/**
 * What happens in Premiere: projects and sequences opened, closed, changed, clips selected, tracks edited. Listening to
 * a sequence and its tracks is renewed whenever another one comes to the front.
 */

/**
 * @typedef {import("./shapes.js").Stage} Stage
 * @typedef {{target: any, event: any}} Ear
 */

const PAUSE_MS = 300;

/**
 * Begin to listen; returns what ends it. ``listener`` is called 300 ms after the last event, never for two at once.
 * ``noticed`` is called with every event at once.
 * @param {Stage} stage
 * @param {() => void} listener
 * @param {() => void} [noticed]
 * @returns {() => void}
 */
function watch(stage, listener, noticed = () => {}) {
  /** @type {Ear[]} */
  let ears = [];
  let [cancel, ended, stale, turn] = [() => {}, false, false, 0];

  const heard = () => {
    noticed();
    cancel();
    cancel = stage.clock.after(PAUSE_MS, rest);
  };
  const rest = () => {
    if (ended) {
      return;
    }
    listener();
    if (stale) {
      renew();
    }
  };
  // An edit may have made tracks: they are listened to once it is quiet. What came to the front is at once.
  const edited = () => {
    stale = true;
    heard();
  };
  const came = () => {
    heard();
    renew();
  };
  const globals = globalEvents(stage.ppro).map(({ event, edit }) => ({ event, ear: edit ? edited : came }));

  async function renew() {
    turn += 1;
    stale = false;
    const mine = turn;
    const wanted = await targetsOf(stage).catch(() => []);
    if (!ended && mine === turn) {
      const old = ears;
      ears = wanted;
      old.forEach(({ target, event }) =>
        quietly(() => stage.ppro.EventManager.removeEventListener(target, event, heard)),
      );
      ears.forEach(({ target, event }) =>
        quietly(() => stage.ppro.EventManager.addEventListener(target, event, heard)),
      );
    }
  }

  globals.forEach(({ event, ear }) => quietly(() => stage.ppro.EventManager.addGlobalEventListener(event, ear)));
  renew();
  return () => {
    ended = true;
    cancel();
    globals.forEach(({ event, ear }) => quietly(() => stage.ppro.EventManager.removeGlobalEventListener(event, ear)));
    ears.forEach(({ target, event }) =>
      quietly(() => stage.ppro.EventManager.removeEventListener(target, event, heard)),
    );
    ears = [];
  };
}

/**
 * Return the events that concern no one sequence: those this Premiere has. `edit`: something was changed, nothing came.
 * @param {Ppro} ppro
 * @returns {Array<{event: any, edit: boolean}>}
 */
function globalEvents(ppro) {
  const { ProjectEvent = {}, SequenceEvent = {} } = /** @type {any} */ (ppro.Constants);
  const { OPENED, CLOSED, ACTIVATED, DIRTY } = ProjectEvent;
  const coming = [OPENED, CLOSED, ACTIVATED, SequenceEvent.ACTIVATED, SequenceEvent.CLOSED];
  const events = [...coming.map((event) => ({ event, edit: false })), { event: DIRTY, edit: true }];
  return events.filter(({ event }) => event !== undefined);
}

/**
 * Return what to listen to of the open sequence: its selection and every track.
 * @param {Stage} stage
 * @returns {Promise<Ear[]>}
 */
async function targetsOf(stage) {
  const constants = /** @type {any} */ (stage.ppro.Constants);
  const project = await stage.ppro.Project.getActiveProject();
  const sequence = project ? await project.getActiveSequence() : null;
  if (!sequence) {
    return [];
  }
  const [videos, audios] = await Promise.all([sequence.getVideoTrackCount(), sequence.getAudioTrackCount()]);
  const tracks = await Promise.all([
    ...Array.from({ length: videos }, (_none, at) => sequence.getVideoTrack(at)),
    ...Array.from({ length: audios }, (_none, at) => sequence.getAudioTrack(at)),
  ]);
  const selection = (constants.SequenceEvent || {}).SELECTION_CHANGED;
  return [
    { target: sequence, event: selection },
    ...tracks.flatMap((track, at) =>
      trackEars(track, constants[at < videos ? "VideoTrackEvent" : "AudioTrackEvent"] || {}),
    ),
  ].filter(({ target, event }) => target && event !== undefined);
}

/**
 * @param {any} track
 * @param {any} events
 * @returns {Ear[]}
 */
function trackEars(track, events) {
  return [events.TRACK_CHANGED, events.INFO_CHANGED].map((event) => ({ target: track, event }));
}

/**
 * Listening is a convenience: what a host refuses of it is done without.
 * @param {() => void} work
 */
function quietly(work) {
  try {
    work();
  } catch (_error) {
    // The listener is asked again at the next event, and ops look for themselves.
  }
}

module.exports = { watch };
