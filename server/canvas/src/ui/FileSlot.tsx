import { useEffect, useRef, useState } from "react";
import { FileTrigger } from "react-aria-components";
import { asProblem } from "../wire/problem";
import { uploadFile } from "../wire/upload";
import { Bar } from "./Bar";
import { Button } from "./Button";
import field from "./Field.module.css";
import css from "./FileSlot.module.css";

interface Props {
  label: string;
  hint: string;
  accept: string[];
  /** The upload that fills it; null while it is empty or on its way. */
  onUpload(upload: string | null): void;
}

interface Underway {
  file: File;
  sent: number;
  wrong: string;
}

/** A place for a file of one's own: chosen here, sent at once, taken out again. Leaving it ends what is underway. */
export function FileSlot({ label, hint, accept, onUpload }: Props) {
  const [now, setNow] = useState<Underway | null>(null);
  const stop = useRef<AbortController | null>(null);
  useEffect(() => () => stop.current?.abort(), []);
  const clear = () => {
    stop.current?.abort();
    setNow(null);
    onUpload(null);
  };
  const choose = async (file: File | undefined) => {
    if (!file) return;
    clear();
    const mine = new AbortController();
    stop.current = mine;
    const say = (change: Partial<Underway>) =>
      mine.signal.aborted || setNow((before) => ({ file, sent: 0, wrong: "", ...before, ...change }));
    say({ file });
    try {
      const upload = await uploadFile(file, (sent) => say({ sent }), mine.signal);
      if (!mine.signal.aborted) onUpload(upload);
    } catch (thrown) {
      const { message, hint: next } = asProblem(thrown);
      say({ wrong: `${message} ${next}` });
    }
  };
  const share = now?.file.size ? now.sent / now.file.size : 0;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would be drawn as a box of its own.
    <div role="group" aria-label={label} className={field.field}>
      <span className={field.label}>{label}</span>
      <div className={css.file}>
        <FileTrigger acceptedFileTypes={accept} onSelect={(list) => void choose(list?.[0])}>
          <Button aria-label={`Choose a file for ${label}`}>{now ? "Another file" : "Choose a file"}</Button>
        </FileTrigger>
        {now && <span className={css.name}>{now.file.name}</span>}
        {now && (
          <Button look="quiet" onPress={clear} aria-label={`Leave ${label} empty`}>
            Leave empty
          </Button>
        )}
      </div>
      {now && !now.wrong && share < 1 && (
        <Bar parts={[{ share, look: "plain" }]} label={`Upload of ${now.file.name}`} value={share} />
      )}
      {now?.wrong ? (
        <span role="alert" className={field.wrong}>
          {now.wrong}
        </span>
      ) : (
        <span className={field.hint}>{hint}</span>
      )}
    </div>
  );
}

/** What a file dialog offers for a slot. */
export const filesFor = (kind: string): string[] => (kind === "clip" ? ["video/*"] : ["image/*"]);
