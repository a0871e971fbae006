import { useEffect, useMemo } from "react";
import { chordOf } from "../app/keys";
import { useMay, useMe, useSelection, useSession } from "../app/session";
import type { CanvasSession } from "../canvas/store";
import { attempt, done, failed } from "../ui/toasts";
import { Problem } from "../wire/problem";
import { remove } from "./actions";
import { clipOf, freshId, NotPasted, pasting, readClip, withMembers } from "./clipboard";
import { around, boxOf, freePlace, type Point } from "./geometry";
import { stage } from "./stage";

const SHIFT = 40;
/** So long the browser has to begin its own copy or paste. */
const NATIVE_MS = 60;

const problem = (title: string, hint: string) => new Problem({ code: "not_pasted", message: title, hint });

/** Copy, cut, paste and duplicate, through the system clipboard: within a canvas, across canvases and tabs. */
export function useClipboard(mine: () => boolean) {
  const session = useSession();
  const mayEdit = useMay("editor");
  const { bridge } = useMe();
  const verbs = useMemo(() => clipboardVerbs(session, bridge), [session, bridge]);

  useEffect(() => {
    // The browser's own copy and paste carry the data without asking for a permission, so its keys must reach it.
    // Where it does nothing without selected text, the page asks for the clipboard itself.
    let waiting: ReturnType<typeof setTimeout> | undefined;
    const letThrough = (event: KeyboardEvent) => {
      const typing = event.target instanceof Element && event.target.closest("input, textarea, [contenteditable=true]");
      const chord = chordOf(event);
      const otherwise = { "Mod+C": verbs.copy, "Mod+X": mayEdit && verbs.cut, "Mod+V": mayEdit && verbs.paste }[chord];
      if (otherwise === undefined || !mine() || typing) return;
      event.stopImmediatePropagation();
      clearTimeout(waiting);
      if (otherwise) waiting = setTimeout(() => void otherwise(), NATIVE_MS);
    };
    const copy = (event: ClipboardEvent) => {
      if (!mine() || !event.clipboardData || getSelection()?.toString()) return;
      clearTimeout(waiting);
      const text = verbs.text();
      if (!text) return;
      event.clipboardData.setData("text/plain", text);
      event.preventDefault();
      if (event.type === "cut" && mayEdit) verbs.removeCopied();
      else verbs.said();
    };
    const paste = (event: ClipboardEvent) => {
      if (!mine() || !event.clipboardData) return;
      clearTimeout(waiting);
      event.preventDefault();
      if (mayEdit) void verbs.put(event.clipboardData.getData("text/plain"));
    };
    window.addEventListener("keydown", letThrough, true);
    document.addEventListener("copy", copy);
    document.addEventListener("cut", copy);
    document.addEventListener("paste", paste);
    return () => {
      clearTimeout(waiting);
      window.removeEventListener("keydown", letThrough, true);
      document.removeEventListener("copy", copy);
      document.removeEventListener("cut", copy);
      document.removeEventListener("paste", paste);
    };
  }, [verbs, mine, mayEdit]);
  return verbs;
}

/** What was copied last in this tab: pasted when the browser does not let the page read its clipboard. */
let last = "";

async function write(text: string): Promise<boolean> {
  last = text;
  await navigator.clipboard.writeText(text).catch(() => undefined);
  return true;
}

function clipboardVerbs(session: CanvasSession, bridge: string) {
  const doc = () => session.store.getState().seen?.doc;
  const chosen = () => {
    const seen = doc();
    return seen ? withMembers(seen, useSelection.getState().nodes) : [];
  };
  const text = (): string => {
    const seen = doc();
    const ids = chosen();
    return seen && ids.length ? JSON.stringify(clipOf(seen, ids, bridge)) : "";
  };
  const said = () => done(`Copied ${count(chosen().length)}`);
  const removeCopied = () => void remove(session, chosen(), []);
  const putClip = async (written: string, at?: Point) => {
    const seen = doc();
    if (!seen) return;
    const clip = readClip(written);
    const box = around(clip.nodes.map((node) => boxOf(node, session.kinds)));
    const pasted = pasting(clip, session.kinds, bridge, at ?? place(session, box), freshId);
    const missing = pasted.missing.join(", ");
    if (!pasted.op)
      throw new NotPasted(`Not installed here: ${missing}.`, "Install what makes these nodes, then paste again.");
    const op = pasted.op;
    if (!(await attempt(() => session.commit([op])))) return;
    useSelection.getState().select(pasted.ids);
    if (missing) failed(problem(`Left out, not installed here: ${missing}.`, "Everything else was pasted."));
    if (pasted.without) {
      failed(problem("Pasted without takes.", "They were copied on another bridge and their media are there."));
    }
  };
  const put = async (written: string, at?: Point) => {
    try {
      await putClip(written, at);
    } catch (thrown) {
      failed(thrown instanceof NotPasted ? problem(thrown.message, thrown.hint) : thrown);
    }
  };
  return {
    text,
    said,
    removeCopied,
    put,
    /** From menus and the palette: asks the browser, which may ask the person. */
    copy: async () => {
      const written = text();
      if (written && (await write(written))) said();
    },
    cut: async () => {
      const written = text();
      if (written && (await write(written))) removeCopied();
    },
    paste: async () => {
      const written = await navigator.clipboard.readText().catch(() => last || null);
      if (written === null)
        failed(problem("The browser does not let this page read the clipboard.", "Press Ctrl+V instead."));
      else await put(written);
    },
    duplicate: () => {
      const seen = doc();
      const box =
        seen &&
        around(
          chosen()
            .flatMap((id) => seen.nodes[id] ?? [])
            .map((node) => boxOf(node, session.kinds)),
        );
      if (box) void put(text(), { x: box.x + SHIFT, y: box.y + SHIFT });
    },
  };
}

/** In sight and free: where the middle of the view is, else below what stands there. */
function place(session: CanvasSession, box: { x: number; y: number; width: number; height: number } | null): Point {
  const middle = stage()?.middle() ?? { x: 0, y: 0 };
  if (!box) return middle;
  const seen = session.store.getState().seen?.doc;
  const others = Object.values(seen?.nodes ?? {})
    .filter((node) => node.kind !== "group")
    .map((node) => boxOf(node, session.kinds));
  const at = { x: middle.x - box.width / 2, y: middle.y - box.height / 2 };
  return freePlace(at, box, others.length <= 400 ? others : []);
}

const count = (nodes: number) => (nodes === 1 ? "1 node" : `${nodes} nodes`);
