import { Suspense, useEffect, useMemo, useState } from "react";
import { useLocation } from "wouter";
import type { Kinds } from "../canvas/model";
import { CanvasSession } from "../canvas/store";
import { Loading, Notice, ProblemNotice } from "../ui/Notice";
import { takeAhead } from "../wire/ahead";
import { answered, api, got } from "../wire/http";
import { stillSignedIn } from "../wire/served";
import { Alone } from "./Alone";
import css from "./CanvasPage.module.css";
import { Crash, Later } from "./Crash";
import { Overlays } from "./Overlays";
import { canvasPath, PLACES, type Place } from "./routes";
import { CanvasContext, useMe, useSession, useView } from "./session";
import { provideNavigation } from "./slots";
import { TopBar } from "./TopBar";
import { useAppVerbs } from "./verbs";
import {
  BoardView,
  CutView,
  GraphView,
  Inspector,
  MoneyView,
  QueueDrawer,
  ReferencesView,
  ShotsView,
  TrayStrip,
  TraysView,
} from "./views";

/** How to ask for the kinds of nodes; the first time they may be on their way already. */
function kindsFrom(coming: Promise<Response> | undefined): () => Promise<Kinds> {
  let first = coming;
  return async () => {
    const answer = first;
    first = undefined;
    return answer ? answered<Kinds>(answer) : ((await got(api.GET("/api/kinds"))) as unknown as Kinds);
  };
}

/** One canvas, open: the connection, and the view of the address. */
export function CanvasPage({ canvas, place }: { canvas: string; place?: string | undefined }) {
  const me = useMe();
  const [session, setSession] = useState<CanvasSession | null>(null);
  useEffect(() => {
    const ahead = takeAhead(canvas);
    const opened = new CanvasSession(canvas, kindsFrom(ahead?.kinds), me.name, stillSignedIn, ahead);
    setSession(opened);
    return () => opened.close();
  }, [canvas, me.name]);

  if (!session) return <Loading />;
  const shown = PLACES.find((one) => one === place) ?? "graph";
  return (
    <CanvasContext.Provider value={session}>
      <Opened place={shown} />
    </CanvasContext.Provider>
  );
}

function Opened({ place }: { place: Place }) {
  const [, navigate] = useLocation();
  const link = useView((view) => view.link);
  const problem = useView((view) => view.problem);
  const loaded = useView((view) => view.seen !== null);
  const title = useView((view) => view.seen?.doc.title ?? "");
  const { id } = useSession();
  useEffect(() => provideNavigation((next) => navigate(canvasPath(id, next))), [navigate, id]);
  useEffect(() => {
    document.title = title ? `${title} · TakeBridge` : "TakeBridge";
  }, [title]);
  useAppVerbs(place);

  if (link === "ended") {
    return (
      <Alone>
        <Notice title="Your session has ended." action={{ title: "Sign in", run: () => location.assign("/") }}>
          Nothing you did is lost. Ask for a new link, or open the canvas from TakeBridge again.
        </Notice>
      </Alone>
    );
  }
  if (problem && !loaded) {
    return (
      <Alone>
        <ProblemNotice problem={problem} action={{ title: "All canvases", run: () => location.assign("/") }} />
      </Alone>
    );
  }
  return (
    <div className={css.page}>
      <TopBar place={place} />
      <Suspense fallback={<main className={css.main} aria-busy />}>
        {loaded ? <Shown place={place} /> : <main className={css.main} aria-busy />}
      </Suspense>
      <Suspense fallback={<div className={css.foot} />}>
        <Crash instead={<Later />}>{loaded ? <QueueDrawer /> : <div className={css.foot} />}</Crash>
      </Suspense>
      <Overlays />
    </div>
  );
}

const SIDE: ReadonlySet<Place> = new Set<Place>(["graph", "board", "shots", "cut"]);

function Shown({ place }: { place: Place }) {
  const View = useMemo(
    () =>
      ({
        graph: GraphView,
        takes: TraysView,
        cut: CutView,
        board: BoardView,
        shots: ShotsView,
        references: ReferencesView,
        money: MoneyView,
      })[place],
    [place],
  );
  return (
    <div className={css.body}>
      <main className={css.main}>
        <Crash key={place}>
          <View />
        </Crash>
      </main>
      {SIDE.has(place) && (
        <aside className={css.side} aria-label="Selection">
          <Crash instead={<Later />}>
            <Inspector />
            <TrayStrip />
          </Crash>
        </aside>
      )}
    </div>
  );
}
