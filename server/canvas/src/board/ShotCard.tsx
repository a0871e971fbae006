import { ArrowLeft, ArrowRight, MessageSquare, MoreHorizontal } from "lucide-react";
import { useState } from "react";
import { Button as AriaButton } from "react-aria-components";
import { useMay, useSession, useView } from "../app/session";
import { open, showInGraph, showTakes } from "../app/slots";
import { useModelTitle } from "../canvas/modelTitles";
import { stateMark } from "../canvas/words";
import { Button, IconButton } from "../ui/Button";
import { Poster } from "../ui/Media";
import { type Items, Menu } from "../ui/Menu";
import { Glyph, State } from "../ui/State";
import tile from "../ui/Tile.module.css";
import type { ShotFacts } from "../wire/api.gen";
import { useBoard } from "./boardContext";
import { setTitle } from "./edits";
import { keyOf } from "./films";
import { InPlace } from "./InPlace";
import { bindsModel, costWords, ratingOf, SOURCES, takeWords } from "./marks";
import { Prompt } from "./Prompt";
import css from "./ShotCard.module.css";

/** One shot of the film: still, number and title, words, length, model, state, cost. */
export function ShotCard({ shot }: { shot: ShotFacts }) {
  const { comments, fixed, playing } = useBoard();
  const take = useView((view) => (shot.take ? view.seen?.doc.takes[shot.take] : undefined));
  const status = useView((view) => view.seen?.states[shot.node]?.status ?? shot.state);
  const broughtIn = useView((view) => (shot.take ? view.seen?.doc.takes[shot.take]?.origin === "imported" : false));
  const rating = ratingOf(shot);
  const number = shot.rank + 1;
  return (
    <>
      <div className={css.still} data-playing={playing === keyOf(shot) || undefined}>
        <Poster
          take={take}
          label={take ? `Still of ${shot.title}` : `${shot.title}: no take yet`}
          className={css.poster}
        />
        {!take && <span className={tile.missing}>No take yet</span>}
        <span className={css.length} title={`Length: ${SOURCES[shot.length.source] ?? ""}`}>
          {shot.length.words || "length unknown"}
        </span>
        <span className={css.chips}>
          {rating && (
            <span className={css.chip} role="img" aria-label={`Rated ${rating.word}`} title={rating.word}>
              {rating.glyph}
            </span>
          )}
          {shot.locked && (
            <span className={css.chip}>
              <Glyph mark="locked" />
            </span>
          )}
          {shot.previz && (
            <span className={css.chip}>
              <State mark="previz" />
            </span>
          )}
        </span>
      </div>
      <div className={css.body}>
        <div className={css.head}>
          <AriaButton
            slot="drag"
            className={css.number ?? ""}
            aria-label={fixed ? `Shot ${number}` : `Move shot ${number}`}
            isDisabled={Boolean(fixed)}
          >
            {number}
          </AriaButton>
          <Title shot={shot} />
          <Steps shot={shot} />
        </div>
        {shot.scene && <p className={css.scene}>{shot.scene}</p>}
        <Prompt shot={shot} lines={3} />
        <div className={css.row}>
          <State mark={stateMark(status)} />
          <ModelName shot={shot} />
        </div>
        <div className={css.row}>
          <span className={css.quiet}>
            {[takeWords(shot), broughtIn ? "brought in" : costWords(shot)].filter(Boolean).join(" · ")}
          </span>
          <CommentCount node={shot.node} title={shot.title} count={comments[shot.node] ?? 0} />
        </div>
      </div>
    </>
  );
}

function Title({ shot }: { shot: ShotFacts }) {
  const session = useSession();
  const mayEdit = useMay("editor");
  const own = useView((view) => view.seen?.doc.nodes[shot.node]?.title);
  const [editing, setEditing] = useState(false);
  if (editing) {
    return (
      <InPlace
        label="Title of the shot"
        value={own ?? shot.title}
        node={shot.node}
        param="title"
        onCommit={(value) => void setTitle(session, shot.node, value.trim())}
        onEnd={() => setEditing(false)}
      />
    );
  }
  return (
    <AriaButton className={`${tile.title} ${css.title}`} isDisabled={!mayEdit} onPress={() => setEditing(true)}>
      {own || shot.title}
    </AriaButton>
  );
}

function Steps({ shot }: { shot: ShotFacts }) {
  const { of, fixed, step, addAfter } = useBoard();
  const mayEdit = useMay("editor");
  const items: Items = [
    { id: "takes", title: "Show the takes", run: () => showTakes(shot.node, shot.take ?? undefined) },
    { id: "graph", title: "Show on the canvas", run: () => showInGraph([shot.node]) },
    { id: "comments", title: "Comments", run: () => open({ kind: "comments", node: shot.node }) },
    { id: "why", title: "Why this state", run: () => open({ kind: "why", node: shot.node }) },
    null,
    {
      id: "plan",
      title: "Generate a take",
      disabled: !mayEdit,
      run: () => open({ kind: "plan", scope: { kind: "node", nodes: [shot.node] } }),
    },
    { id: "add", title: "Add a shot after this one", disabled: !mayEdit, run: () => addAfter(shot) },
  ];
  return (
    <span className={css.steps}>
      <IconButton
        label={`Move ${shot.title} earlier`}
        chord="Alt+ArrowLeft"
        isDisabled={Boolean(fixed) || shot.rank === 0}
        onPress={() => step(keyOf(shot), -1)}
      >
        <ArrowLeft size={14} aria-hidden />
      </IconButton>
      <IconButton
        label={`Move ${shot.title} later`}
        chord="Alt+ArrowRight"
        isDisabled={Boolean(fixed) || shot.rank === of - 1}
        onPress={() => step(keyOf(shot), 1)}
      >
        <ArrowRight size={14} aria-hidden />
      </IconButton>
      <Menu
        label={`More for ${shot.title}`}
        items={items}
        trigger={
          <AriaButton className={css.more ?? ""} aria-label={`More for ${shot.title}`}>
            <MoreHorizontal size={14} aria-hidden />
          </AriaButton>
        }
      />
    </span>
  );
}

export function ModelName({ shot }: { shot: ShotFacts }) {
  const session = useSession();
  const mayEdit = useMay("editor");
  const bound = useView((view) => view.seen?.doc.nodes[shot.node]?.model ?? "");
  const shown = useModelTitle(bound || shot.model);
  if (!bindsModel(session.kinds, shot.kind)) return <span className={css.quiet}>{shown}</span>;
  return (
    <Button
      look="quiet"
      className={css.model}
      aria-label={`Model of ${shot.title}: ${shown || "none"}`}
      isDisabled={!mayEdit}
      onPress={() => open({ kind: "models", node: shot.node })}
    >
      {shown || "Choose a model"}
    </Button>
  );
}

export function CommentCount({ node, title, count }: { node: string; title: string; count: number }) {
  const words = count === 1 ? "1 open comment" : `${count} open comments`;
  return (
    <Button
      look="quiet"
      className={css.comments}
      aria-label={`${title}: ${count ? words : "no open comments"}`}
      onPress={() => open({ kind: "comments", node })}
    >
      <MessageSquare size={14} aria-hidden />
      {count > 0 && count}
    </Button>
  );
}
