"use strict";
// How answers come from the host: each takes its time, and only so many are on their way at once.

/**
 * A queue of calls. `latencyMs` passes before each is done; `lanes` are under way at once (1: strictly one by one).
 * A dialog in the host stops all of them until it is closed.
 * @param {{latencyMs: number, lanes: number}} pace
 */
function createWire({ latencyMs, lanes }) {
  const waiting = [];
  let busy = 0;
  let open = true;
  const stats = { calls: 0, most: 0 };

  function next() {
    while (open && busy < lanes && waiting.length) {
      const job = waiting.shift();
      busy += 1;
      stats.most = Math.max(stats.most, busy);
      if (latencyMs > 0) setTimeout(() => finish(job), latencyMs);
      else queueMicrotask(() => finish(job));
    }
  }

  function finish({ compute, resolve, reject }) {
    busy -= 1;
    try {
      resolve(compute());
    } catch (error) {
      reject(error);
    }
    next();
  }

  return {
    stats,
    /** Ask; `compute` runs when the host gets to it, its answer settles the promise. */
    call(compute) {
      stats.calls += 1;
      return new Promise((resolve, reject) => {
        waiting.push({ compute, resolve, reject });
        next();
      });
    },
    stop() {
      open = false;
    },
    go() {
      open = true;
      next();
    },
  };
}

module.exports = { createWire };
