import { useMemo } from "react";
import { face } from "../canvas/model";
import { wordDiff } from "./differ";
import type { Entry } from "./entries";
import { useTexts } from "./texts";
import css from "./Words.module.css";

/** Takes that are words: one is read, two are compared word by word. */
export function Words({ panes }: { panes: readonly Entry[] }) {
  const wanted = panes.map((pane) => ({ take: pane.id, port: face(pane.take)?.port ?? "" }));
  const texts = useTexts(wanted);
  const [a = "", b = ""] = texts ?? [];
  const pieces = useMemo(() => (panes.length > 1 && texts ? wordDiff(a, b) : null), [panes.length, texts, a, b]);
  if (!texts) return <div className={css.page} aria-busy />;
  const [first, second] = panes;
  if (!pieces || !first || !second) return <pre className={css.page}>{a || "No words in this take."}</pre>;
  const same = pieces.every((piece) => piece.kind === "same");
  return (
    <div className={css.page}>
      <p className={css.legend}>
        {same ? (
          "Word for word the same."
        ) : (
          <>
            <del>only in A, take {first.take.seq}</del> <ins>only in B, take {second.take.seq}</ins>
          </>
        )}
      </p>
      <pre className={css.text}>
        {pieces.map((piece, index) => {
          const Tag = piece.kind === "gone" ? "del" : piece.kind === "new" ? "ins" : "span";
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no name but their place.
          return <Tag key={index}>{piece.text}</Tag>;
        })}
      </pre>
    </div>
  );
}
