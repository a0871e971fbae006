import { useEffect, useRef, useState } from "react";
import { useSession, useView } from "../app/session";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { Select } from "../ui/Field";
import { done } from "../ui/toasts";
import { asProblem, type Problem } from "../wire/problem";
import css from "./Board.module.css";
import type { Film } from "./films";
import { keep, PER_PAGE, printed } from "./paper";
import { fileName } from "./paperWords";

type Standing = { at: "asked" } | { at: "making" } | { at: "lost"; losses: readonly string[] } | { problem: Problem };

const PER_PAGE_KEY = "takebridge.board.per_page";

/** The storyboard as a PDF: how many cards a page, then it is made and kept. What it could not show is said. */
export function PaperDialog({ film, count, onClose }: { film: Film | null; count: number; onClose(): void }) {
  const session = useSession();
  const title = useView((view) => view.seen?.doc.title ?? "");
  const [perPage, setPerPage] = useState(() => Number(localStorage.getItem(PER_PAGE_KEY)) || 6);
  const [standing, setStanding] = useState<Standing>({ at: "asked" });
  const open = useRef(true);
  useEffect(() => {
    open.current = true;
    return () => {
      open.current = false;
    };
  }, []);
  const make = async () => {
    setStanding({ at: "making" });
    localStorage.setItem(PER_PAGE_KEY, String(perPage));
    try {
      const { pdf, losses } = await printed(session.id, film?.id ?? null, perPage);
      if (!open.current) return;
      keep(fileName(`${title} storyboard`, "pdf"), pdf);
      done("The storyboard is in your downloads.");
      if (losses.length) setStanding({ at: "lost", losses });
      else onClose();
    } catch (thrown) {
      if (open.current) setStanding({ problem: asProblem(thrown) });
    }
  };
  const making = "at" in standing && standing.at === "making";
  const pages = Math.ceil(count / perPage);
  return (
    <Dialog
      title="Export the storyboard as PDF"
      onClose={onClose}
      foot={
        <>
          <Button onPress={onClose}>{"at" in standing && standing.at === "lost" ? "Done" : "Cancel"}</Button>
          <Button look="primary" isDisabled={making} onPress={() => void make()}>
            {"problem" in standing ? "Try again" : "Export PDF"}
          </Button>
        </>
      }
    >
      <div className={css.paper}>
        <p>
          {film ? `“${film.title}”` : "All shots"}: {count} {count === 1 ? "card" : "cards"} on {pages}{" "}
          {pages === 1 ? "page" : "pages"}, A4 landscape.
        </p>
        <Select
          label="Cards on a page"
          choices={PER_PAGE.map((one) => ({ id: String(one), title: String(one) }))}
          value={String(perPage)}
          onChange={(id) => setPerPage(Number(id))}
          isDisabled={making}
        />
        <div role="status">
          {making && <p>Making the PDF. Large stills take a while.</p>}
          {"at" in standing && standing.at === "lost" && (
            <>
              <p>The PDF is made. It could not show everything:</p>
              <ul className={css.losses}>
                {standing.losses.map((loss) => (
                  <li key={loss}>{loss}</li>
                ))}
              </ul>
            </>
          )}
        </div>
        {"problem" in standing && (
          <p role="alert" className={css.wrong}>
            {standing.problem.message} {standing.problem.hint}
          </p>
        )}
      </div>
    </Dialog>
  );
}
