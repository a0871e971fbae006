import { useMay } from "../app/session";
import { open } from "../app/slots";
import { Button } from "../ui/Button";
import css from "./Graph.module.css";
import { stage } from "./stage";

/** What to do first. */
export function EmptyCanvas() {
  const mayEdit = useMay("editor");
  return (
    <section className={css.empty} aria-label="Empty canvas">
      <h2>This canvas is empty.</h2>
      <p>{mayEdit ? "Begin with one of these." : "An editor can put something on it."}</p>
      <div>
        <Button look="primary" isDisabled={!mayEdit} onPress={() => open({ kind: "templates" })}>
          Begin with a template
        </Button>
        <Button isDisabled={!mayEdit} onPress={() => open({ kind: "add", at: stage()?.middle() ?? { x: 0, y: 0 } })}>
          Add a node
        </Button>
        <Button isDisabled={!mayEdit} onPress={() => open({ kind: "upload" })}>
          Bring in references
        </Button>
      </div>
    </section>
  );
}
