import { useStore, ViewportPortal } from "@xyflow/react";
import { useEffect } from "react";
import { useSelection, useSession, useView } from "../app/session";
import type { Present } from "../canvas/store";
import css from "./Graph.module.css";
import { stage } from "./stage";

/** At most 20 messages a second tell the others where one points. */
const EVERY_MS = 50;
const MOST_SELECTED = 500;

/** Tell the others where one points and what one has selected. */
export function usePresence(root: HTMLElement | null): void {
  const session = useSession();
  const selected = useSelection((selection) => selection.nodes);
  useEffect(() => session.say({ selection: selected.slice(0, MOST_SELECTED) }), [session, selected]);
  useEffect(() => {
    if (!root) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let at: [number, number] | null = null;
    const tell = () => {
      timer = undefined;
      session.say({ cursor: at });
    };
    const move = (event: PointerEvent) => {
      const point = stage()?.toCanvas({ x: event.clientX, y: event.clientY });
      if (!point) return;
      at = [Math.round(point.x), Math.round(point.y)];
      timer ??= setTimeout(tell, EVERY_MS);
    };
    const leave = () => {
      at = null;
      timer ??= setTimeout(tell, EVERY_MS);
    };
    root.addEventListener("pointermove", move);
    root.addEventListener("pointerleave", leave);
    return () => {
      clearTimeout(timer);
      root.removeEventListener("pointermove", move);
      root.removeEventListener("pointerleave", leave);
      session.say({ cursor: null });
    };
  }, [root, session]);
}

/** The others' pointers, with their names. */
export function Cursors() {
  const present = useView((view) => view.present);
  const shown = present.filter((one) => one.cursor);
  return (
    <ViewportPortal>
      {shown.map((one) => (
        <Cursor key={one.client} one={one} />
      ))}
    </ViewportPortal>
  );
}

function Cursor({ one }: { one: Present }) {
  const zoom = useStore((flow) => flow.transform[2]);
  const [x, y] = one.cursor ?? [0, 0];
  return (
    <div className={css.cursor} style={{ transform: `translate(${x}px, ${y}px) scale(${1 / zoom})` }} aria-hidden>
      <svg width={14} height={18} viewBox="0 0 14 18" aria-hidden="true">
        <path d="M1 1l12 9-6 1-3 6z" />
      </svg>
      <span>{one.name || "Somebody"}</span>
    </div>
  );
}
