import { useEffect, useState } from "react";
import { useMe } from "../app/session";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { TextField } from "../ui/Field";
import { FileSlot, filesFor } from "../ui/FileSlot";
import { ProblemNotice } from "../ui/Notice";
import { attempt } from "../ui/toasts";
import type { TemplateInfo } from "../wire/api.gen";
import { api, got } from "../wire/http";
import { asProblem, type Problem } from "../wire/problem";
import css from "./Home.module.css";

/** A new canvas from a template, its slots filled with one's own words and files. */
export function FromTemplate({ made, onClose }: { made(canvas: string): void; onClose(): void }) {
  const me = useMe();
  const [all, setAll] = useState<readonly TemplateInfo[] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [chosen, setChosen] = useState<TemplateInfo | null>(null);
  const [filled, setFilled] = useState<Readonly<Record<string, string>>>({});
  const [uploads, setUploads] = useState<Readonly<Record<string, string>>>({});
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    got(api.GET("/api/templates")).then(setAll, (thrown) => setProblem(asProblem(thrown)));
  }, []);
  const make = async () => {
    if (!chosen) return;
    setBusy(true);
    const inputs = Object.fromEntries(Object.entries(filled).filter(([, value]) => value.trim()));
    const media = Object.fromEntries(Object.entries(uploads).map(([slot, upload]) => [slot, { upload }]));
    const params = { path: { name: chosen.name } };
    const answer = await attempt(() =>
      got(api.POST("/api/templates/{name}", { params, body: { inputs, media, author: me.name } })),
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
                  setUploads({});
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
            slot.kind === "text" ? (
              <TextField
                key={slot.name}
                label={slot.title}
                hint={slot.about}
                value={filled[slot.name] ?? ""}
                onChange={(value) => setFilled((before) => ({ ...before, [slot.name]: value }))}
                rows={3}
              />
            ) : (
              <FileSlot
                key={slot.name}
                label={slot.title}
                hint={slot.about ?? ""}
                accept={filesFor(slot.kind)}
                onUpload={(upload) =>
                  setUploads(({ [slot.name]: _, ...others }) => (upload ? { ...others, [slot.name]: upload } : others))
                }
              />
            ),
          )}
        </div>
      )}
    </Dialog>
  );
}
