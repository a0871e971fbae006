import { Check } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Button } from "../ui/Button";
import css from "./Home.module.css";
import type { FirstSteps as Facts } from "./useHome";

const DONE = "takebridge.first-steps";

/** Three steps that tick themselves; away for good once they are done and put away. */
export function FirstSteps({ first, canvases }: { first: Facts; canvases: number }) {
  const [away, setAway] = useState(() => localStorage.getItem(DONE) === "done");
  if (away) return null;
  const all = first.editors.length > 0 && first.pushed;
  const putAway = () => {
    localStorage.setItem(DONE, "done");
    setAway(true);
  };
  return (
    <section aria-label="First steps" className={css.steps}>
      <div className={css.tools}>
        <h2 className={css.grow}>
          {all ? "All set" : canvases ? "Three steps" : "Welcome. Three steps, and you are there"}
        </h2>
        <Button look="quiet" onPress={putAway}>
          {all ? "Done" : "Put away"}
        </Button>
      </div>
      <ol className={css.stepList}>
        <Step done title="Bridge running">
          This page comes from it.
        </Step>
        <Step done={first.editors.length > 0} title="Connect an editor">
          {first.editors.length > 0 ? (
            `${[...new Set(first.editors)].join(", ")} is there.`
          ) : (
            <Where>
              <p>In Resolve choose Workspace &gt; Scripts &gt; TakeBridge, after “takebridge install resolve”.</p>
              <p>
                In Premiere open the panel under Window &gt; UXP Plugins &gt; TakeBridge, after “takebridge install
                premiere”.
              </p>
              <p>Final Cut Pro and others exchange files: “takebridge exchange” names the folder.</p>
              <p>Without an editor you can work on the canvas alone, and export a film with its cut.</p>
            </Where>
          )}
        </Step>
        <Step done={first.pushed} title="Push a clip">
          {first.pushed ? (
            "A clip of a cut is on a canvas."
          ) : (
            <Where>
              <p>In the editor park the playhead on a clip and press “Push clip” in the TakeBridge panel.</p>
              <p>It shows on the canvas as a node. What is made from it can be pulled back into the cut.</p>
            </Where>
          )}
        </Step>
      </ol>
    </section>
  );
}

function Step({ done, title, children }: { done: boolean; title: string; children: ReactNode }) {
  return (
    <li className={css.step} data-done={done}>
      <span className={css.tick} aria-hidden>
        {done && <Check size={14} />}
      </span>
      <div>
        <strong>{title}</strong>
        <span className="visually-hidden">{done ? " (done)" : " (to do)"}</span>
        <div className={css.quiet}>{children}</div>
      </div>
    </li>
  );
}

function Where({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState(false);
  return shown ? (
    <div>{children}</div>
  ) : (
    <Button onPress={() => setShown(true)} aria-expanded={false}>
      Show me where
    </Button>
  );
}
