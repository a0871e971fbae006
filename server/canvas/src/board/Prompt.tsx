import { Pencil } from "lucide-react";
import { useLayoutEffect, useRef, useState } from "react";
import { useMay, useSession, useView } from "../app/session";
import { Button, IconButton } from "../ui/Button";
import type { ShotFacts } from "../wire/api.gen";
import { setParam } from "./edits";
import { InPlace } from "./InPlace";
import css from "./Prompt.module.css";
import { briefly, ownPrompt } from "./prompts";

/** A shot's words, a few lines of them; the node's own can be changed where they stand. */
export function Prompt({ shot, lines }: { shot: ShotFacts; lines: number }) {
  const session = useSession();
  const mayEdit = useMay("editor");
  const own = useView((view) => ownPrompt(view.seen?.doc.nodes[shot.node], session.kinds));
  const [editing, setEditing] = useState(false);
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLParagraphElement>(null);
  const [cut, setCut] = useState(false);
  // Cards out of sight have no size: what is cut is known once they are laid out.
  // biome-ignore lint/correctness/useExhaustiveDependencies: other words are cut elsewhere.
  useLayoutEffect(() => {
    const shown = box.current;
    if (!shown || open) return;
    const measure = () => shown.clientHeight > 0 && setCut(shown.scrollHeight > shown.clientHeight + 1);
    const watch = new ResizeObserver(measure);
    watch.observe(shown);
    return () => watch.disconnect();
  }, [shot.prompt, lines, open, editing]);

  if (editing && own !== null) {
    const given = shot.prompt.endsWith(own) ? shot.prompt.slice(0, shot.prompt.length - own.length).trim() : "";
    return (
      <div className={css.editing}>
        {given && <p className={css.given}>{given}</p>}
        <InPlace
          label={`Prompt of ${shot.title}`}
          value={own}
          node={shot.node}
          param="prompt"
          rows={4}
          placeholder={given ? "Add words of this shot's own" : "What is to be seen"}
          onCommit={(value) => void setParam(session, shot.node, "prompt", value)}
          onEnd={() => setEditing(false)}
        />
      </div>
    );
  }
  return (
    <div className={css.prompt}>
      <p ref={box} className={open ? css.all : css.words} style={{ WebkitLineClamp: open ? undefined : lines }}>
        {(open ? shot.prompt : briefly(shot)) || <span className={css.none}>No words yet</span>}
      </p>
      <div className={css.acts}>
        {(cut || open) && (
          <Button look="quiet" aria-expanded={open} onPress={() => setOpen(!open)}>
            {open ? "Less" : "More"}
          </Button>
        )}
        {own !== null && mayEdit && (
          <IconButton label={`Edit the prompt of ${shot.title}`} onPress={() => setEditing(true)}>
            <Pencil size={14} aria-hidden />
          </IconButton>
        )}
      </div>
    </div>
  );
}
