import { useRef } from "react";
import { Popover } from "react-aria-components";
import { useSession, useView } from "../app/session";
import { MenuList } from "../ui/Menu";
import menuCss from "../ui/Menu.module.css";
import { connect } from "./actions";
import css from "./Graph.module.css";
import { mayConnect, partsOf, portWords } from "./ports";
import { useGraph } from "./ui";
import { usePartTitles } from "./usePartTitles";

/** Which part of an output a new wire carries: a scene, a shot, a line, a frame. */
export function PartMenu() {
  const session = useSession();
  const part = useGraph((ui) => ui.part);
  const doc = useView((view) => view.seen?.doc);
  const anchor = useRef<HTMLSpanElement>(null);
  const close = () => useGraph.setState({ part: null });
  const parts = part && doc ? partsOf(doc, part.from.node, part.from.port) : [];
  const titleOf = usePartTitles(doc, part?.from.node);
  const lay = (port: string) => {
    if (!part || !doc) return;
    close();
    void connect(session, { ...part.from, port }, part.to, mayConnect(doc, session.kinds, part.from, part.to).replaces);
  };
  const none = `No ${portWords(part?.from.port ?? "")} yet: “${doc?.nodes[part?.from.node ?? ""]?.title}” has no pinned take.`;
  const items = parts.length
    ? parts.map((name) => ({ id: name, title: titleOf(name), run: () => lay(name) }))
    : [{ id: "none", title: none, disabled: true, run: close }];
  return (
    <>
      <span ref={anchor} className={css.anchor} style={{ left: part?.at.x ?? 0, top: part?.at.y ?? 0 }} />
      {part && (
        <Popover triggerRef={anchor} isOpen onOpenChange={(is) => is || close()} className={menuCss.popover ?? ""}>
          <MenuList label={`Which ${portWords(part.from.port)}`} items={items} />
        </Popover>
      )}
    </>
  );
}
