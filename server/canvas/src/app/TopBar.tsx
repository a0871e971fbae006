import { Command, Redo2, Undo2 } from "lucide-react";
import { Suspense } from "react";
import { Link } from "wouter";
import { IconButton } from "../ui/Button";
import { Crash, Later } from "./Crash";
import { canvasPath, PLACE_WORDS, PLACES, type Place } from "./routes";
import { useMe, useSession, useView } from "./session";
import { open } from "./slots";
import css from "./TopBar.module.css";
import { redo, undo } from "./verbs";
import { BudgetBar, HostsMenu, MeMenu } from "./views";

/** Title, views, who is here, editors, budget, oneself. */
export function TopBar({ place }: { place: Place }) {
  const session = useSession();
  const title = useView((view) => view.seen?.doc.title ?? "");
  // What asks the bridge questions of its own lets the canvas go first.
  const loaded = useView((view) => view.seen !== null);
  const mayUndo = useView((view) => view.undo > 0);
  const mayRedo = useView((view) => view.redo > 0);
  return (
    <header className={css.bar}>
      <Link href="/" className={css.home} aria-label="All canvases">
        <img src="/favicon.svg" alt="" width={20} height={20} />
      </Link>
      <h1 className={css.title} title={title}>
        {title}
      </h1>
      <nav className={css.tabs} aria-label="Views">
        {PLACES.map((one) => (
          <Link
            key={one}
            href={canvasPath(session.id, one)}
            className={css.tab}
            aria-current={one === place ? "page" : undefined}
          >
            {PLACE_WORDS[one]}
          </Link>
        ))}
      </nav>
      <div className={css.tools}>
        <IconButton label="Undo" chord="Mod+Z" isDisabled={!mayUndo} onPress={() => void undo(session)}>
          <Undo2 size={16} aria-hidden />
        </IconButton>
        <IconButton label="Redo" chord="Mod+Shift+Z" isDisabled={!mayRedo} onPress={() => void redo(session)}>
          <Redo2 size={16} aria-hidden />
        </IconButton>
        <IconButton label="Go to or do" chord="Mod+K" onPress={() => open({ kind: "palette" })}>
          <Command size={16} aria-hidden />
        </IconButton>
        <LinkState />
        <Crash instead={<Later />}>
          <Suspense fallback={null}>
            <People />
            {loaded && (
              <>
                <HostsMenu />
                <BudgetBar />
              </>
            )}
            <MeMenu />
          </Suspense>
        </Crash>
      </div>
    </header>
  );
}

/** Says when the bridge is not heard; nothing while all is well. */
function LinkState() {
  const link = useView((view) => view.link);
  // The place is there before its words: only then are they read aloud.
  return (
    <span className={css.away} role="status">
      {link !== "connected" && (link === "away" ? "Bridge not heard; this page goes on by itself" : "Connecting")}
    </span>
  );
}

/** Who else is on this canvas. */
function People() {
  const present = useView((view) => view.present);
  const me = useMe();
  if (present.length === 0) return null;
  return (
    <ul className={css.people} aria-label="Also here">
      {present.slice(0, 5).map((one) => (
        <li key={one.client} title={one.name || "Somebody"} className={css.person} data-self={one.name === me.name}>
          {(one.name || "?").slice(0, 2)}
          <span className="visually-hidden">{one.name}</span>
        </li>
      ))}
      {present.length > 5 && <li className={css.person}>+{present.length - 5}</li>}
    </ul>
  );
}
