"use strict";

/** Stand-ins for what the link is given: a clock moved by hand, storage, sockets whose other end is the test. */

function handClock(start = 1_000_000) {
  let now = start;
  let last = 0;
  const waiting = new Map();
  return {
    now: () => now,
    after(milliseconds, call) {
      last += 1;
      const id = last;
      waiting.set(id, { at: now + milliseconds, call });
      return () => waiting.delete(id);
    },
    /** Let time pass; what is due meanwhile is called in order. */
    pass(milliseconds) {
      const end = now + milliseconds;
      for (;;) {
        const due = [...waiting].filter(([, one]) => one.at <= end).sort((a, b) => a[1].at - b[1].at || a[0] - b[0])[0];
        if (!due) {
          break;
        }
        now = Math.max(now, due[1].at);
        waiting.delete(due[0]);
        due[1].call();
      }
      now = end;
    },
    /** Time passes while nothing runs, as behind a modal dialog. */
    freeze(milliseconds) {
      now += milliseconds;
    },
    waiting: () => waiting.size,
  };
}

function storage(first = {}) {
  const kept = new Map(Object.entries(first));
  return {
    kept,
    getItem: (key) => (kept.has(key) ? kept.get(key) : null),
    setItem: (key, value) => void kept.set(key, value),
  };
}

/** Sockets as `new WebSocket(url)` makes them. `made` has each; the test opens, speaks and closes them. */
function sockets() {
  const made = [];
  class Socket {
    constructor(url) {
      this.url = url;
      this.readyState = 0;
      this.sent = [];
      made.push(this);
    }

    send(text) {
      this.sent.push(JSON.parse(text));
    }

    close() {
      this.readyState = 3;
      this.closedHere = true;
    }

    // --- the other end

    open() {
      this.readyState = 1;
    }

    say(message) {
      this.onmessage({ data: typeof message === "string" ? message : JSON.stringify(message) });
    }

    end(code) {
      this.readyState = 3;
      if (this.onclose) {
        this.onclose({ code, reason: "" });
      }
    }

    last(type) {
      return this.sent.filter((one) => one.type === type).pop();
    }
  }
  return { Socket, made, newest: () => made[made.length - 1] };
}

function desk() {
  const told = { listener: null, runs: [], status: { host: "premiere", product: "Adobe Premiere", version: "26.3.0" } };
  const open = [];
  return {
    told,
    capabilities: () => ["agent.ping", "host.status"],
    status: async () => told.status,
    watch(listener) {
      told.listener = listener;
      return () => {
        told.listener = null;
      };
    },
    /** Each run waits until the test lets it end. */
    run(op) {
      told.runs.push(op.id);
      return new Promise((resolve) => open.push({ op, resolve }));
    },
    finish(result = {}) {
      const { op, resolve } = open.shift();
      resolve({ op_id: op.id, outcome: "verified", result });
    },
  };
}

/** Let everything that was promised come true. */
async function settle() {
  for (let turn = 0; turn < 20; turn += 1) {
    await null;
  }
}

module.exports = { desk, handClock, settle, sockets, storage };
