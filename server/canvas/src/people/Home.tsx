import { FilePlus2, LayoutTemplate, Plus } from "lucide-react";
import { useEffect, useState } from "react";
import { useLocation } from "wouter";
import { useVerbs } from "../app/keys";
import { canvasPath } from "../app/routes";
import { useMay } from "../app/session";
import { Button } from "../ui/Button";
import { ProblemNotice } from "../ui/Notice";
import { CanvasCard } from "./CanvasCard";
import { FirstSteps } from "./FirstSteps";
import { FromFile } from "./FromFile";
import { FromTemplate } from "./FromTemplate";
import css from "./Home.module.css";
import { NewCanvas } from "./NewCanvas";
import { PageHead } from "./PageHead";
import { useHome } from "./useHome";

/** Canvases beyond these are shown without a picture. */
const MOST_PICTURES = 24;

/** Where one begins: every canvas, a new one, and the first steps while they are not done. */
export function Home() {
  const { facts, problem, ask } = useHome();
  const [, navigate] = useLocation();
  const may = useMay("editor");
  const owner = useMay("owner");
  const [dialog, setDialog] = useState<"new" | "template" | "file" | null>(null);
  const go = (canvas: string) => navigate(canvasPath(canvas));
  const canvases = Object.entries(facts?.canvases ?? {}).reverse();
  useVerbs([
    { id: "home.new", title: "New canvas", keys: ["N"], group: "Start", enabled: may, run: () => setDialog("new") },
    { id: "home.template", title: "From a template", group: "Start", enabled: may, run: () => setDialog("template") },
    ...canvases.map(([id, title]) => ({
      ...{ id: `home.open.${id}`, title: `Open ${title || "Untitled"}`, group: "Canvases", run: () => go(id) },
    })),
  ]);
  useEffect(() => {
    document.title = "TakeBridge";
  }, []);
  return (
    <div className={css.page}>
      <PageHead title="TakeBridge" />
      <main className={css.main}>
        {problem && !facts && <ProblemNotice problem={problem} action={{ title: "Try again", run: ask }} />}
        {facts && <FirstSteps first={facts.first} canvases={canvases.length} />}
        {facts?.problems.map((words) => (
          <p key={words} role="status" className={css.trouble}>
            ▲ {words}
          </p>
        ))}
        {facts && (
          <>
            <div className={css.tools}>
              <h2 className={css.grow}>{canvases.length ? "Canvases" : "No canvas yet"}</h2>
              <Button look="primary" isDisabled={!may} onPress={() => setDialog("new")}>
                <Plus size={16} aria-hidden />
                New canvas
              </Button>
              <Button isDisabled={!may} onPress={() => setDialog("template")}>
                <LayoutTemplate size={16} aria-hidden />
                From a template
              </Button>
              {owner && (
                <Button onPress={() => setDialog("file")}>
                  <FilePlus2 size={16} aria-hidden />
                  From a graph file
                </Button>
              )}
            </div>
            {!may && (
              <p className={css.quiet}>
                Making a canvas needs the role editor. Ask a producer or the owner of the bridge.
              </p>
            )}
            <ul className={css.cards}>
              {canvases.map(([id, title], index) => (
                <CanvasCard key={id} id={id} title={title} look={index < MOST_PICTURES} />
              ))}
            </ul>
          </>
        )}
      </main>
      {dialog === "new" && <NewCanvas made={go} onClose={() => setDialog(null)} />}
      {dialog === "template" && <FromTemplate made={go} onClose={() => setDialog(null)} />}
      {dialog === "file" && <FromFile made={go} onClose={() => setDialog(null)} />}
    </div>
  );
}
