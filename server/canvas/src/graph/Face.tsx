import { face, type Take } from "../canvas/model";
import { Poster } from "../ui/Media";
import type { Facts } from "./Card";
import css from "./Card.module.css";
import { useWords } from "./useWords";
import { Waveform } from "./Waveform";

/** What a node shows: its pinned take's picture, sound or words; without one, what was asked for. */
export function Face({ facts, scrub }: { facts: Facts; scrub: boolean }) {
  const { node, takes } = facts;
  const take = takes.find((one) => one.id === node.pin);
  const type = take && face(take)?.type;
  if (take && (type === "video" || type === "image")) {
    return <Poster take={take} label="" scrub={scrub} className={css.face} />;
  }
  if (take && type === "audio") return <Waveform take={take} />;
  if (take && type === "text") return <Words take={take} />;
  const asked = node.params["prompt"];
  return (
    <div className={css.words} data-asked="">
      {typeof asked === "string" && asked ? asked.slice(0, 240) : take ? Object.keys(take.outputs).join(", ") : ""}
    </div>
  );
}

function Words({ take }: { take: Take }) {
  return <div className={css.words}>{useWords(take)}</div>;
}
