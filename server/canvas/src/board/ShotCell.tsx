import { useEffect, useState } from "react";
import { useMay, useSession, useView } from "../app/session";
import { open, showInGraph, showTakes } from "../app/slots";
import { useModelTitle } from "../canvas/modelTitles";
import { money, stateMark } from "../canvas/words";
import { Poster } from "../ui/Media";
import { State } from "../ui/State";
import { setParam, setTitle } from "./edits";
import { InPlace } from "./InPlace";
import { lengthTyped, typedLength } from "./lengths";
import { bindsModel, ratingOf } from "./marks";
import { askedLength, briefly, ownPrompt } from "./prompts";
import { rateOfWords } from "./reel";
import css from "./Shots.module.css";
import type { Column, Line } from "./shotTable";
import { usePrice } from "./usePrice";

/** The cell something is done with, by its row in sight. */
export interface Act {
  row: number;
  column: Column;
}

interface Props {
  line: Line;
  column: Column;
  /** Somebody pressed Enter on it, or twice. */
  acting: boolean;
  onEnd(): void;
}

/** What a cell shows; words of the shot's own become a field, the others lead to where they are changed. */
export function ShotCell({ line, column, acting, onEnd }: Props) {
  const { shot } = line;
  const mayEdit = useMay("editor");
  const editable = mayEdit && (column === "title" || column === "prompt" || column === "duration");
  useEffect(() => {
    if (!acting || editable) return;
    if (column === "model" && mayEdit) open({ kind: "models", node: shot.node });
    else if (column === "state") open({ kind: "why", node: shot.node });
    else if (column === "comments") open({ kind: "comments", node: shot.node });
    else if (column === "still" || column === "take" || column === "rating")
      showTakes(shot.node, shot.take ?? undefined);
    else if (column === "number" || column === "scene") showInGraph([shot.node]);
    onEnd();
  }, [acting, editable, column, mayEdit, shot.node, shot.take, onEnd]);
  if (acting && editable) return <Field line={line} column={column} onEnd={onEnd} />;
  return <Shown line={line} column={column} />;
}

function Field({ line, column, onEnd }: Omit<Props, "acting">) {
  const session = useSession();
  const { shot } = line;
  const node = useView((view) => view.seen?.doc.nodes[shot.node]);
  const prompt = ownPrompt(node, session.kinds);
  const asked = askedLength(node, session.kinds);
  const none = (column === "prompt" && prompt === null) || (column === "duration" && asked === null);
  useEffect(() => {
    if (none) onEnd();
  }, [none, onEnd]);
  const common = { node: shot.node, onEnd };
  if (column === "title") {
    const save = (value: string) => void setTitle(session, shot.node, value.trim());
    return <InPlace {...common} label="Title of the shot" param="title" value={node?.title ?? ""} onCommit={save} />;
  }
  if (column === "prompt" && prompt !== null) {
    const save = (value: string) => void setParam(session, shot.node, "prompt", value);
    return (
      <InPlace {...common} label={`Prompt of ${shot.title}`} param="prompt" rows={2} value={prompt} onCommit={save} />
    );
  }
  if (column === "duration" && asked !== null) {
    const save = (value: string) => {
      const typed = typedLength(value, rateOfWords(shot.length.rate));
      if (typed === null) return "Type seconds, or 3 s 08 f.";
      void setParam(session, shot.node, "duration_ms", typed);
      return undefined;
    };
    return (
      <InPlace
        {...common}
        label={`Duration of ${shot.title}, in seconds`}
        param="duration_ms"
        value={lengthTyped(asked)}
        onCommit={save}
      />
    );
  }
  return <Shown line={line} column={column} />;
}

function Shown({ line, column }: { line: Line; column: Column }) {
  const session = useSession();
  const model = useModelTitle(line.model);
  const { shot } = line;
  switch (column) {
    case "number":
      return <span className={css.number}>{shot.rank + 1}</span>;
    case "still":
      return <Still line={line} />;
    case "title":
      return <span className={css.title}>{shot.title}</span>;
    case "scene":
      return <span className={css.words}>{shot.scene}</span>;
    case "prompt":
      return (
        <span className={css.words} title={shot.prompt}>
          {briefly(shot) || <span className={css.none}>No words yet</span>}
        </span>
      );
    case "duration":
      return <span>{shot.length.words || "unknown"}</span>;
    case "model":
      return <span className={css.one}>{model || (bindsModel(session.kinds, shot.kind) ? "none chosen" : "")}</span>;
    case "state":
      return <State mark={stateMark(line.state)} />;
    case "take":
      return <span>{shot.take_number === null ? "none" : `${shot.take_number} of ${Math.max(1, shot.takes)}`}</span>;
    case "rating": {
      const rating = ratingOf(shot);
      return <span>{rating ? `${rating.glyph} ${rating.word}` : ""}</span>;
    }
    case "cost":
      return <span>{line.spent === 0 ? (shot.takes ? "free" : "") : money(line.spent, shot.currency)}</span>;
    case "price":
      return <Price line={line} />;
    case "who":
      return <span className={css.one}>{line.who}</span>;
    case "comments":
      return <span>{line.comments || ""}</span>;
  }
}

function Still({ line }: { line: Line }) {
  const take = useView((view) => (line.shot.take ? view.seen?.doc.takes[line.shot.take] : undefined));
  const label = take ? `Still of ${line.shot.title}` : "No take yet";
  return <Poster take={take} label={label} className={css.still} />;
}

function Price({ line }: { line: Line }) {
  const session = useSession();
  const [settled, setSettled] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(true), 300);
    return () => clearTimeout(timer);
  }, []);
  const fp = useView((view) => view.seen?.states[line.shot.node]?.expected_fp ?? "");
  const bound = bindsModel(session.kinds, line.shot.kind) && line.model !== "";
  const words = usePrice(settled && bound ? { canvas: session.id, node: line.shot.node, model: line.model, fp } : null);
  return <span className={css.one}>{bound ? words : ""}</span>;
}
