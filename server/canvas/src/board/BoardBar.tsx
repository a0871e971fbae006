import { FileDown, Play, Plus, Sparkles } from "lucide-react";
import { useMay } from "../app/session";
import { Button } from "../ui/Button";
import { Select, Slider } from "../ui/Field";
import page from "../ui/Page.module.css";
import css from "./Board.module.css";
import type { Film } from "./films";
import type { Reel } from "./reel";
import { runningWords } from "./reel";

interface FilmProps {
  films: readonly Film[];
  film: Film | null;
  onFilm(id: string): void;
}

/** Which film: exports and storyboards. One film, or none, is only said. */
export function FilmChoice({ films, film, onFilm }: FilmProps) {
  if (films.length < 2) return <h2 className={css.film}>{film?.title ?? "All shots"}</h2>;
  return (
    <div className={css.choice}>
      <Select
        label="Film"
        quiet
        choices={films.map((one) => ({
          id: one.id,
          title: one.title,
          about: `${one.kind === "nle_export" ? "export" : "storyboard"}, ${one.shots} ${one.shots === 1 ? "shot" : "shots"}`,
        }))}
        value={film?.id ?? null}
        onChange={onFilm}
      />
    </div>
  );
}

interface Props extends FilmProps {
  reel: Reel;
  missing: number;
  width: number;
  onWidth(width: number): void;
  onGenerate(): void;
  onPaper(): void;
  onPlay(): void;
  onAdd(): void;
}

/** Counts and lengths on the left, what can be done on the right. */
export function BoardBar({ reel, missing, width, onWidth, onGenerate, onPaper, onPlay, onAdd, ...film }: Props) {
  const mayEdit = useMay("editor");
  const count = reel.beats.length;
  return (
    <div className={page.bar}>
      <FilmChoice {...film} />
      <p className={page.facts}>{factsWords(reel, missing)}</p>
      <div className={css.size}>
        <Slider label="Card size" value={width} onChange={onWidth} minValue={200} maxValue={520} step={20} />
      </div>
      <Button onPress={onAdd} isDisabled={!mayEdit}>
        <Plus size={14} aria-hidden />
        Add a shot
      </Button>
      <Button onPress={onGenerate} isDisabled={missing === 0 || !mayEdit}>
        <Sparkles size={14} aria-hidden />
        Generate those without a take
      </Button>
      <Button onPress={onPaper} isDisabled={count === 0}>
        <FileDown size={14} aria-hidden />
        Export PDF
      </Button>
      <Button onPress={onPlay} isDisabled={count === 0}>
        <Play size={14} aria-hidden />
        Play as animatic
      </Button>
    </div>
  );
}

/** `6 shots · 15 s 00 f · 2 without a take`; where lengths are missing, how many. */
export function factsWords(reel: Reel, missing: number): string {
  const known = reel.beats.filter((beat) => !beat.guessed).reduce((sum, beat) => sum + beat.end - beat.start, 0);
  const { length } = reel.beats;
  const running = reel.unknown
    ? `at least ${runningWords(known, reel.rate)}, ${reel.unknown} of unknown length`
    : runningWords(known, reel.rate);
  const all = [
    `${length} ${length === 1 ? "shot" : "shots"}`,
    length ? running : "",
    missing ? `${missing} without a take` : "",
  ];
  return all.filter(Boolean).join(" · ");
}
