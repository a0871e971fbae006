"use strict";

const PROTOCOL = "1.2";
const AGENT = "premiere-panel";
/** Changes in Premiere come in a row: the last of them is told once. */
const STATUS_MS = 300;

/**
 * Says who this panel is, and how Premiere stands, at first and after each change.
 * @param {{desk: import("./socket.js").Desk, clock: import("./clock.js").Clock, version: string, hostVersion: string,
 *   send(message: object): boolean}} parts
 */
function createIntroduction({ desk, clock, version, hostVersion, send }) {
  let cancel = () => {};
  let unwatch = () => {};
  let watching = false;

  /** A Premiere that cannot say how it stands is still there. */
  async function status() {
    try {
      return await desk.status();
    } catch (_) {
      return { host: "premiere", product: "Adobe Premiere", version: hostVersion, edition: "unknown", timeline: null };
    }
  }

  function changed() {
    cancel();
    cancel = clock.after(STATUS_MS, async () => {
      const found = await status();
      if (watching) {
        send({ type: "status", status: found });
      }
    });
  }

  return {
    /** @returns {Promise<object>} the protocol's Hello */
    async hello() {
      const capabilities = desk.capabilities();
      const found = await status();
      return { protocol: PROTOCOL, agent: AGENT, agent_version: version, pid: 0, status: found, capabilities };
    },
    start() {
      watching = true;
      unwatch();
      unwatch = desk.watch(changed);
    },
    stop() {
      watching = false;
      cancel();
      unwatch();
      unwatch = () => {};
    },
  };
}

module.exports = { AGENT, PROTOCOL, createIntroduction };
