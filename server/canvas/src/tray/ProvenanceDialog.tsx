import { type ReactNode, useEffect, useState } from "react";
import { useSession, useView } from "../app/session";
import { showInGraph, showTakes } from "../app/slots";
import { useTitles } from "../canvas/modelTitles";
import { moment, money } from "../canvas/words";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { Poster } from "../ui/Media";
import { ProblemNotice } from "../ui/Notice";
import { State } from "../ui/State";
import { done, failed } from "../ui/toasts";
import type { Ingredient, Provenance, Rights } from "../wire/api.gen";
import { api, got } from "../wire/http";
import { asProblem, type Problem } from "../wire/problem";
import { modelWords } from "./entries";
import { usePrompt } from "./Facts";
import css from "./Provenance.module.css";

/** Where a take comes from: who asked which model for what, made from what, for how much, under which terms. */
export function ProvenanceDialog({ take: id, onClose }: { take: string; onClose(): void }) {
  const session = useSession();
  const [found, setFound] = useState<Provenance | Problem | null>(null);
  useEffect(() => {
    let current = true;
    const params = { path: { canvas_id: session.id, take_id: id } };
    got(api.GET("/api/canvases/{canvas_id}/takes/{take_id}/provenance", { params })).then(
      (read) => current && setFound(read as unknown as Provenance),
      (thrown) => current && setFound(asProblem(thrown)),
    );
    return () => {
      current = false;
    };
  }, [session.id, id]);
  const read = found && !(found instanceof Error) ? found : null;
  const copy = () =>
    navigator.clipboard.writeText(JSON.stringify(read, null, 2)).then(
      () => done("The provenance is copied as JSON."),
      () => failed(new Error("The browser did not allow copying.")),
    );
  return (
    <Dialog
      title={read ? `Provenance of take ${read.number} of “${read.node}”` : "Provenance"}
      wide
      onClose={onClose}
      foot={
        read && (
          <>
            <Button onPress={() => void copy()}>Copy as JSON</Button>
            <Button look="primary" onPress={onClose}>
              Close
            </Button>
          </>
        )
      }
    >
      {found instanceof Error && <ProblemNotice problem={found} />}
      {read && <Sheet read={read} id={id} onClose={onClose} />}
    </Dialog>
  );
}

function Sheet({ read, id, onClose }: { read: Provenance; id: string; onClose(): void }) {
  const take = useView((view) => view.seen?.doc.takes[id]);
  const titles = useTitles();
  const asked = usePrompt(take) ?? read.prompt;
  const seed = read.params["seed"];
  const model = (name: string) => (name ? `${modelWords(name, titles)} (${name})` : "");
  const params = Object.entries(read.params).filter(([name]) => !["prompt", "avoid", "text", "seed"].includes(name));
  const found = Object.entries(read.outputs).flatMap(([port, made]) =>
    Object.entries(made.facts)
      .filter(([name]) => name.startsWith("c2pa") || name.includes("credential"))
      .map(([name, value]) => `${port}: ${name.replaceAll("_", " ")} ${String(value)}`),
  );
  return (
    <div className={css.sheet}>
      <div className={css.first}>
        <Poster take={take} label={`Take ${read.number} of ${read.node}`} className={css.poster} />
        {read.previz && <State mark="previz" word="Previz: a stand-in made on this computer, not a final take" />}
      </div>
      <dl className={css.rows}>
        <Row name="How it came here">{ORIGINS[read.origin] ?? read.origin}</Row>
        <Row name="Model asked for">{model(read.model)}</Row>
        <Row name="Model reported">{model(read.model_reported)}</Row>
        <Row name="Provider">{read.provider}</Row>
        <Row name="Seed asked for">{seed === undefined ? "" : String(seed)}</Row>
        <Row name="Seed used">{read.seed === null ? "" : String(read.seed)}</Row>
        <Row name="Prompt">{asked && <span className={css.text}>{asked}</span>}</Row>
        <Row name="Avoid">{typeof read.params["avoid"] === "string" ? read.params["avoid"] : ""}</Row>
        <Row name="Settings">
          {params.map(([name, value]) => `${name.replaceAll("_", " ")} ${String(value)}`).join(" · ")}
        </Row>
        <Row name="Cost estimated">{estimate(take?.cost_estimated_micros, read.currency)}</Row>
        <Row name="Cost">{read.origin === "generated" ? estimate(read.cost_micros, read.currency) : ""}</Row>
        <Row name="Who">{read.author}</Row>
        <Row name="When">{moment(read.made_at)}</Row>
        <Row name="Licence">{read.licence || "not stated"}</Row>
        <Row name="Rights">{rightsWords(read.rights, read.rights_checked_on)}</Row>
        <Row name="Content credentials">{found.length > 0 ? found.join(" · ") : CREDENTIALS[read.rights.c2pa]}</Row>
        <Row name="Safety">{read.safety}</Row>
        <Row name="Notes">{read.notes.join(" ")}</Row>
        <Row name="Job at the provider">{read.remote_job}</Row>
        <Row name="Recipe">{read.recipe && <code className={css.hash}>{read.recipe}</code>}</Row>
        {Object.entries(read.outputs).map(([port, made]) => (
          <Row key={port} name={`File, ${port.replaceAll("_", " ")}`}>
            <code className={css.hash}>{made.content}</code>
          </Row>
        ))}
      </dl>
      {read.inputs.length > 0 && <Ingredients inputs={read.inputs} onClose={onClose} />}
      <details>
        <summary>As JSON</summary>
        <pre className={css.raw}>{JSON.stringify(read, null, 2)}</pre>
      </details>
    </div>
  );
}

const ORIGINS: Readonly<Record<string, string>> = {
  generated: "Generated",
  imported: "Brought in as a file",
  nle: "From an editor's timeline",
  manual: "Written by a person",
};

const CREDENTIALS: Readonly<Record<Rights["c2pa"], string>> = {
  yes: "none found in the file; the provider says it adds them",
  optional: "none found in the file; the provider can add them",
  no: "none found in the file; the provider adds none",
  unknown: "none found in the file",
};

/** A line that has something to say; nothing otherwise. */
function Row({ name, children }: { name: string; children: ReactNode }) {
  if (children === "" || children === undefined || children === null || children === false) return null;
  return (
    <div className={css.row}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

const estimate = (micros: number | null | undefined, currency: string) =>
  micros === 0 ? "free" : money(micros, currency);

/** The model's terms as far as they are known. */
function rightsWords(rights: Rights, checked: string): string {
  const commercial = {
    yes: "commercial use allowed",
    plan: "commercial use depends on the plan",
    no: "no commercial use",
  };
  const owner = { user: "the output is yours", provider: "the output is the provider's" };
  const training = {
    no: "not used for training",
    opt_out: "used for training unless opted out",
    yes: "used for training",
  };
  const words = [
    rights.commercial_use === "unknown" ? "" : commercial[rights.commercial_use],
    rights.output_owner === "unknown" ? "" : owner[rights.output_owner],
    rights.training === "unknown" ? "" : training[rights.training],
    rights.synthid === "yes" ? "carries a SynthID watermark" : "",
    rights.visible_watermark === "always" ? "carries a visible watermark" : "",
    rights.people,
    rights.voice_consent ? "needs the consent of the voice" : "",
    rights.terms,
  ].filter(Boolean);
  if (words.length === 0) return "not known";
  return words.join("; ") + (checked ? ` (looked up on ${checked})` : "");
}

/** What it was made from; each leads to its take. */
function Ingredients({ inputs, onClose }: { inputs: readonly Ingredient[]; onClose(): void }) {
  const doc = useView((view) => view.seen?.doc);
  return (
    <section aria-label="Made from">
      <h3>Made from</h3>
      <ul className={css.inputs}>
        {inputs.map((input, index) => {
          const take = doc?.takes[input.take];
          const node = take && doc?.nodes[take.node_id];
          const frames = input.frames ? `, frames ${input.frames[0]} to ${input.frames[1] - 1}` : "";
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: the same take may go into one port twice.
            <li key={index} className={css.input}>
              {take && <Poster take={take} label="" className={css.small} />}
              <span>
                <b>{input.port.replaceAll("_", " ")}</b>
                <br />
                {input.node}
                {take && `, take ${take.seq}`}
                {frames}
              </span>
              {take && node && (
                <span className={css.links}>
                  <Button
                    look="quiet"
                    onPress={() => {
                      onClose();
                      showTakes(node.id, take.id);
                    }}
                  >
                    Show take
                  </Button>
                  <Button
                    look="quiet"
                    onPress={() => {
                      onClose();
                      showInGraph([node.id]);
                    }}
                  >
                    On the canvas
                  </Button>
                </span>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
