/**
 * What a canvas page needs first, asked for before the app's own code is here: who this is, then at once the live
 * connection and the kinds, and the canvas after the connection's hello, as docs/live.md wants it. Each is taken once.
 * This file imports nothing: it runs while the rest is still on its way.
 */
export interface Ahead {
  readonly canvas: string;
  readonly socket: WebSocket;
  /** What was heard before anybody listened. */
  readonly heard: readonly MessageEvent[];
  readonly kinds: Promise<Response>;
  /** The canvas after the hello; null while there was no hello. */
  snapshot: Promise<Response> | null;
}

let session: Promise<Response> | null = null;
let opened: Ahead | null = null;

export function liveUrl(canvases: readonly string[]): URL {
  const url = new URL("/live", location.origin);
  url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  for (const canvas of canvases) url.searchParams.append("canvas", canvas);
  return url;
}

/** Ask for what the page at this address begins with. With a key in the address nobody is signed in yet. */
export function askAhead({ pathname, hash }: { pathname: string; hash: string }): void {
  if (hash) return;
  session = fetch("/api/session");
  const [, root, canvas] = pathname.split("/");
  session.then(
    (answer) => {
      if (answer.ok && root === "c" && canvas) opened = begin(decodeURIComponent(canvas));
    },
    () => undefined, // Whoever takes it says so.
  );
}

function begin(canvas: string): Ahead {
  const heard: MessageEvent[] = [];
  const socket = new WebSocket(liveUrl([canvas]), ["takebridge.v1"]);
  const ahead: Ahead = { canvas, socket, heard, kinds: quietly(fetch("/api/kinds")), snapshot: null };
  socket.onmessage = (message) => {
    ahead.snapshot ??= quietly(fetch(`/api/canvases/${encodeURIComponent(canvas)}`));
    heard.push(message);
  };
  return ahead;
}

/** Whoever takes it hears of a failure; nobody else need. */
function quietly<T>(coming: Promise<T>): Promise<T> {
  coming.catch(() => undefined);
  return coming;
}

/** Who is signed in, if that was asked ahead. */
export function takeSession(): Promise<Response> | null {
  const taken = session;
  session = null;
  return taken;
}

/** The connection to a canvas, if it was begun ahead and still stands; any other is closed. */
export function takeAhead(canvas: string): Ahead | null {
  const taken = opened;
  opened = null;
  if (!taken) return null;
  if (taken.canvas === canvas && taken.socket.readyState <= WebSocket.OPEN) return taken;
  taken.socket.close();
  return null;
}
