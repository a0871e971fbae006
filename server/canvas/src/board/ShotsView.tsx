import { ClipboardCopy, Columns3, FileDown, Search } from "lucide-react";
import { useMemo, useState } from "react";
import { Dialog, DialogTrigger, Input, Popover, SearchField } from "react-aria-components";
import { useVerbs } from "../app/keys";
import { useSelection, useSession, useView } from "../app/session";
import { open } from "../app/slots";
import { Button } from "../ui/Button";
import { Checkbox } from "../ui/Checkbox";
import field from "../ui/Field.module.css";
import menu from "../ui/Menu.module.css";
import { Notice, ProblemNotice } from "../ui/Notice";
import page from "../ui/Page.module.css";
import { attempt, done } from "../ui/toasts";
import { FilmChoice } from "./BoardBar";
import { csvOf, tsvOf } from "./cells";
import { useColumns } from "./columns";
import { keep } from "./paper";
import { fileName } from "./paperWords";
import { ShotGrid } from "./ShotGrid";
import css from "./Shots.module.css";
import { COLUMNS, filtered, linesOf, rowsOf, type Sort, sorted } from "./shotTable";
import { useCommentCounts } from "./useComments";
import { useFilm } from "./useFilm";
import { useShots } from "./useShots";

/** The shot list: every shot of the film a row. Sorting and filtering are for looking; the film stays as it is. */
export function ShotsView() {
  const session = useSession();
  const { films, film, choose } = useFilm();
  const { data, problem, again } = useShots(film?.id ?? null);
  const comments = useCommentCounts();
  const doc = useView((view) => view.seen?.doc);
  const states = useView((view) => view.seen?.states);
  const [text, setText] = useState("");
  const [sort, setSort] = useState<Sort | null>(null);
  const { shown, show } = useColumns();
  const all = useMemo(
    () => (data && doc && states ? linesOf(data, doc, states, comments) : []),
    [data, doc, states, comments],
  );
  const lines = useMemo(() => sorted(filtered(all, text), sort), [all, text, sort]);

  const picked = () => {
    const nodes = new Set(useSelection.getState().nodes);
    const chosen = lines.filter((line) => nodes.has(line.shot.node));
    return chosen.length ? chosen : lines;
  };
  const copy = async () => {
    const rows = picked();
    const copied = await attempt(async () => {
      await navigator.clipboard.writeText(tsvOf(rowsOf(rows, shown)));
      return true;
    });
    if (copied) done(rows.length === 1 ? "Copied 1 row." : `Copied ${rows.length} rows.`);
  };
  const download = () => {
    const rows = rowsOf(lines, shown);
    keep(fileName(`${doc?.title ?? ""} shots`, "csv"), new Blob([csvOf(rows)], { type: "text/csv;charset=utf-8" }));
  };
  useVerbs([
    {
      id: "shots.copy",
      title: "Copy the rows, for a spreadsheet",
      keys: ["Mod+C"],
      group: "Shots",
      enabled: lines.length > 0,
      run: () => void copy(),
    },
    {
      id: "shots.order",
      title: "Sort as in the film",
      group: "Shots",
      enabled: sort !== null,
      run: () => setSort(null),
    },
  ]);

  if (problem && !data)
    return <ProblemNotice problem={problem} action={{ title: "Try again", run: () => void again() }} />;
  return (
    <section className={page.view} aria-label="Shots">
      <div className={page.bar}>
        <FilmChoice films={films} film={film} onFilm={choose} />
        <SearchField aria-label="Filter the shots" value={text} onChange={setText} className={page.search ?? ""}>
          <Search size={14} aria-hidden />
          <Input className={field.input ?? ""} placeholder="Filter by any word" />
        </SearchField>
        <p className={page.facts} role="status">
          {text ? `${lines.length} of ${all.length} shots` : `${all.length} ${all.length === 1 ? "shot" : "shots"}`}
        </p>
        {sort && (
          <Button look="quiet" onPress={() => setSort(null)}>
            Sort as in the film
          </Button>
        )}
        <DialogTrigger>
          <Button>
            <Columns3 size={14} aria-hidden />
            Columns
          </Button>
          <Popover className={menu.popover ?? ""}>
            <Dialog aria-label="Columns" className={css.columns ?? ""}>
              {COLUMNS.map((one) => (
                <Checkbox
                  key={one.id}
                  isSelected={shown.includes(one.id)}
                  isDisabled={"fixed" in one}
                  onChange={(is) => show(one.id, is)}
                >
                  {one.title === "#" ? "Number" : one.title}
                </Checkbox>
              ))}
            </Dialog>
          </Popover>
        </DialogTrigger>
        <Button onPress={() => void copy()} isDisabled={lines.length === 0}>
          <ClipboardCopy size={14} aria-hidden />
          Copy rows
        </Button>
        <Button onPress={download} isDisabled={lines.length === 0}>
          <FileDown size={14} aria-hidden />
          Download CSV
        </Button>
      </div>
      {data && !lines.length ? (
        <Notice
          title={all.length ? "No shot has these words." : "There are no shots yet."}
          action={
            all.length
              ? { title: "Show all", run: () => setText("") }
              : { title: "Start from a template", run: () => open({ kind: "templates" }) }
          }
        >
          {all.length === 0 && (
            <p>A shot is a node that makes a picture or a film, wired into an export or a storyboard.</p>
          )}
        </Notice>
      ) : (
        <ShotGrid key={session.id} lines={lines} columns={shown} sort={sort} onSort={setSort} />
      )}
    </section>
  );
}
