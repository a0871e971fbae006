import { useEffect, useState } from "react";
import { useMe, useSession } from "../app/session";
import { showInGraph } from "../app/slots";
import { Button } from "../ui/Button";
import { Checkbox } from "../ui/Checkbox";
import { Dialog } from "../ui/Dialog";
import { TextField } from "../ui/Field";
import { attempt, done } from "../ui/toasts";
import type { CutView, Look, PushRequest } from "../wire/api.gen";
import { api, got } from "../wire/http";
import { asProblem, type Problem } from "../wire/problem";
import css from "./CutView.module.css";
import { useCutDesk } from "./desk";
import { Radios } from "./Radios";
import { lengthWords, rateOf } from "./timecode";
import { count, short, toYou } from "./words";

type Mode = NonNullable<PushRequest["mode"]>;
type Step = "upscale" | "previz";
const MODES: readonly { id: Mode; title: string; words: string }[] = [
  { id: "playhead", title: "The clip under the playhead", words: "On the topmost video track that has one." },
  { id: "selected", title: "The selected clips", words: "As they are selected in the editor." },
  { id: "marks", title: "Clips between the in and out marks", words: "Every picture that touches the marked range." },
];

/** Send clips of the timeline to the canvas. Says which they are before anything is made; the timeline stays as it is. */
export function PushDialog({ cut, onClose }: { cut: CutView; onClose(): void }) {
  const session = useSession();
  const desk = useCutDesk();
  const { name } = useMe();
  const [mode, setMode] = useState<Mode>("playhead");
  const [steps, setSteps] = useState<readonly Step[]>(["upscale"]);
  const [handles, setHandles] = useState("12");
  const [busy, setBusy] = useState(false);
  const { look, problem } = useLook(mode);
  const wrong = /^\d{1,4}$/.test(handles) ? undefined : "A whole number of frames.";
  const good = look?.clips.filter((clip) => !clip.problem) ?? [];
  const bad = look?.clips.filter((clip) => clip.problem) ?? [];
  const toggle = (step: Step, is: boolean) => setSteps(is ? [...steps, step] : steps.filter((one) => one !== step));

  const push = async () => {
    setBusy(true);
    const body = { canvas_id: session.id, mode, process: [...steps], handles: Number(handles), author: name };
    const pushed = await attempt(() => got(api.POST("/api/clips/push", { body })));
    setBusy(false);
    if (!pushed) return;
    void desk.load(true);
    const nodes = pushed.flatMap((one) => Object.values(one.nodes));
    const fresh = pushed.filter((one) => !one.repeated).length;
    const again = pushed.length - fresh;
    done(`${count(fresh, "clip")} pushed${again ? `, ${again} were there already` : ""}.`, {
      title: "Show on canvas",
      run: () => showInGraph(nodes),
    });
    onClose();
  };
  return (
    <Dialog
      title="Push clips to the canvas"
      onClose={onClose}
      foot={
        <>
          <Button autoFocus onPress={onClose}>
            Cancel
          </Button>
          <Button
            look="primary"
            isDisabled={busy || !good.length || bad.length > 0 || Boolean(wrong)}
            onPress={() => void push()}
          >
            {busy ? "Pushing…" : good.length ? `Push ${count(good.length, "clip")}` : "Push"}
          </Button>
        </>
      }
    >
      <div className={css.form}>
        <Radios
          label={`Which clips of “${cut.timeline}” in ${short(cut.product)}`}
          value={mode}
          choices={MODES}
          onChange={(id) => setMode(id)}
        />
        <section aria-label="These clips" aria-live="polite">
          {problem && (
            <p>
              {problem.message} {problem.hint}
            </p>
          )}
          {look && look.clips.length === 0 && <p>There is no video clip there.</p>}
          <ul className={css.list}>
            {look?.clips.slice(0, 30).map((clip) => (
              <li key={clip.clip}>
                {clip.timecode} · <strong>{clip.name}</strong> ·{" "}
                {lengthWords(clip.end_record_frame - clip.start_record_frame, rateOf(look.rate))}
                {clip.problem && (
                  <span className={css.wrong}>
                    {" "}
                    ✕ {toYou(clip.problem)} {toYou(clip.hint)}
                  </span>
                )}
              </li>
            ))}
          </ul>
          {look && look.clips.length > 30 && <p>And {look.clips.length - 30} more.</p>}
        </section>
        <fieldset className={css.set}>
          <legend>Make behind each</legend>
          <Checkbox isSelected={steps.includes("upscale")} onChange={(is) => toggle("upscale", is)}>
            An upscale
          </Checkbox>
          <Checkbox isSelected={steps.includes("previz")} onChange={(is) => toggle("previz", is)}>
            A previz
          </Checkbox>
        </fieldset>
        <TextField
          label="Handles, frames at each end"
          value={handles}
          onChange={setHandles}
          inputMode="numeric"
          wrong={wrong}
        />
      </div>
    </Dialog>
  );
}

/** The clips a mode means now. */
function useLook(mode: Mode): { look: Look | null; problem: Problem | null } {
  const [found, setFound] = useState<{ mode: Mode; look: Look | null; problem: Problem | null } | null>(null);
  useEffect(() => {
    let current = true;
    got(api.POST("/api/clips/look", { body: { mode } })).then(
      (look) => current && setFound({ mode, look, problem: null }),
      (thrown) => current && setFound({ mode, look: null, problem: asProblem(thrown) }),
    );
    return () => {
      current = false;
    };
  }, [mode]);
  return found?.mode === mode ? found : { look: null, problem: null };
}
