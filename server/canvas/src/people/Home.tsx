import { FilePlus2, LayoutTemplate, Plus } from "lucide-react";
import { useEffect, useState } from "react";
import { useLocation } from "wouter";
import { useVerbs } from "../app/keys";
import { canvasPath } from "../app/routes";
import { useMay } from "../app/session";
import { Button } from "../ui/Button";
import { TextField } from "../ui/Field";
import { ProblemNotice } from "../ui/Notice";
import { CanvasCard } from "./CanvasCard";
import { FirstSteps } from "./FirstSteps";
import { FromFile } from "./FromFile";
import { FromTemplate } from "./FromTemplate";
import css from "./Home.module.css";
import { NewCanvas } from "./NewCanvas";
import { PageHead } from "./PageHead";
import { called, useHome } from "./useHome";

/** Of so many one looks for a title. */
const MANY = 12;

/** Where one begins: every canvas, a new one, and the first steps while they are not done. */
export function Home() {
  const { facts, problem, ask } = useHome();
  const [, navigate] = useLocation();
  const may = useMay("editor");
  const owner = useMay("owner");
  const [dialog, setDialog] = useState<"new" | "template" | "file" | null>(null);
  const go = (canvas: string) => navigate(canvasPath(canvas));
  const [words, setWords] = useState("");
  const canvases = facts?.canvases ?? [];
  const shown = called(canvases, words);
  useVerbs([
    { id: "home.new", title: "New canvas", keys: ["N"], group: "Start", enabled: may, run: () => setDialog("new") },
    { id: "home.template", title: "From a template", group: "Start", enabled: may, run: () => setDialog("template") },
    ...canvases.map(({ canvas: id, title }) => ({
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
              {canvases.length > MANY && (
                <TextField quiet label="Find a canvas" placeholder="Find a canvas" value={words} onChange={setWords} />
              )}
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
              {shown.map((canvas) => (
                <CanvasCard key={canvas.canvas} canvas={canvas} />
              ))}
            </ul>
            {words && shown.length === 0 && <p className={css.quiet}>No canvas is called “{words}”.</p>}
          </>
        )}
      </main>
      {dialog === "new" && <NewCanvas made={go} onClose={() => setDialog(null)} />}
      {dialog === "template" && <FromTemplate made={go} onClose={() => setDialog(null)} />}
      {dialog === "file" && <FromFile made={go} onClose={() => setDialog(null)} />}
    </div>
  );
}
