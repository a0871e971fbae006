import { useCallback, useMemo, useState } from "react";
import { useVerbs } from "../app/keys";
import { useMay, useSelection, useSession } from "../app/session";
import { open } from "../app/slots";
import { Button } from "../ui/Button";
import { Notice, ProblemNotice } from "../ui/Notice";
import page from "../ui/Page.module.css";
import { attempt } from "../ui/toasts";
import type { ShotFacts } from "../wire/api.gen";
import { Animatic } from "./Animatic";
import css from "./Board.module.css";
import { BoardBar } from "./BoardBar";
import { Cards } from "./Cards";
import { keyOf } from "./films";
import { stepped } from "./order";
import { PaperDialog } from "./PaperDialog";
import { reelOf } from "./reel";
import { addShotOps, freshId, newFilmOps, withoutTake } from "./shotOps";
import { useCommentCounts } from "./useComments";
import { useFilm } from "./useFilm";
import { useOrder } from "./useOrder";
import { useShots } from "./useShots";

const WIDTH_KEY = "takebridge.board.width";
const NONE: readonly ShotFacts[] = [];

/** The film as cards in its order: look at it, change it, put it into another order, print it, play it. */
export function BoardView() {
  const session = useSession();
  const mayEdit = useMay("editor");
  const { films, film, choose } = useFilm();
  const { data, problem, again } = useShots(film?.id ?? null);
  const comments = useCommentCounts();
  const [width, setWidth] = useState(() => Number(localStorage.getItem(WIDTH_KEY)) || 300);
  const [paper, setPaper] = useState(false);
  const [playing, setPlaying] = useState<{ from: number } | null>(null);
  const [now, setNow] = useState<string | null>(null);
  const { shown, order } = useOrder(film?.id ?? null, data ?? NONE, again);
  const reel = useMemo(() => reelOf(shown), [shown]);
  const missing = useMemo(() => [...new Set(shown.filter((one) => !one.take).map((one) => one.node))], [shown]);
  const fixed = !mayEdit
    ? "Changing the order needs the role editor."
    : film
      ? ""
      : "No export orders these shots yet.";

  const add = useCallback(
    async (after: ShotFacts | undefined) => {
      const doc = session.store.getState().seen?.doc;
      if (!doc) return;
      const node = freshId("node");
      const ops = addShotOps(doc, session.kinds, film?.id ?? null, after, node);
      if (await attempt(() => session.commit(ops))) useSelection.getState().select([node]);
    },
    [session, film?.id],
  );
  const makeFilm = async () => {
    const doc = session.store.getState().seen?.doc;
    if (!doc) return;
    const id = freshId("node");
    if (await attempt(() => session.commit(newFilmOps(doc, session.kinds, shown, id)))) choose(id);
  };
  const generate = () => {
    const doc = session.store.getState().seen?.doc;
    if (!doc) return;
    open({ kind: "plan", scope: { kind: "node", nodes: withoutTake(doc, session.kinds, missing) } });
  };
  const chosen = () => {
    const nodes = new Set(useSelection.getState().nodes);
    return shown.filter((shot) => nodes.has(shot.node));
  };
  const step = (by: -1 | 1) => order(stepped(shown.map(keyOf), new Set(chosen().map(keyOf)), by));
  const width_ = (next: number) => {
    setWidth(next);
    localStorage.setItem(WIDTH_KEY, String(next));
  };
  const play = () => {
    const first = chosen()[0];
    setPlaying({ from: first ? (reel.beats.find((beat) => beat.shot.wire === first.wire)?.start ?? 0) : 0 });
  };

  const stop = () => {
    setPlaying(null);
    setNow(null);
  };

  useVerbs([
    {
      id: "board.earlier",
      title: "Move the selected shots earlier",
      keys: ["Alt+ArrowLeft", "Alt+ArrowUp"],
      group: "Storyboard",
      enabled: !fixed && !playing,
      run: () => step(-1),
    },
    {
      id: "board.later",
      title: "Move the selected shots later",
      keys: ["Alt+ArrowRight", "Alt+ArrowDown"],
      group: "Storyboard",
      enabled: !fixed && !playing,
      run: () => step(1),
    },
    {
      id: "board.add",
      title: "Add a shot after the selected one",
      keys: ["Shift+A"],
      group: "Storyboard",
      enabled: mayEdit,
      run: () => void add(chosen().at(-1) ?? shown.at(-1)),
    },
    {
      id: "board.play",
      title: "Play as animatic",
      keys: ["Shift+P"],
      group: "Storyboard",
      enabled: shown.length > 0 && !playing,
      run: play,
    },
    {
      id: "board.paper",
      title: "Export the storyboard as PDF",
      keys: ["Mod+P"],
      group: "Storyboard",
      enabled: shown.length > 0,
      run: () => setPaper(true),
    },
    {
      id: "board.generate",
      title: "Generate those without a take",
      group: "Storyboard",
      enabled: mayEdit && missing.length > 0,
      run: generate,
    },
  ]);

  if (problem && !data)
    return <ProblemNotice problem={problem} action={{ title: "Try again", run: () => void again() }} />;
  return (
    <section className={page.view} aria-label="Storyboard">
      <BoardBar
        films={films}
        film={film}
        onFilm={choose}
        reel={reel}
        missing={missing.length}
        width={width}
        onWidth={width_}
        onGenerate={generate}
        onPaper={() => setPaper(true)}
        onPlay={play}
        onAdd={() => void add(chosen().at(-1) ?? shown.at(-1))}
      />
      {problem && (
        <p className={css.said} role="alert">
          {problem.message} {problem.hint}
          <Button onPress={() => void again()}>Try again</Button>
        </p>
      )}
      {!film && shown.length > 0 && (
        <div className={css.said}>
          No export orders these shots yet; they are shown by the numbers of their titles.
          <Button isDisabled={!mayEdit} onPress={() => void makeFilm()}>
            Make a film of them
          </Button>
        </div>
      )}
      {playing && <Animatic reel={reel} film={film?.id ?? null} from={playing.from} onShot={setNow} onClose={stop} />}
      {!data ? (
        <p className={css.waiting} role="status">
          Reading the shots.
        </p>
      ) : shown.length ? (
        <Cards
          shots={shown}
          comments={comments}
          width={width}
          fixed={fixed}
          playing={now}
          onOrder={order}
          onAddAfter={(shot) => void add(shot)}
        />
      ) : (
        <Empty mayEdit={mayEdit} onAdd={() => void add(undefined)} />
      )}
      {paper && <PaperDialog film={film} count={shown.length} onClose={() => setPaper(false)} />}
    </section>
  );
}

function Empty({ mayEdit, onAdd }: { mayEdit: boolean; onAdd(): void }) {
  return (
    <Notice
      title="There are no shots yet."
      action={mayEdit ? { title: "Start from a template", run: () => open({ kind: "templates" }) } : undefined}
    >
      <p>
        A shot is a node that makes a picture or a film, wired into an export or a storyboard. The order of the wires is
        the order of the film.
      </p>
      <p className={css.first}>
        {mayEdit ? <Button onPress={onAdd}>Add a first shot</Button> : "Adding shots needs the role editor."}
      </p>
    </Notice>
  );
}
