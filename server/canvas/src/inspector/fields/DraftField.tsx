import { type ReactNode, useEffect, useRef, useState } from "react";
import type { KeyboardEvent } from "react-aria-components";
import { useSession } from "../../app/session";
import { Button } from "../../ui/Button";
import { TextField } from "../../ui/Field";
import { attempt } from "../../ui/toasts";
import { setDraft, standing, typed, useDrafts } from "./drafts";
import { useEditing } from "./editing";
import css from "./fields.module.css";

interface Props {
  node: string;
  /** The parameter's name, or `title`: what others see one types into. */
  param: string;
  label: string;
  quiet?: boolean;
  saved: string;
  /** Several lines, growing. */
  long?: boolean;
  hint?: string | undefined;
  placeholder?: string | undefined;
  /** Why it cannot be changed; empty when it can. */
  fixed?: string;
  /** Why these words cannot be saved. */
  wrong(text: string): string | undefined;
  commit(text: string): Promise<unknown>;
  /** Beside the field: words it also takes. */
  children?: ReactNode;
}

/**
 * Words that are saved when one leaves the field, on Enter (or Ctrl+Enter in several lines); Esc takes them back.
 * What somebody else saves meanwhile is offered, and nobody's words are overwritten unasked.
 */
export function DraftField(props: Props) {
  const { node, param, saved, long = false, fixed = "" } = props;
  const field = `${useSession().id}/${node}/${param}`;
  const draft = useDrafts((all) => all.drafts[field]);
  const now = standing(draft, saved);
  const wrong = now.dirty ? props.wrong(now.text) : undefined;
  const editing = useEditing(node, param);
  const { save, saving } = useSaving(field, props);
  const offer = () => {
    if (now.dirty && now.theirs === null && !wrong) void save(now.text);
  };
  const latest = useRef({ offer, typing: editing.mine });
  latest.current = { offer, typing: editing.mine };
  // Choosing another node takes the field away without a blur.
  useEffect(
    () => () => {
      if (latest.current.typing) latest.current.offer();
    },
    [],
  );

  const leave = () => {
    editing.stop();
    offer();
    if (!now.dirty) setDraft(field, undefined);
  };
  const press = (event: KeyboardEvent) => {
    const enter = event.key === "Enter" && !(event as unknown as { isComposing?: boolean }).isComposing;
    if (enter && (!long || event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      offer();
    } else if (event.key === "Escape" && now.dirty) setDraft(field, undefined);
    else event.continuePropagation();
  };
  // Whoever has words of their own here goes on with them.
  const held = editing.by !== "" && !editing.anyway && !now.dirty;
  return (
    <div className={`${css.field} ${long ? css.grow : ""}`}>
      <TextField
        label={props.label}
        quiet={props.quiet ?? false}
        value={now.text}
        rows={long ? 2 : 0}
        placeholder={props.placeholder}
        hint={fixed || (held ? undefined : props.hint)}
        wrong={wrong}
        isReadOnly={Boolean(fixed) || held}
        onChange={(text) => setDraft(field, typed(draft, text, saved))}
        onFocus={() => !fixed && !held && editing.begin()}
        onBlur={leave}
        onKeyDown={press}
      />
      {!fixed && !held && props.children}
      {held && (
        <p className={css.held} role="status">
          {editing.by} is editing this.
          <Button look="quiet" onPress={editing.insist}>
            Edit anyway
          </Button>
        </p>
      )}
      {now.theirs !== null && <Theirs field={field} theirs={now.theirs} mine={now.text} save={save} />}
      {now.dirty && now.theirs === null && !editing.mine && !saving && (
        <div className={css.held} role="status">
          Not saved yet.
          <span className={css.buttons}>
            <Button look="quiet" onPress={() => setDraft(field, undefined)}>
              Discard
            </Button>
            {!wrong && <Button onPress={offer}>Save</Button>}
          </span>
        </div>
      )}
    </div>
  );
}

interface TheirsProps {
  field: string;
  theirs: string;
  mine: string;
  save(text: string): Promise<void>;
}

/** Somebody else saved other words under one's draft: both are kept until one chooses. */
function Theirs({ field, theirs, mine, save }: TheirsProps) {
  return (
    <div className={css.theirs} role="alert">
      <p>Changed by somebody else while you typed. It is now:</p>
      <blockquote>{theirs || "empty"}</blockquote>
      <div className={css.buttons}>
        <Button onPress={() => setDraft(field, undefined)}>Use theirs</Button>
        <Button onPress={() => void save(mine)}>Keep mine</Button>
      </div>
    </div>
  );
}

/** Commits words; the draft stays until they show, and when they are refused. */
function useSaving(field: string, { commit }: Pick<Props, "commit">) {
  const [saving, setSaving] = useState(false);
  const save = async (text: string): Promise<void> => {
    setSaving(true);
    const done = await attempt(async () => {
      await commit(text);
      return true;
    });
    setSaving(false);
    const draft = useDrafts.getState().drafts[field];
    if (done && draft?.text === text) setDraft(field, undefined);
    else if (done && draft) setDraft(field, { ...draft, base: text });
  };
  return { save, saving };
}
