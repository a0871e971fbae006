"use strict";

const { requireLoopback, socketUrl } = require("./address.js");
const { createAnswers } = require("./answers.js");
const { Refusal, fromWire, noBridge, notConnected, notSixDigits, revoked, toldToStop } = require("./faults.js");
const { PROTOCOL, createIntroduction } = require("./introducing.js");
const { createLive } = require("./live.js");
const { createReader, frames } = require("./parts.js");
const { pauseOf } = require("./pauses.js");
const { createRequests } = require("./requests.js");
const { CLOSED, START, speaksTo } = require("./standing.js");
const { createStore } = require("./store.js");
const { createWatch } = require("./watching.js");

const GREETING_MS = 5_000;
/** A bridge of another version, or another bridge, is asked again so often: somebody may update or restart it. */
const STRANGE_MS = 15_000;

/**
 * @typedef {import("./standing.js").Standing} Standing
 * @typedef {{capabilities(): string[], status(): Promise<any>, run(op: any): Promise<any>,
 *   watch(listener: () => void): () => void}} Desk
 * @typedef {{WebSocket: new (url: string) => any, storage: any, desk: Desk, clock: import("./clock.js").Clock,
 *   version: string, hostVersion: string, name: string, random?: () => number}} Parts
 */

/**
 * The panel's one line to the bridge. It dials literal 127.0.0.1 alone, sends its token only to the bridge it was
 * paired
 * with, and reconnects by itself. Listeners: `onStanding`, `onEvent(topic, data)`, `onResync()` (load anew what is
 * shown).
 * @param {Parts} parts
 */
function createLink({ WebSocket, storage, desk, clock, version, hostVersion, name, random = Math.random }) {
  const store = createStore(storage);
  /** @type {Standing} */
  let standing = Object.freeze({ ...START, port: store.read().port });
  /** @type {any} */
  let socket = null;
  let generation = 0;
  let tries = 0;
  let session = "";
  let greeted = "";
  let partNumber = 0;
  let stopped = true;
  let cancelWait = () => {};
  /** @type {{code: string, resolve(): void, reject(error: Refusal): void} | null} */
  let pairing = null;
  /** @type {Record<"standing" | "event" | "resync", Set<Function>>} */
  const listeners = { standing: new Set(), event: new Set(), resync: new Set() };
  const reader = createReader(handle);
  const requests = createRequests({ send, clock });
  const live = createLive({
    event: (topic, data) => listeners.event.forEach((call) => call(topic, data)),
    resync: () => listeners.resync.forEach((call) => call()),
  });
  const answers = createAnswers({ desk, send, changed: () => {}, clock });
  const introduction = createIntroduction({ desk, clock, version, hostVersion, send });
  const watch = createWatch({
    clock,
    ping: () => send({ type: "ping", n: clock.now() }),
    busyFor: () => answers.busyFor(),
    frozen: (who) => {
      if (session) {
        stand(who ? { name: "frozen", who } : { name: "connected", who: "" });
      }
    },
    dead: () => dropped(0),
  });

  // --- telling

  /** @param {Partial<Standing>} changes */
  function stand(changes) {
    const next = { ...standing, ...changes };
    const keys = /** @type {(keyof Standing)[]} */ (Object.keys(next));
    if (keys.every((key) => next[key] === standing[key])) {
      return;
    }
    standing = Object.freeze(next);
    listeners.standing.forEach((call) => call(standing));
  }

  /**
   * @param {object} message
   * @returns {boolean} whether there was a connection to send it on
   */
  function send(message) {
    if (!socket || !session || socket.readyState !== 1) {
      return false;
    }
    return put(message);
  }

  /** @param {object} message sent whatever the handshake's state */
  function put(message) {
    partNumber += 1;
    try {
      frames(JSON.stringify(message), `p${partNumber}`).forEach((frame) => socket.send(frame));
      return true;
    } catch (_) {
      return false; // the socket's close event tells the rest
    }
  }

  // --- dialling

  function dial() {
    cancelWait();
    if (stopped || socket) {
      return;
    }
    const { port, token } = store.read();
    if (port === null || (!token && !pairing)) {
      stand({ name: "unpaired", port });
      return;
    }
    generation += 1;
    const own = generation;
    try {
      socket = new WebSocket(requireLoopback(socketUrl(port)));
    } catch (error) {
      socket = null;
      dropped(0);
      return;
    }
    stand({ port, ...(standing.name === "connected" || standing.name === "frozen" ? { name: "connecting" } : {}) });
    if (standing.name !== "refused" && standing.name !== "connecting" && !standing.stranger) {
      stand({ name: pairing ? "connecting" : "searching" });
    }
    cancelWait = clock.after(GREETING_MS, () => own === generation && !greeted && dropped(0));
    socket.onmessage = (/** @type {{data: string}} */ event) => own === generation && received(event.data);
    socket.onclose = (/** @type {{code: number}} */ event) => own === generation && dropped(event.code);
  }

  /** @param {number} code of the close, 0 where there was none */
  function dropped(code) {
    const had = session !== "";
    const open = socket;
    generation += 1;
    socket = null;
    session = "";
    greeted = "";
    cancelWait();
    introduction.stop();
    watch.stop();
    reader.clear();
    requests.drop();
    if (open && open.readyState < 2) {
      open.onclose = null;
      open.onmessage = null;
      open.close();
    }
    if (had) {
      tries = 0;
      stand({ since: clock.now() });
    }
    afterDrop(code, had);
  }

  /**
   * @param {number} code
   * @param {boolean} had whether there was a session
   */
  function afterDrop(code, had) {
    const waited = pairing;
    pairing = null;
    if (waited) {
      waited.reject(noBridge());
    }
    if (code === CLOSED.REVOKED) {
      store.forget();
      live.forget();
      stand({ name: "refused", error: revoked() });
      return;
    }
    if (code === CLOSED.TAKEN_OVER || (code === CLOSED.STOPPED && had)) {
      stand({ name: "refused", error: toldToStop(code === CLOSED.TAKEN_OVER) });
      return;
    }
    if (code === CLOSED.OTHER_VERSION) {
      stand({ name: "other-version" });
    } else if (code === CLOSED.REFUSED && store.read().token) {
      stand({ name: "refused" });
    } else if (standing.name !== "refused" && standing.name !== "other-version" && !standing.stranger) {
      stand({ name: store.read().token ? "searching" : "unpaired" });
    }
    wait(had);
  }

  /** @param {boolean} had */
  function wait(had) {
    if (stopped || !store.read().token) {
      return;
    }
    tries = had ? 1 : tries + 1;
    const strange = standing.stranger || standing.name === "other-version" || standing.name === "refused";
    cancelWait = clock.after(strange ? STRANGE_MS : pauseOf(tries, random()), dial);
  }

  // --- the handshake

  /** @param {string} text */
  function received(text) {
    watch.heard();
    try {
      reader.take(text);
    } catch (_) {
      dropped(0); // nothing this bridge says can be relied on; a new connection begins anew
    }
  }

  /** @param {any} message */
  function handle(message) {
    if (message.type === "bridge") {
      greet(message);
    } else if (message.type === "refused") {
      refuse(fromWire(message.error));
    } else if (message.type === "paired") {
      paired(message);
    } else if (message.type === "authenticated") {
      hello();
    } else if (message.type === "welcome") {
      welcome(message.welcome);
    } else if (session) {
      working(message);
    } else if (message.type === "error") {
      stand({ error: fromWire(message.error) });
      dropped(0);
    }
  }

  /** @param {any} message */
  function greet(message) {
    if (greeted) {
      return;
    }
    greeted = String(message.bridge || "");
    const { bridge, token } = store.read();
    stand({ bridgeVersion: String(message.bridge_version || ""), shipped: String(message.panel || "") });
    if (!speaksTo(message.protocol, PROTOCOL)) {
      stand({ name: "other-version", stranger: false });
      dropped(CLOSED.OTHER_VERSION);
      return;
    }
    if (pairing) {
      put({ type: "pair", code: pairing.code, name });
    } else if (greeted && greeted === bridge) {
      stand({ name: standing.name === "refused" ? "refused" : "connecting", stranger: false });
      put({ type: "auth", token });
    } else {
      stand({ name: "unpaired", stranger: true });
      dropped(0); // the token stays here: it is not this bridge's
    }
  }

  /** @param {Refusal} error */
  function refuse(error) {
    const waited = pairing;
    pairing = null;
    stand({ error });
    if (waited) {
      waited.reject(error);
      dropped(0); // an earlier pairing goes on with its own token
    } else {
      dropped(error.code === "protocol_version" ? CLOSED.OTHER_VERSION : CLOSED.REFUSED);
    }
  }

  /** @param {any} message */
  function paired(message) {
    store.write({ bridge: greeted, token: String(message.token || "") });
    stand({ error: null, stranger: false, name: "connecting" });
    const waited = pairing;
    pairing = null;
    live.forget();
    hello();
    if (waited) {
      waited.resolve();
    }
  }

  async function hello() {
    const own = generation;
    const facts = await introduction.hello();
    if (own === generation) {
      put({ type: "hello", hello: facts });
    }
  }

  /** @param {any} found */
  function welcome(found) {
    cancelWait();
    session = String(found.session);
    tries = 0;
    watch.start();
    requests.begin();
    introduction.start();
    answers.again();
    send(live.follow());
    stand({ name: "connected", who: "", error: null, stranger: false });
  }

  // --- work

  /** @param {any} message */
  function working(message) {
    if (message.type === "op") {
      answers.take(message.op, session);
    } else if (message.type === "ack") {
      answers.acknowledge(String(message.op_id));
    } else if (message.type === "response") {
      requests.settle(message);
    } else if (message.type === "live") {
      live.take(message.message || {});
    }
  }

  /** @param {Set<Function>} set */
  const heardBy = (set) => (/** @type {Function} */ call) => {
    set.add(call);
    return () => set.delete(call);
  };

  return {
    standing: () => standing,
    onStanding: heardBy(listeners.standing),
    onEvent: heardBy(listeners.event),
    onResync: heardBy(listeners.resync),
    isOpen: () => session !== "",
    session: () => session,
    start() {
      stopped = false;
      dial();
    },
    stop() {
      stopped = true;
      dropped(0);
    },
    /** Dial now instead of after the pause. */
    retry() {
      if (!session) {
        tries = 0;
        dropped(0);
        cancelWait();
        dial();
      }
    },
    /** @param {number} port where to look from now on; the pairing stays */
    setPort(port) {
      socketUrl(port);
      store.write({ port });
      stand({ port, stranger: false });
      dropped(0);
      cancelWait();
      dial();
    },
    /**
     * Pair with the bridge on `port` by the six digits of `takebridge pair`. Rejects with the bridge's own words.
     * @param {number} port
     * @param {string} code
     * @returns {Promise<void>}
     */
    pair(port, code) {
      if (!/^[0-9]{6}$/.test(code)) {
        return Promise.reject(notSixDigits());
      }
      dropped(0);
      cancelWait();
      store.write({ port });
      stand({ port, error: null, stranger: false, name: "connecting" });
      return new Promise((resolve, reject) => {
        pairing = { code, resolve, reject };
        stopped = false;
        dial();
      });
    },
    /** Forget the bridge's token. The bridge's list still names this panel until it is taken off there. */
    forget() {
      store.forget();
      live.forget();
      dropped(0);
      cancelWait();
      stand({ name: "unpaired", error: null, stranger: false, since: null });
    },
    /**
     * @param {string} method
     * @param {string} path
     * @param {unknown} [body]
     * @param {{harmless?: boolean, seconds?: number}} [how]
     */
    request(method, path, body, how) {
      return session ? requests.ask(method, path, body, how) : Promise.reject(notConnected());
    },
    unacknowledged: () => answers.waiting(),
  };
}

module.exports = { createLink };
