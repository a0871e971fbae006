import { useMemo, useState } from "react";
import { useSession, useView } from "../app/session";
import { open } from "../app/slots";
import { face } from "../canvas/model";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { TextField } from "../ui/Field";
import { done } from "../ui/toasts";
import { useActs } from "./acts";
import { type Guide, guides } from "./guide";
import css from "./Questions.module.css";

const MOST_SHOWN = 100;

/** Wire this very take into an input of another node: it stays there whatever is pinned later. */
export function GuideDialog({ take: id, onClose }: { take: string; onClose(): void }) {
  const { kinds } = useSession();
  const doc = useView((view) => view.seen?.doc);
  const acts = useActs();
  const [text, setText] = useState("");
  const take = doc?.takes[id];
  const all = useMemo(() => (doc && take ? guides(doc, kinds, take) : []), [doc, kinds, take]);
  const shown = all.filter((one) => `${one.title} ${one.port}`.toLocaleLowerCase().includes(text.toLocaleLowerCase()));
  if (!doc || !take) return null;
  const use = async (guide: Guide) => {
    onClose();
    if (await acts.wire(guide.ops(`wire_${crypto.randomUUID().replaceAll("-", "")}`))) {
      done(`Take ${take.seq} guides “${guide.title}”.`);
    }
  };
  const port = face(take)?.port ?? "";
  return (
    <Dialog
      title={`Use take ${take.seq} as guide`}
      onClose={onClose}
      foot={
        <Button onPress={() => open({ kind: "add", from: { node: take.node_id, port, side: "out" } })}>
          In a new node …
        </Button>
      }
    >
      <p className={css.words}>The wire carries this take, also when another one is pinned later.</p>
      <TextField label="Search nodes" quiet placeholder="Search nodes" value={text} onChange={setText} autoFocus />
      {shown.length === 0 && <p className={css.words}>No other node has an input for it.</p>}
      <ul className={css.list}>
        {shown.slice(0, MOST_SHOWN).map((one) => (
          <li key={one.id}>
            <Button className={css.row} onPress={() => void use(one)}>
              <span className={css.node}>
                {one.title} · {one.port.replaceAll("_", " ")}
              </span>
              <span className={css.quiet}>{one.how}</span>
            </Button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
