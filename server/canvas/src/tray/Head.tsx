import { Columns2, Grid3x3, LayoutGrid, ListChecks } from "lucide-react";
import { memo } from "react";
import { Button, Toggle } from "../ui/Button";
import { Switch } from "../ui/Field";
import { progressWords } from "./cull";
import { NO_RATING, toggled } from "./filter";
import css from "./Head.module.css";
import { advances, setTray, useTray } from "./tray-state";
import type { useTakes } from "./useTakes";
import type { TrayDoing } from "./useTrayVerbs";

type Takes = ReturnType<typeof useTakes>;

interface Props
  extends Pick<Takes, "found" | "filters" | "scope" | "selected" | "nodeTitle" | "setScope" | "setFilters"> {
  verbs: TrayDoing;
}

/** Whose takes, how many, and how they are looked at. */
export const Head = memo(function Head(props: Props) {
  const { found, filters, scope, selected, nodeTitle, setScope, setFilters, verbs } = props;
  const state = useTray();
  const { judged } = found;
  const unrated = filters.rating.includes(NO_RATING);
  const one = selected.length === 1 ? nodeTitle(selected[0] ?? "") : undefined;
  return (
    <header className={css.head}>
      <h2 className={css.title}>
        Takes <span className={css.count}>{found.shown.length}</span>
      </h2>
      {selected.length > 0 && (
        <div className={css.group} role="toolbar" aria-label="Whose takes">
          <Toggle label="All nodes, every take" isSelected={scope === "all"} onChange={() => setScope("all")}>
            All nodes
          </Toggle>
          <Toggle
            label={`${one ?? `${selected.length} nodes`}, the selection`}
            isSelected={scope === "selected"}
            onChange={() => setScope("selected")}
          >
            {one ?? `${selected.length} nodes`}
          </Toggle>
        </div>
      )}
      <span className={css.room} />
      {state.looking === "cull" && (
        <>
          <span className={css.progress} role="status">
            {progressWords(judged.done, judged.all)} judged
            <progress max={Math.max(1, judged.all)} value={judged.done} aria-label="Judged" />
          </span>
          <Switch
            isSelected={unrated}
            onChange={() => setFilters({ ...filters, rating: toggled(filters.rating, NO_RATING) })}
          >
            Only unrated
          </Switch>
        </>
      )}
      <Switch isSelected={advances(state)} onChange={(advance) => setTray({ advance })}>
        Advance after rating
      </Switch>
      <div className={css.group} role="toolbar" aria-label="Look at takes as">
        <Toggle label="Tiles and viewer" isSelected={state.looking === "grid"} onChange={() => verbs.look("grid")}>
          <Grid3x3 size={16} aria-hidden /> Tiles
        </Toggle>
        <Toggle
          label="Contact sheet"
          chord="N"
          isSelected={state.looking === "sheet"}
          onChange={() => verbs.look("sheet")}
        >
          <LayoutGrid size={16} aria-hidden /> Sheet
        </Toggle>
        <Toggle
          label="Compare"
          chord="C"
          isSelected={state.looking === "compare"}
          onChange={() => verbs.look("compare")}
        >
          <Columns2 size={16} aria-hidden /> Compare
        </Toggle>
        <Toggle
          label="Cull: one after the other"
          chord="F"
          isSelected={state.looking === "cull"}
          onChange={() => verbs.look("cull")}
        >
          <ListChecks size={16} aria-hidden /> Cull
        </Toggle>
      </div>
      {state.looking === "cull" && <Button onPress={() => verbs.look("grid")}>Done</Button>}
    </header>
  );
});
