import type { CanvasSession } from "../canvas/store";
import { attempt, done } from "../ui/toasts";
import { outputOf, portWords, type Room, wiringOps } from "./wires";

/** Wire a reference into an input, as one edit, and say so. */
export async function wireInto(session: CanvasSession, source: string, room: Room): Promise<void> {
  const doc = session.store.getState().seen?.doc;
  const output = doc && outputOf(doc, session.kinds, source);
  if (!doc || !output) return;
  if (await attempt(() => session.commit(wiringOps(output.name, source, room)))) {
    done(`“${doc.nodes[source]?.title ?? ""}” goes into ${portWords(room.port)} of “${room.title}”.`, {
      title: "Undo",
      run: () => void attempt(() => session.undo()),
    });
  }
}
