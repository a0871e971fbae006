import { useDeferredValue, useEffect } from "react";
import { Notice } from "../ui/Notice";
import { FilterBar } from "./FilterBar";
import { isFiltered, NO_FILTERS } from "./filter";
import { Grid } from "./Grid";
import { Head } from "./Head";
import { Large } from "./Large";
import { usePinners } from "./pinners";
import { Questions } from "./Questions";
import { useDeck } from "./Stage";
import css from "./Tray.module.css";
import { resetTray, useTray } from "./tray-state";
import { useTakes } from "./useTakes";
import { useTrayVerbs } from "./useTrayVerbs";
import { Viewer } from "./Viewer";

const TILE = 184;
const LARGE_TILE = 320;

/** Every take across every node: tiles with a viewer, comparisons, and culling. */
export function TraysView() {
  const takes = useTakes();
  const deck = useDeck();
  const state = useTray();
  usePinners();
  useEffect(() => resetTray, []);
  const verbs = useTrayVerbs(takes, deck);
  const { found, filters } = takes;
  const entry = takes.ringed;
  // The tiles stand and the ring moves first; the large picture and what is written about it follow.
  const late = useDeferredValue(entry, undefined);
  const tiles = state.looking === "grid" || state.looking === "sheet";

  return (
    <div
      className={`${css.view} ${state.looking === "cull" ? css.full : ""}`}
      data-verbs
      data-looking={state.looking}
      data-busy={takes.busy}
    >
      <Head
        found={found}
        filters={filters}
        scope={takes.scope}
        selected={takes.selected}
        nodeTitle={takes.nodeTitle}
        setScope={takes.setScope}
        setFilters={takes.setFilters}
        verbs={verbs}
      />
      {tiles && (
        <FilterBar
          filters={filters}
          found={found}
          titles={takes.titles}
          nodeTitle={takes.nodeTitle}
          onChange={takes.setFilters}
        />
      )}
      {found.shown.length === 0 ? (
        <div className={css.empty}>
          <Nothing any={takes.any} filtered={isFiltered(filters)} clear={() => takes.setFilters(NO_FILTERS)} />
        </div>
      ) : tiles ? (
        <div className={css.body}>
          <Grid
            entries={found.shown}
            titles={takes.titles}
            ring={takes.ring}
            at={found.at(takes.ringed)}
            picked={state.picked}
            least={state.looking === "sheet" ? LARGE_TILE : TILE}
            label={`Takes, ${found.shown.length}`}
            onRing={takes.setRing}
            onPick={verbs.pick}
            onOpen={verbs.open}
          />
          {state.looking === "grid" && !late && <aside className={css.side} />}
          {state.looking === "grid" && entry && late && (
            <Viewer
              entry={late}
              found={found}
              entryOf={takes.entryOf}
              titles={takes.titles}
              deck={deck}
              verbs={verbs}
            />
          )}
        </div>
      ) : (
        <Large takes={takes} deck={deck} verbs={verbs} />
      )}
      <Questions />
    </div>
  );
}

function Nothing({ any, filtered, clear }: { any: boolean; filtered: boolean; clear(): void }) {
  if (any && filtered) {
    return <Notice title="No take fits these filters." action={{ title: "Clear filters", run: clear }} />;
  }
  if (any) return <Notice title="Every take here is hidden.">Choose “Hidden” above to see them.</Notice>;
  return <Notice title="No takes yet.">Generate a node, or bring in a reference, and its takes appear here.</Notice>;
}
