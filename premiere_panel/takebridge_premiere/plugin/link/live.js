"use strict";

/**
 * The place in the bridge's stream of events: what was heard last, and what to ask for after a drop.
 * @param {{event(topic: string, data: any): void, resync(): void}} tell `resync`: events may have been missed
 */
function createLive(tell) {
  /** @type {{stream: string, seq: number} | null} */
  let place = null;
  return {
    /** The message that asks for events from where the last connection ended. */
    follow() {
      const since = place ? { since: place.seq, stream: place.stream } : { since: null, stream: "" };
      return { type: "follow", topics: null, canvases: null, ...since };
    },
    /** @param {any} message as `/live` sends it */
    take(message) {
      if (message.type === "hello") {
        const first = place === null;
        if (first || !message.complete) {
          place = { stream: String(message.stream), seq: Number(message.seq) || 0 };
        }
        if (first || !message.complete) {
          tell.resync();
        }
      } else if (message.type === "event" && place) {
        place = { stream: place.stream, seq: Number(message.seq) || place.seq };
        tell.event(String(message.topic), message.data || {});
      }
    },
    /** Another bridge has another stream. */
    forget() {
      place = null;
    },
  };
}

module.exports = { createLive };
