import { useMay } from "../app/session";
import { Notice, ProblemNotice } from "../ui/Notice";
import css from "./CutView.module.css";
import { useCut, useCutDesk, useWatchedCut } from "./desk";
import { NoHost } from "./NoHost";
import { Opened } from "./Opened";

/** The linked editor's timeline, and the round trip with it. */
export function CutView() {
  useWatchedCut();
  const desk = useCutDesk();
  const cut = useCut((view) => view.cut);
  const problem = useCut((view) => view.problem);
  const links = useCut((view) => view.links);
  const kept = useCut((view) => view.kept);
  const mayEdit = useMay("editor");
  if (problem && (problem.code === "host_offline" || !cut)) {
    return problem.code === "not_found" ? (
      <ProblemNotice problem={problem} />
    ) : (
      <NoHost problem={problem} last={cut} links={links} kept={kept} />
    );
  }
  if (!cut) return <Notice title="Reading the timeline…" />;
  return (
    <div className={css.view} data-may-edit={mayEdit}>
      {problem && (
        <p role="status" className={css.stale}>
          {problem.message} {problem.hint}{" "}
          <button type="button" className={css.link} onClick={() => void desk.load(true)}>
            Check again
          </button>
        </p>
      )}
      <Opened cut={cut} />
    </div>
  );
}
