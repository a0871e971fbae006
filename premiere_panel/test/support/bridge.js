"use strict";

/**
 * The real Python bridge as a child of the test (tests/support/premiere_bridge.py): started, asked, ended with it.
 */

const { spawn } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");
const readline = require("node:readline");

const ROOT = path.resolve(__dirname, "..", "..", "..");
/** Milliseconds the bridge gets to say where it is. */
const PATIENCE_MS = 60000;

/** Where the product's Python is: TAKEBRIDGE_PYTHON, else the environment the Makefile makes. */
function python() {
  const windows = path.join(ROOT, ".venv", "Scripts", "python.exe");
  const named = process.env.TAKEBRIDGE_PYTHON;
  return named || (fs.existsSync(windows) ? windows : path.join(ROOT, ".venv", "bin", "python"));
}

/** A running bridge. `port`, `home`, `token` and `url` are those of its last start. */
class Bridge {
  /** @param {import("node:child_process").ChildProcess} child */
  constructor(child) {
    this.child = child;
    this.port = 0;
    this.home = "";
    this.token = "";
    this.url = "";
    this.log = "";
    this.last = 0;
    /** @type {Map<number, {resolve: Function, reject: Function}>} */
    this.waiting = new Map();
    child.stderr.setEncoding("utf8");
    child.stderr.on("data", (text) => (this.log += text));
    this.gone = new Promise((resolve) => child.once("exit", resolve));
    this.gone.then(() => this.fail(new Error(`the bridge is gone\n${this.log}`)));
    const lines = readline.createInterface({ input: child.stdout });
    this.ready = new Promise((resolve, reject) => {
      this.waiting.set(0, { resolve, reject });
      lines.on("line", (line) => this.hear(JSON.parse(line)));
    });
  }

  /** @param {Error} error */
  fail(error) {
    for (const { reject } of this.waiting.values()) {
      reject(error);
    }
    this.waiting.clear();
  }

  /** @param {any} said */
  hear(said) {
    const id = said.id || 0;
    const asked = this.waiting.get(id);
    this.waiting.delete(id);
    if (!asked) {
      return;
    }
    if (said.error) {
      asked.reject(Object.assign(new Error(said.error.message), said.error));
    } else {
      asked.resolve(id ? said.result : said);
    }
  }

  /**
   * Ask for one thing of tests/support/premiere_bridge.py. Rejects with the bridge's own error (`code`, `hint`).
   * @param {string} what
   * @param {object} [args]
   * @returns {Promise<any>}
   */
  ask(what, args = {}) {
    const id = ++this.last;
    const answered = new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
    this.child.stdin.write(`${JSON.stringify({ id, do: what, ...args })}\n`);
    return answered;
  }

  /** A call of the HTTP API with the bridge's own token. */
  api(method, where, body) {
    return this.ask("api", { method, path: where, body });
  }

  /** A pairing code, as `takebridge pair` makes it. */
  async code() {
    return (await this.ask("code")).code;
  }

  /** A numbered clip beside the bridge's folder: `{frames, rate, width, height, audio}`; gives its path. */
  footage(name, facts = {}) {
    return this.ask("footage", { name, ...facts });
  }

  async stop() {
    await this.ask("stop");
  }

  async kill() {
    await this.ask("kill");
  }

  /** Come up again on the same data folder, after `stop` or `kill`. */
  async start() {
    Object.assign(this, await this.ask("start"));
  }

  /** End it for good. */
  async close() {
    this.child.stdin.end();
    await this.gone;
  }
}

/**
 * Start a bridge on a temporary data folder, or on `home`.
 * @param {{home?: string}} [options]
 * @returns {Promise<Bridge>}
 */
async function startBridge({ home } = {}) {
  const command = ["-m", "tests.support.premiere_bridge", ...(home ? [home] : [])];
  const bridge = new Bridge(spawn(python(), command, { cwd: ROOT, stdio: ["pipe", "pipe", "pipe"] }));
  const late = setTimeout(() => bridge.child.kill("SIGKILL"), PATIENCE_MS);
  try {
    return Object.assign(bridge, await bridge.ready);
  } finally {
    clearTimeout(late);
  }
}

module.exports = { startBridge };
