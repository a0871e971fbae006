import { type NodeProps, useStore } from "@xyflow/react";
import { memo, useRef, useState } from "react";
import { useMay, useSelection, useSession, useView } from "../app/session";
import type { Node } from "../canvas/model";
import { commit } from "./actions";
import type { CardNode } from "./flow";
import { detailAt } from "./geometry";
import { openNodeMenu } from "./menus";
import css from "./Note.module.css";
import { namesOf } from "./words";

/** Words on the canvas, written in place. */
export const Note = memo(function Note({ id }: NodeProps<CardNode>) {
  const node = useView((view) => view.seen?.doc.nodes[id]);
  return node ? <Paper node={node} /> : null;
});

function Paper({ node }: { node: Node }) {
  const session = useSession();
  const mayEdit = useMay("editor");
  const detail = useStore((flow) => detailAt(flow.transform[2]));
  const hovered = useSelection((selection) => selection.hovered === node.id);
  const writing = useView((view) => namesOf(view.present.filter((one) => one.editing?.node === node.id)));
  const [open, setOpen] = useState(false);
  const text = String(node.params["text"] ?? "");
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the card around it has the role and the keys.
    <div
      className={css.note}
      data-colour={node.params["colour"]}
      data-hovered={hovered || undefined}
      onDoubleClick={(event) => {
        event.stopPropagation();
        if (mayEdit) setOpen(true);
      }}
      onContextMenu={(event) => {
        event.preventDefault();
        openNodeMenu(session, node.id, { x: event.clientX, y: event.clientY });
      }}
      onPointerEnter={() => useSelection.getState().point({ hovered: node.id })}
      onPointerLeave={() => useSelection.getState().point({ hovered: null })}
    >
      {detail !== "far" && (
        <>
          <div className={css.title}>{node.title}</div>
          {open ? (
            <Writing node={node} text={text} close={() => setOpen(false)} />
          ) : (
            <button
              type="button"
              tabIndex={-1}
              className={css.text}
              disabled={!mayEdit}
              onKeyDown={(event) => event.key === "Enter" && setOpen(true)}
            >
              {text || (mayEdit ? "Double-click to write" : "")}
            </button>
          )}
          {writing && <div className={css.writing}>{writing} is writing</div>}
        </>
      )}
    </div>
  );
}

function Writing({ node, text, close }: { node: Node; text: string; close(): void }) {
  const session = useSession();
  const [value, setValue] = useState(text);
  const given = useRef(false);
  const end = (keep: boolean) => {
    if (given.current) return;
    given.current = true;
    session.say({ editing: null });
    if (keep && value !== text) void commit(session, [{ op: "set_param", node: node.id, name: "text", value }]);
    close();
  };
  return (
    <textarea
      className={`${css.text} nodrag nowheel nopan`}
      aria-label={`Words of ${node.title}`}
      value={value}
      // biome-ignore lint/a11y/noAutofocus: it opens because somebody asked to write.
      autoFocus
      onFocus={() => session.say({ editing: { node: node.id, param: "text" } })}
      onChange={(event) => setValue(event.target.value)}
      onBlur={() => end(true)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Escape") end(false);
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) end(true);
      }}
    />
  );
}
