import { useEffect, useState } from "react";
import { useMay, useMe, useSession } from "../app/session";
import { open } from "../app/slots";
import { Button } from "../ui/Button";
import { Checkbox } from "../ui/Checkbox";
import { Dialog } from "../ui/Dialog";
import { TextField } from "../ui/Field";
import { attempt } from "../ui/toasts";
import type { CutView, GapFound } from "../wire/api.gen";
import { api, got } from "../wire/http";
import { asProblem, type Problem } from "../wire/problem";
import css from "./CutView.module.css";
import { useCutDesk } from "./desk";
import { Picture } from "./Picture";
import { type RadioChoice, Radios } from "./Radios";
import { lengthWords, rateOf } from "./timecode";

type Mode = "marks" | "gaps";
const MODES: readonly RadioChoice<Mode>[] = [
  { id: "gaps", title: "Every gap between two clips", words: "On all video tracks." },
  { id: "marks", title: "What is empty between the in and out marks", words: "Also where no clip follows." },
];

/** Make a shot for a gap. That costs nothing: what generating its first take costs is asked in the plan that opens. */
export function GapsDialog({ cut, onClose }: { cut: CutView; onClose(): void }) {
  const session = useSession();
  const desk = useCutDesk();
  const { name } = useMe();
  const mayEdit = useMay("editor");
  const [mode, setMode] = useState<Mode>("gaps");
  const { gaps, problem } = useGaps(mode);
  const [picked, setPicked] = useState<string | null>(null);
  const [prompt, setPrompt] = useState("");
  const [before, setBefore] = useState(true);
  const [after, setAfter] = useState(true);
  const [busy, setBusy] = useState(false);
  const gap = gaps?.find((one) => keyOf(one) === picked) ?? null;
  const rate = rateOf(cut.rate);

  const fill = async () => {
    if (!gap) return;
    setBusy(true);
    const body = {
      canvas_id: session.id,
      track_index: gap.track_index,
      start_record_frame: gap.start_record_frame,
      end_record_frame: gap.end_record_frame,
      prompt,
      use_before: before && Boolean(gap.before),
      use_after: after && Boolean(gap.after),
      author: name,
    };
    const made = await attempt(() => got(api.POST("/api/clips/gaps/fill", { body })));
    setBusy(false);
    if (!made) return;
    void desk.load(true);
    onClose();
    const node = made.nodes["video"] ?? Object.values(made.nodes).at(-1);
    if (node) open({ kind: "plan", scope: { kind: "node", nodes: [node] } });
  };
  return (
    <Dialog
      title="Fill a gap"
      onClose={onClose}
      wide
      foot={
        <>
          <span className={css.quiet}>Making the shot costs nothing. Its plan opens then, with the price.</span>
          <Button autoFocus onPress={onClose}>
            Cancel
          </Button>
          <Button look="primary" isDisabled={!gap || busy || !mayEdit} onPress={() => void fill()}>
            {gap
              ? `Make a shot of ${lengthWords(gap.end_record_frame - gap.start_record_frame, rate)}`
              : "Choose a gap"}
          </Button>
        </>
      }
    >
      <div className={css.form}>
        <Radios label="Look for" value={mode} choices={MODES} onChange={(id) => setMode(id)} />
        {problem && (
          <p role="alert">
            {problem.message} {problem.hint}
          </p>
        )}
        {gaps && gaps.length === 0 && <p>Nothing is empty there.</p>}
        {gaps && gaps.length > 0 && (
          <Radios
            label="The gap"
            value={picked}
            onChange={setPicked}
            choices={gaps.slice(0, 40).map((one) => ({
              id: keyOf(one),
              title: `V${one.track_index} · ${one.timecode} · ${lengthWords(one.end_record_frame - one.start_record_frame, rate)}`,
              words: `${one.before ? "after a clip" : "at the start"}, ${one.after ? "before a clip" : "with nothing behind it"}`,
            }))}
          />
        )}
        {gap && (
          <>
            <div className={css.pair}>
              <Edge cut={cut} clip={gap.before} frame={gap.before_frame} label="Last frame before it" />
              <Edge cut={cut} clip={gap.after} frame={gap.after_frame} label="First frame behind it" />
            </div>
            <Checkbox isSelected={before && Boolean(gap.before)} isDisabled={!gap.before} onChange={setBefore}>
              Begin with the last frame before it
            </Checkbox>
            <Checkbox isSelected={after && Boolean(gap.after)} isDisabled={!gap.after} onChange={setAfter}>
              End with the first frame behind it
            </Checkbox>
            <TextField label="What happens in it" value={prompt} onChange={setPrompt} rows={3} />
          </>
        )}
        {!mayEdit && <p>Making a shot needs the role editor.</p>}
      </div>
    </Dialog>
  );
}

const keyOf = (gap: GapFound) => `${gap.track_index} ${gap.start_record_frame} ${gap.end_record_frame}`;

function Edge({ cut, clip, frame, label }: { cut: CutView; clip: string; frame: number | null; label: string }) {
  const picture =
    clip && frame !== null ? { content: null, frame: 0, session: cut.session, clip, record_frame: frame } : null;
  return (
    <figure className={css.edge}>
      <Picture picture={picture} why="No clip there" label={label} reading={cut.reading} />
      <figcaption>{label}</figcaption>
    </figure>
  );
}

function useGaps(mode: Mode): { gaps: readonly GapFound[] | null; problem: Problem | null } {
  const [found, setFound] = useState<{ mode: Mode; gaps: readonly GapFound[] | null; problem: Problem | null } | null>(
    null,
  );
  useEffect(() => {
    let current = true;
    got(api.POST("/api/clips/gaps", { body: { mode } })).then(
      (gaps) => current && setFound({ mode, gaps, problem: null }),
      (thrown) => current && setFound({ mode, gaps: null, problem: asProblem(thrown) }),
    );
    return () => {
      current = false;
    };
  }, [mode]);
  return found?.mode === mode ? found : { gaps: null, problem: null };
}
