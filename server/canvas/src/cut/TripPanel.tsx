import { useEffect, useRef, useState } from "react";
import { useVerbs } from "../app/keys";
import { useMay } from "../app/session";
import { showInGraph } from "../app/slots";
import { Button } from "../ui/Button";
import { Checkbox } from "../ui/Checkbox";
import type { Decision, RoundTrip } from "../wire/api.gen";
import { alike, applyWords, later, undecided, whyNotApply } from "./choices";
import { DecisionCard } from "./DecisionCard";
import { useCut } from "./desk";
import { wrongMaximum } from "./maximum";
import { Planned } from "./Planned";
import { Requests } from "./Requests";
import css from "./TripPanel.module.css";
import { TripResult } from "./TripResult";
import { rateOf } from "./timecode";
import { type Consent, NO_CONSENT, type TripView, useTrip, useTripView } from "./trip";
import { count, ownHint, progressWords, tripWords } from "./words";

const TITLE = "Round trip";

/** Compare, decide, apply; nothing is changed before the last. Shown while there is something to say. */
export function TripPanel() {
  const trip = useTrip();
  const view = useTripView((one) => one);
  const head = useRef<HTMLHeadingElement>(null);
  const { stage } = view;
  const mayEdit = useMay("editor");
  useEffect(() => {
    if (stage === "planned" || stage === "ended") head.current?.focus();
  }, [stage]);
  if (stage === "idle" && !view.problem && view.open.length === 0) return null;
  const [open] = view.open;
  return (
    <section className={css.panel} aria-label={TITLE}>
      <header className={css.head}>
        <h2 ref={head} tabIndex={-1}>
          {TITLE}
        </h2>
        <span role="status" className={css.status}>
          {stage === "looking" ? "Comparing your timeline with the canvas…" : ""}
        </span>
        {(stage === "planned" || stage === "ended" || (stage === "idle" && view.problem)) && (
          <Button look="quiet" onPress={() => trip.close()}>
            Put away
          </Button>
        )}
      </header>
      {view.problem && (
        <div role="alert" className={css.problem}>
          <strong>{view.problem.message}</strong> <span>{ownHint(view.problem.hint)}</span>
          {view.problem.code === "cut_mismatch" && (
            <Button isDisabled={!mayEdit} onPress={() => void trip.newBase()}>
              Make this cut the base
            </Button>
          )}
          <details>
            <summary>Details</summary>
            <code>{view.problem.code}</code>
          </details>
        </div>
      )}
      {open && stage !== "applying" && (
        <div role="status" className={css.problem}>
          A round trip of “{open.timeline}” did not end. {tripWords(open)} It is finished if nobody edited the timeline
          since, else what it did is taken back.
          <Button isDisabled={!mayEdit} onPress={() => void trip.resume()}>
            Finish or undo
          </Button>
        </div>
      )}
      {view.note && (
        <p role="status" className={css.note}>
          {view.note}
        </p>
      )}
      {(stage === "planned" || stage === "applying") && view.plan && <Deciding view={view} />}
      {stage === "applying" && !view.plan && <p role="status">Reading the timeline…</p>}
      {stage === "ended" && <TripResult view={view} />}
    </section>
  );
}

function Deciding({ view }: { view: TripView }) {
  const trip = useTrip();
  const mayEdit = useMay("editor");
  const maySpend = useMay("producer");
  const host = useCut((desk) => desk.cut?.host ?? "");
  const rate = useCut((desk) => desk.cut?.rate ?? "24");
  const drop = useCut((desk) => desk.cut?.drop_frame ?? false);
  const reading = useCut((desk) => desk.cut?.reading ?? "");
  const [consent, setConsent] = useState<Consent>(NO_CONSENT);
  const { plan, picks, seenWith } = view;
  const body = useRef<HTMLDivElement>(null);
  const folder = host === "folder";
  const busy = view.stage === "applying";

  const hasNoBase = plan?.outcome === "no_base";
  const why =
    !plan || hasNoBase ? "" : whyNotApply(plan, picks, { mayEdit, folder }) || wrongMaximum(plan, consent, maySpend);
  const ready = plan !== null && !hasNoBase && !why && !busy;
  const apply = () => void trip.apply(consent);
  useVerbs([
    {
      id: "cut.next",
      title: "Go to the next conflict to decide",
      keys: ["Alt+N"],
      group: "Cut",
      enabled: plan !== null && plan.decisions.length > 0,
      run: () => plan && goTo(body.current, nextOpen(plan, picks, body.current)),
    },
    { id: "cut.apply", title: "Apply the round trip", keys: ["Mod+Enter"], group: "Cut", enabled: ready, run: apply },
  ]);
  const alikeOf = (decision: Decision) => {
    const pick = picks[decision.id];
    return plan && pick ? alike(plan, picks, decision, pick) : [];
  };
  if (!plan) return null;
  if (hasNoBase) return <NoBase mayEdit={mayEdit} busy={busy} />;
  const put = later(picks).length;
  return (
    <>
      <div ref={body} className={css.body}>
        {plan.decisions.map((decision) => (
          <DecisionCard
            key={decision.id}
            decision={decision}
            pick={picks[decision.id]}
            reading={reading}
            rate={rateOf(rate)}
            drop={drop}
            mayEdit={mayEdit && !busy}
            alike={alikeOf(decision)}
            onPick={(pick) => trip.pick([decision.id], pick)}
            onPickAll={() => {
              const pick = picks[decision.id];
              if (pick) trip.pick(alikeOf(decision), pick);
            }}
            onShow={() => decision.node && showInGraph([decision.node])}
          />
        ))}
        <Planned plan={plan} reading={reading} rate={rateOf(rate)} drop={drop} />
        <Requests plan={plan} consent={consent} onChange={setConsent} />
        {put > 0 && (
          <p className={css.note}>
            {count(put, "conflict")} left for later: nothing is lost, and the round trip waits. You and your colleagues
            find {put === 1 ? "it" : "them"} at the top of this view, until somebody decides. Takes that touch no
            conflict can go in now, without a safety copy.
          </p>
        )}
      </div>
      <footer className={css.foot}>
        <div className={css.words}>
          {busy ? (
            <Going view={view} />
          ) : (
            <>
              {!folder && put === 0 && plan.clips.length > 0 && (
                <span>
                  Safety copy: “{plan.timeline} (TakeBridge safety copy …)”, deleted when everything is verified.
                </span>
              )}
              <span role="status" className={css.why}>
                {why}
              </span>
            </>
          )}
        </div>
        {!busy && !folder && put === 0 && plan.clips.length > 0 && (
          <Checkbox isSelected={consent.keepCopy} onChange={(keepCopy) => setConsent({ ...consent, keepCopy })}>
            Keep the safety copy
          </Checkbox>
        )}
        {!busy && (
          <Button onPress={() => void trip.compare()}>
            {plan.decisions.length ? "Preview result" : "Compare again"}
          </Button>
        )}
        <Button look="primary" isDisabled={!ready} onPress={apply}>
          {applyWords(plan, seenWith, picks, folder)}
        </Button>
      </footer>
    </>
  );
}

/** The conflict behind the one that has the focus which is still to decide; the first of all behind the last. */
function nextOpen(plan: RoundTrip, picks: TripView["picks"], body: HTMLElement | null): string | undefined {
  const open = undecided(plan, picks).map((one) => one.id);
  const ids = plan.decisions.map((one) => one.id);
  const here = body?.querySelector("[data-decision]:focus-within")?.getAttribute("data-decision") ?? "";
  return open.find((id) => ids.indexOf(id) > ids.indexOf(here)) ?? open[0] ?? ids[0];
}

function goTo(body: HTMLElement | null, id: string | undefined): void {
  const card = id === undefined ? null : body?.querySelector<HTMLElement>(`[data-decision="${CSS.escape(id)}"]`);
  if (!body || !card) return;
  // The list alone is scrolled: the whole view has nothing to scroll and would slip away.
  body.scrollTop += card.getBoundingClientRect().top - body.getBoundingClientRect().top;
  const inputs = [...card.querySelectorAll<HTMLInputElement>("input[type=radio]:not(:disabled)")];
  (inputs.find((one) => one.checked) ?? inputs[0])?.focus({ preventScroll: true });
}

function NoBase({ mayEdit, busy }: { mayEdit: boolean; busy: boolean }) {
  const trip = useTrip();
  return (
    <div className={css.body}>
      <p>
        This timeline has no base yet, so there is nothing to compare it with. It gets one with the first clip that is
        pushed, or now: what either side changes from here on is merged. Nothing on the timeline is changed by that.
      </p>
      <Button isDisabled={!mayEdit || busy} onPress={() => void trip.newBase()}>
        Make this cut the base
      </Button>
    </div>
  );
}

/** How far it is, and the way out as long as there is one. */
function Going({ view }: { view: TripView }) {
  const trip = useTrip();
  const { progress } = view;
  const written = (progress?.done ?? 0) > 0;
  return (
    <span className={css.going}>
      <progress
        aria-label="Applying"
        max={progress?.total || 1}
        {...(progress?.total ? { value: progress.done } : {})}
        className={css.progress}
      />
      <span role="status">{progressWords(progress?.done ?? 0, progress?.total ?? 0, progress?.state ?? "")}</span>
      {written ? (
        <span>Writing has begun: it is finished, or undone by itself.</span>
      ) : (
        later(view.picks).length === 0 && <Button onPress={() => trip.stop()}>Stop</Button>
      )}
    </span>
  );
}
