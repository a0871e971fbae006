import { type NodeProps, NodeResizeControl, ResizeControlVariant } from "@xyflow/react";
import { memo, useState } from "react";
import { useMay, useSession, useView } from "../app/session";
import type { Node } from "../canvas/model";
import { commit } from "./actions";
import type { CardNode } from "./flow";
import { openNodeMenu } from "./menus";
import css from "./Note.module.css";
import { type Draft, draft, settle } from "./ui";

const LEAST = 160;

/** A frame round nodes. Its head drags it with all that lies in it; its corner resizes it. */
export const Group = memo(function Group({ id, selected }: NodeProps<CardNode>) {
  const node = useView((view) => view.seen?.doc.nodes[id]);
  return node ? <Frame node={node} selected={selected} /> : null;
});

function Frame({ node, selected }: { node: Node; selected: boolean }) {
  const session = useSession();
  const mayEdit = useMay("editor");
  const [naming, setNaming] = useState(false);
  const members = useView((view) => membersOf(view.seen?.doc.nodes, node.id));
  const rename = (title: string) => {
    setNaming(false);
    if (title.trim() && title !== node.title) void commit(session, [{ op: "set_title", node: node.id, title }]);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the card around it has the role and the keys.
    <div
      className={css.group}
      data-colour={node.params["colour"]}
      onContextMenu={(event) => {
        event.preventDefault();
        openNodeMenu(session, node.id, { x: event.clientX, y: event.clientY });
      }}
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: renaming is also in the inspector. */}
      <div className={`${css.grip} grip`} onDoubleClick={() => mayEdit && setNaming(true)}>
        {naming ? (
          <input
            className={`${css.rename} nodrag`}
            aria-label="Title of the group"
            defaultValue={node.title}
            // biome-ignore lint/a11y/noAutofocus: it opens because somebody asked to rename.
            autoFocus
            onBlur={(event) => rename(event.target.value)}
            onKeyDown={(event) => {
              event.stopPropagation();
              if (event.key === "Enter") rename(event.currentTarget.value);
              if (event.key === "Escape") setNaming(false);
            }}
          />
        ) : (
          <>
            {node.title} <span className={css.count}>{members}</span>
          </>
        )}
      </div>
      {selected && mayEdit && <Corner node={node} />}
    </div>
  );
}

let counted: { nodes: Readonly<Record<string, Node>>; byGroup: Map<string, number> } | null = null;

/** How many nodes lie in a group; counted once for all groups of one canvas value. */
function membersOf(nodes: Readonly<Record<string, Node>> | undefined, group: string): number {
  if (!nodes) return 0;
  if (counted?.nodes !== nodes) {
    const byGroup = new Map<string, number>();
    for (const node of Object.values(nodes)) {
      if (node.group) byGroup.set(node.group, (byGroup.get(node.group) ?? 0) + 1);
    }
    counted = { nodes, byGroup };
  }
  return counted.byGroup.get(group) ?? 0;
}

function Corner({ node }: { node: Node }) {
  const session = useSession();
  const sized = (width: number, height: number): Record<string, Draft> => ({
    [node.id]: { x: node.x, y: node.y, width: Math.round(width), height: Math.round(height) },
  });
  const end = async (width: number, height: number) => {
    const drafts = sized(width, height);
    draft(drafts);
    await commit(session, [
      { op: "set_param", node: node.id, name: "width", value: Math.round(width) },
      { op: "set_param", node: node.id, name: "height", value: Math.round(height) },
    ]);
    settle(drafts);
  };
  return (
    <NodeResizeControl
      position="bottom-right"
      variant={ResizeControlVariant.Handle}
      minWidth={LEAST}
      minHeight={LEAST}
      className={css.resize}
      onResize={(_, { width, height }) => draft(sized(width, height))}
      onResizeEnd={(_, { width, height }) => void end(width, height)}
    />
  );
}
