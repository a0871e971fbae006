import { type ChildProcess, spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import readline from "node:readline";

const ROOT = path.resolve(import.meta.dirname, "..", "..", "..", "..");
/** Milliseconds the bridge gets to say where it is. */
const PATIENCE_MS = 60_000;

function python(): string {
  const windows = path.join(ROOT, ".venv", "Scripts", "python.exe");
  const own = fs.existsSync(windows) ? windows : path.join(ROOT, ".venv", "bin", "python");
  return process.env["TAKEBRIDGE_PYTHON"] ?? own;
}

interface Said {
  id?: number;
  result?: unknown;
  error?: { code: string; message: string; hint: string };
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** The real bridge as a child of the test (tests/support/web_bridge.py lists what can be asked of it). */
export class Bridge {
  url = "";
  token = "";
  home = "";
  port = 0;
  log = "";
  private last = 0;
  private readonly waiting = new Map<number, Waiting>();
  private readonly gone: Promise<unknown>;

  private constructor(private readonly child: ChildProcess) {
    this.gone = new Promise((resolve) => child.once("exit", resolve));
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.log += text;
    });
    void this.gone.then(() => {
      for (const { reject } of this.waiting.values()) reject(new Error(`the bridge is gone\n${this.log}`));
    });
  }

  /** Start one on a temporary data folder, or on `home`. */
  static async start(home?: string): Promise<Bridge> {
    const words = ["-m", "tests.support.web_bridge", ...(home ? [home] : [])];
    const child = spawn(python(), words, { cwd: ROOT, stdio: ["pipe", "pipe", "pipe"] });
    const bridge = new Bridge(child);
    const late = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
    try {
      const ready = new Promise((resolve, reject) => bridge.waiting.set(0, { resolve, reject }));
      if (child.stdout) readline.createInterface({ input: child.stdout }).on("line", (line) => bridge.hear(line));
      Object.assign(bridge, await ready);
      return bridge;
    } finally {
      clearTimeout(late);
    }
  }

  private hear(line: string): void {
    const said = JSON.parse(line) as Said;
    const asked = this.waiting.get(said.id ?? 0);
    this.waiting.delete(said.id ?? 0);
    if (said.error) asked?.reject(Object.assign(new Error(said.error.message), said.error));
    else asked?.resolve(said.id ? said.result : said);
  }

  /** Ask for one thing of web_bridge.py. Rejects with the bridge's own error (`code`, `hint`). */
  ask<T = unknown>(what: string, args: object = {}): Promise<T> {
    const id = ++this.last;
    const answered = new Promise<unknown>((resolve, reject) => this.waiting.set(id, { resolve, reject }));
    this.child.stdin?.write(`${JSON.stringify({ ...args, id, do: what })}\n`);
    return answered as Promise<T>;
  }

  /** A route, asked with the bridge's own token. */
  api<T = unknown>(method: string, where: string, body?: unknown): Promise<T> {
    return this.ask<T>("api", { method, path: where, body });
  }

  /** Come up again on the same data folder and, where it is free, the same port. */
  async restart(how: "stop" | "kill" = "kill"): Promise<void> {
    await this.ask(how);
    Object.assign(this, await this.ask<object>("start"));
  }

  async close(): Promise<void> {
    this.child.stdin?.end();
    await this.gone;
  }
}
