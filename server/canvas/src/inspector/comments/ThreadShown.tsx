import { useState } from "react";
import { useMay, useMe, useSession, useView } from "../../app/session";
import { showTakes, useOverlay } from "../../app/slots";
import { ago } from "../../canvas/words";
import { Button } from "../../ui/Button";
import { TextField } from "../../ui/Field";
import { attempt } from "../../ui/toasts";
import type { Comment } from "../../wire/api.gen";
import { api, got } from "../../wire/http";
import { Compose } from "./Compose";
import css from "./comments.module.css";
import { drop, keep } from "./store";
import { isOwn, type Thread } from "./threads";

/** A comment with its answers; a settled one folded. */
export function ThreadShown({ thread: { first, replies } }: { thread: Thread }) {
  const [answering, setAnswering] = useState(false);
  // The focus goes back to where it came from when the field goes.
  const [answered, setAnswered] = useState(false);
  const [unfolded, setUnfolded] = useState(false);
  const may = useMay("reviewer");
  const change = useChange(first);
  const settled = first.resolved_at !== null;
  if (settled && !unfolded) {
    return (
      <li className={css.settled}>
        <Button look="quiet" aria-expanded={false} onPress={() => setUnfolded(true)}>
          <span className={css.clip}>
            ✓ Resolved by <bdi>{first.resolved_by || "somebody"}</bdi>: <bdi>{first.text}</bdi>
          </span>
        </Button>
      </li>
    );
  }
  return (
    <li className={css.thread} data-settled={settled}>
      <CommentShown comment={first} />
      {replies.length > 0 && (
        <ul className={css.replies} aria-label="Answers">
          {replies.map((reply) => (
            <li key={reply.id}>
              <CommentShown comment={reply} />
            </li>
          ))}
        </ul>
      )}
      {may && (
        <div className={css.row}>
          {!answering && (
            <Button look="quiet" autoFocus={answered} onPress={() => setAnswering(true)}>
              Reply
            </Button>
          )}
          {first.parent === null && (
            <Button look="quiet" onPress={() => void change({ resolved: !settled })}>
              {settled ? "Open again" : "Resolve"}
            </Button>
          )}
          {settled && (
            <Button look="quiet" aria-expanded onPress={() => setUnfolded(false)}>
              Fold
            </Button>
          )}
        </div>
      )}
      {answering && (
        <Compose
          place={{ node: first.node, take: first.take, frame: first.frame, parent: first.id }}
          label={`Reply to ${first.author}`}
          autoFocus
          onDone={() => {
            setAnswering(false);
            setAnswered(true);
          }}
        />
      )}
    </li>
  );
}

/** Change a comment; what is refused is said. */
function useChange(comment: Comment) {
  const session = useSession();
  const me = useMe();
  return async (body: { text?: string; resolved?: boolean }): Promise<boolean> => {
    const params = { path: { canvas_id: session.id, comment_id: comment.id } };
    const route = "/api/canvases/{canvas_id}/comments/{comment_id}";
    const changed = await attempt(
      () => got(api.PATCH(route, { params, body: { ...body, author: me.name } })) as Promise<Comment>,
    );
    if (changed) keep(session, changed);
    return changed !== undefined;
  };
}

function CommentShown({ comment }: { comment: Comment }) {
  const me = useMe();
  const [editing, setEditing] = useState(false);
  const own = isOwn(comment, me) || me.role === "owner";
  const may = useMay("reviewer");
  return (
    <article className={css.comment} aria-label={`${comment.author}, ${ago(comment.created_at)}`}>
      <header className={css.by}>
        <strong>{comment.author}</strong>
        <time dateTime={comment.created_at} title={comment.created_at}>
          {ago(comment.created_at)}
        </time>
        {comment.edited_at && <span title={comment.edited_at}>edited</span>}
        <About comment={comment} />
        {own && may && !editing && <OwnTools comment={comment} onEdit={() => setEditing(true)} />}
      </header>
      {editing ? (
        <Reword comment={comment} onDone={() => setEditing(false)} />
      ) : (
        <p className={css.text}>{comment.text}</p>
      )}
    </article>
  );
}

/** The take and frame it is about, one press away. */
function About({ comment }: { comment: Comment }) {
  const take = useView((view) => (comment.take ? view.seen?.doc.takes[comment.take] : undefined));
  if (!comment.take) return null;
  const words = `${take ? `take ${take.seq}` : "a take"}${comment.frame === null ? "" : `, frame ${comment.frame}`}`;
  const show = () => {
    useOverlay.getState().close();
    showTakes(comment.node, comment.take ?? undefined);
  };
  return (
    <Button look="quiet" aria-label={`Show ${words}`} onPress={show}>
      {words}
    </Button>
  );
}

function OwnTools({ comment, onEdit }: { comment: Comment; onEdit(): void }) {
  const session = useSession();
  const me = useMe();
  const [sure, setSure] = useState(false);
  const remove = () =>
    void attempt(async () => {
      const params = { path: { canvas_id: session.id, comment_id: comment.id }, query: { author: me.name } };
      await api.DELETE("/api/canvases/{canvas_id}/comments/{comment_id}", { params });
      drop(session, comment.id);
    });
  return (
    <span className={css.tools}>
      {!sure && (
        <>
          <Button look="quiet" aria-label={`Edit: ${comment.text.slice(0, 40)}`} onPress={onEdit}>
            Edit
          </Button>
          <Button look="quiet" aria-label={`Remove: ${comment.text.slice(0, 40)}`} onPress={() => setSure(true)}>
            Remove
          </Button>
        </>
      )}
      {sure && (
        <>
          <span>Remove it for good?</span>
          <Button autoFocus onPress={() => setSure(false)}>
            Keep it
          </Button>
          <Button look="danger" onPress={remove}>
            Remove
          </Button>
        </>
      )}
    </span>
  );
}

function Reword({ comment, onDone }: { comment: Comment; onDone(): void }) {
  const [text, setText] = useState(comment.text);
  const change = useChange(comment);
  const save = async () => {
    if (text.trim() !== "" && (await change({ text }))) onDone();
  };
  return (
    <div className={css.compose}>
      <TextField
        label="Your words"
        quiet
        rows={2}
        autoFocus
        value={text}
        onChange={setText}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void save();
          else if (event.key === "Escape") onDone();
          else event.continuePropagation();
        }}
      />
      <div className={css.row}>
        <Button look="quiet" onPress={onDone}>
          Cancel
        </Button>
        <Button isDisabled={text.trim() === ""} onPress={() => void save()}>
          Save
        </Button>
      </div>
    </div>
  );
}
