import type { CanvasSession } from "../../canvas/store";
import type { ErrorBody, Reference, UploadBegun, UploadDone, UploadSoFar } from "../../wire/api.gen";
import { api, got, send, tell } from "../../wire/http";
import { asProblem, Problem, unreachable } from "../../wire/problem";
import type { Item } from "./queue";

export interface Begun {
  id: string;
  offset: number;
  part_bytes: number;
  /** What was announced; a file that has grown since is another one. */
  bytes: number;
}

/** How bytes get to the bridge. Everything throws the bridge's Problem; `unreachable` when the connection was lost. */
export interface Carrier {
  begin(name: string, bytes: number): Promise<Begun>;
  /** Where an upload stands; null when the bridge does not have it any more, or refused it. */
  where(id: string): Promise<Begun | null>;
  part(id: string, offset: number, part: Blob, progress: (sent: number) => void, stop: AbortSignal): Promise<number>;
  finish(id: string): Promise<void>;
  /** Put it on the canvas; gives the node. */
  place(item: Item & { feeds: string | undefined }, id: string): Promise<string>;
  discard(id: string): Promise<void>;
}

const HEADERS = { "Content-Type": "application/octet-stream", "X-TakeBridge": "1" };
const JSON_BODY = { "Content-Type": "application/json" };
const where = (id: string) => `/api/uploads/${encodeURIComponent(id)}`;

/** The bridge itself, for one canvas. */
export function carrierOf(session: CanvasSession, author: string): Carrier {
  return {
    async begin(name, bytes) {
      const answer = await send("POST", "/api/uploads", JSON.stringify({ name: name.slice(-200), bytes }), JSON_BODY);
      return { ...((await answer.json()) as UploadBegun), bytes };
    },
    async where(id) {
      try {
        const found = (await (await send("GET", where(id))).json()) as UploadSoFar;
        return found.problem ? null : found;
      } catch (thrown) {
        if (asProblem(thrown).status === 404) return null;
        throw thrown;
      }
    },
    part: (id, offset, part, progress, stop) => patch(`${where(id)}?offset=${offset}`, part, progress, stop),
    async finish(id) {
      (await (await send("POST", `${where(id)}/finish`)).json()) as UploadDone;
    },
    async place(item, id) {
      const body = { upload: id, name: item.title.trim() || null, feeds: item.feeds ?? null, author };
      const params = { path: { canvas_id: session.id } };
      const made = (await got(api.POST("/api/canvases/{canvas_id}/references", { params, body }))) as Reference;
      await giveRole(session, made.node, item.role);
      return made.node;
    },
    async discard(id) {
      await tell("DELETE", where(id));
    },
  };
}

/** A reference says what it stands for; a clip has no role. The medium is on the canvas whatever becomes of this. */
async function giveRole(session: CanvasSession, node: string, role: string): Promise<void> {
  const spec = session.kinds["reference"]?.params.find((one) => one.name === "role");
  const { seen } = session.store.getState();
  const clip = seen?.doc.nodes[node]?.kind === "source_clip";
  if (!role || !spec || clip || role === spec.default) return;
  try {
    await session.commit([{ op: "set_param", node, name: "role", value: role }]);
  } catch {
    // It is a clip, or somebody was quicker; the role can be changed on its card.
  }
}

/** A part, with how much of it went out: `fetch` does not say. A page's own policy and headers hold as elsewhere. */
function patch(path: string, part: Blob, progress: (sent: number) => void, stop: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PATCH", path);
    for (const [name, value] of Object.entries(HEADERS)) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => progress(event.loaded);
    request.onload = () => {
      const body = parsed(request.responseText);
      if (request.status >= 200 && request.status < 300) resolve((body as { offset: number }).offset);
      else if (request.status === 408) reject(unreachable());
      else reject(problemOf(body, request.status));
    };
    request.onerror = () => void readable(part).then((is) => reject(is ? unreachable() : changed()));
    request.onabort = () => reject(unreachable());
    stop.addEventListener("abort", () => request.abort(), { once: true });
    request.send(part);
  });
}

/** Browsers say no more of a file that was changed, moved or taken away than of a lost connection. */
async function readable(part: Blob): Promise<boolean> {
  try {
    await part.slice(0, 1).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}

function changed(): Problem {
  return new Problem({
    code: "file_changed",
    message: "The file changed, or is gone, since it was chosen.",
    hint: "Choose it again: it is sent from its beginning.",
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function problemOf(body: unknown, status: number): Problem {
  const said = body as ErrorBody | null;
  if (said?.code) return new Problem(said, status);
  return new Problem({ code: "internal", message: `The bridge answered ${status}.` }, status);
}
