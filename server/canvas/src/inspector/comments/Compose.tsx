import { useState } from "react";
import { useMay, useMe, useSession } from "../../app/session";
import { Button, Hint } from "../../ui/Button";
import { TextField } from "../../ui/Field";
import { attempt } from "../../ui/toasts";
import type { Comment } from "../../wire/api.gen";
import { api, got } from "../../wire/http";
import { setDraft, useDrafts } from "../fields/drafts";
import css from "./comments.module.css";
import { keep } from "./store";

interface Place {
  node: string;
  take: string | null;
  frame: number | null;
  parent?: string;
}

interface Props {
  place: Place;
  label: string;
  autoFocus?: boolean;
  onDone?(): void;
}

const LONGEST = 10_000;

/** Words not sent yet are kept, also over a reload. Ctrl+Enter posts. */
export function Compose({ place, label, autoFocus = false, onDone }: Props) {
  const session = useSession();
  const me = useMe();
  const may = useMay("reviewer");
  const [posting, setPosting] = useState(false);
  const field = `${session.id}/comment ${place.parent ?? place.node} ${place.take ?? ""} ${place.frame ?? ""}`;
  const text = useDrafts((all) => all.drafts[field]?.text ?? "");
  const tooLong = [...text].length > LONGEST;
  const ready = may && !posting && text.trim() !== "" && !tooLong;
  const post = async () => {
    if (!ready) return;
    setPosting(true);
    const params = { path: { canvas_id: session.id } };
    const body = { ...place, parent: place.parent ?? null, text, author: me.name };
    const made = await attempt(
      () => got(api.POST("/api/canvases/{canvas_id}/comments", { params, body })) as Promise<Comment>,
    );
    setPosting(false);
    if (!made) return;
    setDraft(field, undefined);
    keep(session, made);
    onDone?.();
  };
  return (
    <div className={css.compose}>
      <TextField
        label={label}
        rows={2}
        autoFocus={autoFocus}
        value={text}
        isReadOnly={!may || posting}
        hint={may ? undefined : "Commenting needs the role reviewer."}
        wrong={tooLong ? `At most ${LONGEST} characters are kept.` : undefined}
        onChange={(words) => setDraft(field, words === "" ? undefined : { text: words, base: "" })}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void post();
          else if (event.key === "Escape" && onDone) onDone();
          else event.continuePropagation();
        }}
      />
      <div className={css.row}>
        {onDone && (
          <Button look="quiet" onPress={onDone}>
            Cancel
          </Button>
        )}
        <Hint label="Post" chord="Mod+Enter">
          <Button isDisabled={!ready} onPress={() => void post()}>
            Post
          </Button>
        </Hint>
      </div>
    </div>
  );
}
