import { type Ahead, liveUrl } from "./ahead";
import type { LiveHello, LivePresence } from "./api.gen";

/** One event of the bridge; topics and their data are in docs/protocol/README.md. */
export interface LiveEvent {
  seq: number;
  topic: string;
  data: unknown;
}

export interface Listener {
  /** Each connection begins with one. With `complete` false, load what you show. */
  hello?(hello: LiveHello): void;
  event?(event: LiveEvent): void;
  /** Whether the bridge is heard right now; false as soon as the connection is lost. */
  connected?(is: boolean): void;
  /** The session has ended: sign in again. Nothing is tried any more. */
  ended?(): void;
}

const PAUSES_MS = [0, 200, 500, 1000, 2000];
/** The bridge closes with this when a session was revoked. */
const REVOKED = 4401;

/** One connection to `WS /live`, kept up until `close`; after a drop it asks for what it missed. */
export class Live {
  private socket: WebSocket | null = null;
  private place: { stream: string; seq: number } | null = null;
  private presence: LivePresence | null = null;
  private failures = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private closed = false;

  constructor(
    private readonly listener: Listener,
    private readonly canvases: readonly string[] = [],
    private readonly mayConnect: () => Promise<boolean> = async () => true,
    ahead: Ahead | null = null,
  ) {
    if (ahead) this.follow(ahead.socket, ahead.heard);
    else this.connect();
  }

  /** Tell the others where this person is; said again after each reconnection. */
  say(presence: LivePresence): void {
    this.presence = presence;
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(presence));
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    this.socket?.close();
  }

  private connect(): void {
    const url = liveUrl(this.canvases);
    if (this.place) {
      url.searchParams.set("stream", this.place.stream);
      url.searchParams.set("since", String(this.place.seq));
    }
    this.follow(new WebSocket(url, ["takebridge.v1"]), []);
  }

  private follow(socket: WebSocket, heard: readonly MessageEvent[]): void {
    this.socket = socket;
    const hear = (message: MessageEvent) => this.hear(JSON.parse(String(message.data)));
    socket.onmessage = hear;
    socket.onclose = (event) => this.lost(event.code);
    // Whoever listens is still being made: it hears nothing before it is.
    if (heard.length > 0) queueMicrotask(() => !this.closed && heard.forEach(hear));
  }

  private hear(message: { type: string } & Record<string, unknown>): void {
    if (message.type === "hello") {
      const hello = message as unknown as LiveHello;
      this.failures = 0;
      this.place = { stream: hello.stream, seq: hello.seq };
      if (this.presence) this.say(this.presence);
      this.listener.hello?.(hello);
      this.listener.connected?.(true);
    } else if (message.type === "event") {
      const event = message as unknown as LiveEvent;
      if (this.place) this.place.seq = event.seq;
      this.listener.event?.(event);
    }
  }

  private lost(code: number): void {
    if (this.closed) return;
    this.listener.connected?.(false);
    if (code === REVOKED) {
      this.closed = true;
      this.listener.ended?.();
      return;
    }
    const pause = PAUSES_MS[Math.min(this.failures++, PAUSES_MS.length - 1)] ?? 2000;
    this.timer = setTimeout(() => void this.again(), pause);
  }

  /** A refused handshake looks like any other loss to a page, so it is asked over HTTP first. */
  private async again(): Promise<void> {
    if (await this.mayConnect()) {
      if (!this.closed) this.connect();
    } else if (!this.closed) {
      this.closed = true;
      this.listener.ended?.();
    }
  }
}
