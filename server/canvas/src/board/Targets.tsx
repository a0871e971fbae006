import { type DragEvent, useMemo, useState } from "react";
import { useMay, useSelection, useSession, useView } from "../app/session";
import { pinned } from "../canvas/model";
import { Button } from "../ui/Button";
import { Poster } from "../ui/Media";
import css from "./References.module.css";
import { REFERENCE_TYPE } from "./referenceList";
import { portWords, type Room, roomOn, roomsFor } from "./wires";
import { wireInto } from "./wiring";

const MOST = 300;

/** What references go into: drop one on a node to wire it there. From the keyboard: “Use in…” on its card. */
export function Targets({ dragged }: { dragged: string | null }) {
  const session = useSession();
  const doc = useView((view) => view.seen?.doc);
  const takers = useMemo(() => {
    if (!doc) return [];
    const kinds = Object.values(session.kinds).filter((kind) => kind.inputs.some((port) => port.name === "references"));
    const names = new Set(kinds.map((kind) => kind.key));
    const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
    const found = Object.values(doc.nodes).filter((node) => names.has(node.kind));
    return found.sort((a, b) => collator.compare(a.title, b.title)).slice(0, MOST);
  }, [doc, session.kinds]);
  const rooms = useMemo(
    () => (doc && dragged ? roomsFor(doc, session.kinds, dragged) : []),
    [doc, session.kinds, dragged],
  );
  if (!takers.length) return null;
  return (
    <aside className={css.targets} aria-label="What takes references">
      <h2 className={css.heading}>Drop on a shot</h2>
      <ul>
        {takers.map((node) => (
          <Target key={node.id} node={node.id} room={dragged ? roomOn(rooms, node.id) : undefined} dragged={dragged} />
        ))}
      </ul>
    </aside>
  );
}

function Target({ node, room, dragged }: { node: string; room: Room | undefined; dragged: string | null }) {
  const session = useSession();
  const mayEdit = useMay("editor");
  const found = useView((view) => view.seen?.doc.nodes[node]);
  const take = useView((view) => {
    const one = view.seen?.doc.nodes[node];
    return view.seen && one ? pinned(view.seen.doc, one) : undefined;
  });
  const [over, setOver] = useState(false);
  if (!found) return null;
  const hear = (event: DragEvent) => {
    if (!room || !mayEdit || !event.dataTransfer.types.includes(REFERENCE_TYPE)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "link";
    setOver(true);
  };
  const drop = (event: DragEvent) => {
    setOver(false);
    const source = event.dataTransfer.getData(REFERENCE_TYPE);
    if (!room || !source) return;
    event.preventDefault();
    void wireInto(session, source, room);
  };
  return (
    <li
      className={css.target}
      data-over={over || undefined}
      data-off={(dragged !== null && !room) || undefined}
      onDragOver={hear}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <Poster take={take} label="" scrub={false} className={css.thumb} />
      <Button look="quiet" className={css.use} onPress={() => useSelection.getState().select([node])}>
        <span className={css.useTitle}>{found.title}</span>
        {dragged && <span className={css.quiet}>{room ? portWords(room.port) : "no room"}</span>}
      </Button>
    </li>
  );
}
