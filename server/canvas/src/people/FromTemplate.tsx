import { useEffect, useState } from "react";
import { useMay, useMe } from "../app/session";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { TextField } from "../ui/Field";
import { ProblemNotice } from "../ui/Notice";
import { attempt } from "../ui/toasts";
import type { TemplateInfo } from "../wire/api.gen";
import { api, got } from "../wire/http";
import { asProblem, type Problem } from "../wire/problem";
import css from "./Home.module.css";

/** A new canvas from a template, its slots filled with one's own words (and files, where one may name them). */
export function FromTemplate({ made, onClose }: { made(canvas: string): void; onClose(): void }) {
  const me = useMe();
  const owner = useMay("owner");
  const [all, setAll] = useState<readonly TemplateInfo[] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [chosen, setChosen] = useState<TemplateInfo | null>(null);
  const [filled, setFilled] = useState<Readonly<Record<string, string>>>({});
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    got(api.GET("/api/templates")).then(setAll, (thrown) => setProblem(asProblem(thrown)));
  }, []);
  const make = async () => {
    if (!chosen) return;
    setBusy(true);
    const inputs = Object.fromEntries(Object.entries(filled).filter(([, value]) => value.trim()));
    const params = { path: { name: chosen.name } };
    const answer = await attempt(() =>
      got(api.POST("/api/templates/{name}", { params, body: { inputs, author: me.name } })),
    );
    setBusy(false);
    if (answer) made(answer.canvas_id);
  };
  return (
    <Dialog
      title={chosen ? chosen.title : "From a template"}
      onClose={onClose}
      wide
      foot={
        chosen && (
          <>
            <Button onPress={() => setChosen(null)}>Another template</Button>
            <Button look="primary" isDisabled={busy} onPress={() => void make()}>
              Make canvas
            </Button>
          </>
        )
      }
    >
      {problem && <ProblemNotice problem={problem} />}
      {!chosen && (
        <ul className={css.templates}>
          {all?.map((one) => (
            <li key={one.name}>
              <button
                type="button"
                className={css.template}
                onClick={() => {
                  setChosen(one);
                  setFilled({});
                }}
              >
                <strong>{one.title}</strong>
                <span className={css.quiet}>{one.about}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {chosen && (
        <div className={css.slots}>
          <p className={css.quiet}>{chosen.about} What you leave empty gets a stand-in. Nothing is generated yet.</p>
          {chosen.slots.map((slot) =>
            slot.kind === "text" || owner ? (
              <TextField
                key={slot.name}
                label={slot.title}
                hint={slot.kind === "text" ? slot.about : `${slot.about} The path of a file on the bridge’s computer.`}
                value={filled[slot.name] ?? ""}
                onChange={(value) => setFilled((before) => ({ ...before, [slot.name]: value }))}
                {...(slot.kind === "text" && { rows: 3 })}
              />
            ) : (
              <p key={slot.name}>
                {slot.title}: <span className={css.quiet}>{slot.about} Upload yours on the canvas.</span>
              </p>
            ),
          )}
        </div>
      )}
    </Dialog>
  );
}
