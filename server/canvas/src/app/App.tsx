import { Suspense, useCallback, useEffect, useState } from "react";
import { Route, Switch } from "wouter";
import { Button } from "../ui/Button";
import { Loading, Notice, ProblemNotice } from "../ui/Notice";
import { Toasts } from "../ui/toasts";
import { takeSession } from "../wire/ahead";
import { answered, onRefusal, send } from "../wire/http";
import { forgetUrls } from "../wire/media";
import { asProblem, type Problem } from "../wire/problem";
import { useServed } from "../wire/served";
import { Alone } from "./Alone";
import css from "./App.module.css";
import { CanvasPage } from "./CanvasPage";
import { Crash } from "./Crash";
import { listenToKeys } from "./keys";
import { Outside } from "./Outside";
import { type Me, MeContext } from "./session";
import { Home, Join, People, SignIn } from "./views";

type Who = { me: Me } | { signedOut: true } | { problem: Problem } | null;

/** Who am I? A key in the fragment is swapped for a session first, and taken out of the address. */
async function whoAmI(): Promise<Who> {
  const key = new URLSearchParams(location.hash.slice(1)).get("key");
  if (key) {
    history.replaceState(null, "", location.pathname + location.search);
    try {
      return { me: await session("POST", { key }) };
    } catch (thrown) {
      // A key works once; who is signed in already needs none.
      const problem = asProblem(thrown);
      return await whoIsSignedIn().then((who) => (who && "me" in who ? who : { problem }));
    }
  }
  return whoIsSignedIn();
}

async function whoIsSignedIn(): Promise<Who> {
  try {
    const asked = takeSession();
    return { me: await (asked ? answered<Me>(asked) : session("GET")) };
  } catch (thrown) {
    const problem = asProblem(thrown);
    return problem.status === 401 ? { signedOut: true } : { problem };
  }
}

async function session(method: string, body?: object): Promise<Me> {
  const sent = body ? JSON.stringify(body) : undefined;
  const answer = await send(method, "/api/session", sent, body ? { "Content-Type": "application/json" } : {});
  return (await answer.json()) as Me;
}

export function App() {
  const [who, setWho] = useState<Who>(null);
  const ask = useCallback(() => void whoAmI().then(setWho), []);
  useEffect(ask, [ask]);
  useEffect(() => listenToKeys(), []);
  useEffect(() => {
    return onRefusal((problem) => {
      if (problem.status !== 401) return;
      forgetUrls();
      setWho((before) => (before && "me" in before ? { signedOut: true } : before));
    });
  }, []);

  return (
    <Crash>
      <Suspense fallback={<Loading />}>
        <Switch>
          <Route path="/join">
            <Join onJoined={ask} />
          </Route>
          <Route>
            <Door who={who} ask={ask} />
          </Route>
        </Switch>
      </Suspense>
      <Toasts />
    </Crash>
  );
}

function Door({ who, ask }: { who: Who; ask(): void }) {
  if (who === null) return <Loading />;
  if ("problem" in who) {
    return (
      <Alone>
        <ProblemNotice problem={who.problem} action={{ title: "Try again", run: ask }} />
      </Alone>
    );
  }
  if ("signedOut" in who) return <SignIn onSignedIn={ask} />;
  return (
    <MeContext.Provider value={who.me}>
      <UpdateNotice page={who.me.page} />
      <Switch>
        <Route path="/">
          <Home />
          <Outside />
        </Route>
        <Route path="/people">
          <People />
          <Outside />
        </Route>
        <Route path="/c/:canvas/:place?">{(params) => <CanvasPage key={params.canvas} {...params} />}</Route>
        <Route>
          <Alone>
            <Notice
              title="There is no such page."
              action={{ title: "All canvases", run: () => location.assign("/") }}
            />
          </Alone>
        </Route>
      </Switch>
    </MeContext.Provider>
  );
}

/** The build this page came from: the name of its script. */
let loadedPage: string | null = null;

/** Says when the bridge serves another page than this one: it was updated while the tab was open. */
function UpdateNotice({ page }: { page: string }) {
  loadedPage ??= page;
  const served = useServed((known) => known.page) || page;
  if (!served || served === loadedPage) return null;
  return (
    <div className={css.update} role="status">
      TakeBridge was updated while this page was open.
      <Button onPress={() => location.reload()}>Reload</Button>
    </div>
  );
}
