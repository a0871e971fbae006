import { useMemo } from "react";
import { useView } from "../../app/session";
import { Compose } from "./Compose";
import css from "./comments.module.css";
import { useComments, useReading } from "./store";
import { ThreadShown } from "./ThreadShown";
import { threadsOf } from "./threads";

interface Props {
  node: string;
  /** What a new comment is about: the node, a take of it, or one frame. */
  take?: string | undefined;
  frame?: number | undefined;
  autoFocus?: boolean;
}

/** What was said about a node, and a field to say something. */
export function Threads({ node, take, frame, autoFocus = false }: Props) {
  const { comments, problem } = useComments();
  const threads = useMemo(() => threadsOf(comments ?? [], node), [comments, node]);
  const seq = useView((view) => (take ? view.seen?.doc.takes[take]?.seq : undefined));
  useReading(node);
  const about = seq === undefined ? "" : `take ${seq}${frame === undefined ? "" : `, frame ${frame}`}`;
  return (
    <div className={css.threads}>
      {problem && <p className={css.problem}>{`${problem.message} ${problem.hint}`}</p>}
      {!comments && !problem && <p role="status">Reading the comments.</p>}
      {comments && threads.length === 0 && <p className={css.none}>Nothing was said yet.</p>}
      <ul className={css.threads} aria-label="Comments">
        {threads.map((thread) => (
          <ThreadShown key={thread.first.id} thread={thread} />
        ))}
      </ul>
      <Compose
        place={{ node, take: take ?? null, frame: frame ?? null }}
        label={about ? `Say something about ${about}` : "Say something"}
        autoFocus={autoFocus}
      />
    </div>
  );
}
