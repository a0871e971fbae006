import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useSession } from "../app/session";
import css from "./InPlace.module.css";

interface Props {
  label: string;
  value: string;
  /** Where others see that somebody types. */
  node: string;
  param: string;
  rows?: number;
  placeholder?: string;
  /** Called with other words than `value`; when it gives a sentence, that is wrong and the field stays. */
  onCommit(value: string): string | undefined;
  onEnd(): void;
}

/**
 * A field in the place of the words it changes. Leaving it commits, Mod+Enter (Enter in a single line) too, Escape
 * leaves everything as it was. The card around it sees none of its keys and pointers.
 */
export function InPlace({ label, value, node, param, rows, placeholder, onCommit, onEnd }: Props) {
  const session = useSession();
  const [text, setText] = useState(value);
  const [wrong, setWrong] = useState("");
  const over = useRef(false);
  const field = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  useEffect(() => {
    field.current?.focus();
    field.current?.select();
    session.say({ editing: { node, param } });
    return () => session.say({ editing: null });
  }, [session, node, param]);

  const end = () => {
    over.current = true;
    onEnd();
  };
  const commit = () => {
    if (over.current) return;
    const refused = text === value ? undefined : onCommit(text);
    if (refused) setWrong(refused);
    else end();
  };
  const hear = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Escape") end();
    else if (event.key === "Enter" && (!rows || event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      commit();
    }
  };
  const own = {
    "aria-label": label,
    "aria-invalid": wrong ? true : undefined,
    className: css.field,
    value: text,
    placeholder,
    onChange: (event: { currentTarget: { value: string } }) => setText(event.currentTarget.value),
    onKeyDown: hear,
    onBlur: commit,
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only keeps the card around from taking the pointer.
    <span
      className={css.place}
      onPointerDown={(event) => event.stopPropagation()}
      onMouseDown={(event) => event.stopPropagation()}
      onDoubleClick={(event) => event.stopPropagation()}
    >
      {rows ? <textarea ref={field} rows={rows} {...own} /> : <input ref={field} type="text" {...own} />}
      {wrong && (
        <span role="alert" className={css.wrong}>
          {wrong}
        </span>
      )}
    </span>
  );
}
