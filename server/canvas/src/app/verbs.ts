import { useLocation } from "wouter";
import type { CanvasSession } from "../canvas/store";
import { attempt } from "../ui/toasts";
import { useVerbs, type Verb } from "./keys";
import { canvasPath, PLACE_WORDS, PLACES, type Place } from "./routes";
import { useMay, useSession, useView } from "./session";
import { open } from "./slots";

export const undo = (session: CanvasSession) => attempt(() => session.undo());
export const redo = (session: CanvasSession) => attempt(() => session.redo());

/** What can be done in every view of a canvas. */
export function useAppVerbs(place: Place): void {
  const session = useSession();
  const [, navigate] = useLocation();
  const mayEdit = useMay("editor");
  const undoable = useView((view) => view.undo > 0);
  const redoable = useView((view) => view.redo > 0);
  const verbs: Verb[] = [
    {
      id: "app.palette",
      title: "Go to or do",
      keys: ["Mod+K"],
      group: "Everywhere",
      run: () => open({ kind: "palette" }),
    },
    { id: "app.keys", title: "Show the keys", keys: ["?"], group: "Everywhere", run: () => open({ kind: "keys" }) },
    {
      id: "app.undo",
      title: "Undo your last edit",
      keys: ["Mod+Z"],
      group: "Everywhere",
      enabled: undoable,
      run: () => void undo(session),
    },
    {
      id: "app.redo",
      title: "Redo",
      keys: ["Mod+Shift+Z", "Mod+Y"],
      group: "Everywhere",
      enabled: redoable,
      run: () => void redo(session),
    },
    {
      id: "app.stale",
      title: "Plan everything that is out of date",
      group: "Everywhere",
      enabled: mayEdit,
      run: () => open({ kind: "plan", scope: { kind: "stale" } }),
    },
    { id: "app.home", title: "Show all canvases", group: "Views", run: () => navigate("/") },
    ...PLACES.map((one, index) => ({
      id: `app.${one}`,
      title: `Show ${PLACE_WORDS[one].toLowerCase()}`,
      keys: [`Alt+Shift+${index + 1}`],
      group: "Views",
      enabled: one !== place,
      run: () => navigate(canvasPath(session.id, one)),
    })),
  ];
  useVerbs(verbs);
}
