import { useState } from "react";
import { useMe } from "../app/session";
import { Button } from "../ui/Button";
import { Checkbox } from "../ui/Checkbox";
import { Dialog } from "../ui/Dialog";
import { TextField } from "../ui/Field";
import { done } from "../ui/toasts";
import { api, got } from "../wire/http";
import { asProblem, type Problem } from "../wire/problem";
import css from "./Home.module.css";

/** A new canvas from a graph file on the bridge's computer: files by path are the owner's. */
export function FromFile({ made, onClose }: { made(canvas: string): void; onClose(): void }) {
  const me = useMe();
  const [path, setPath] = useState("");
  const [missing, setMissing] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const load = async () => {
    try {
      const body = { path: path.trim(), allow_missing: missing, author: me.name };
      const answer = await got(api.POST("/api/graphs/load", { body }));
      if (answer.left_out) done(`${answer.left_out} takes lacked their media and were left out.`);
      made(answer.canvas_id);
    } catch (thrown) {
      setProblem(asProblem(thrown));
    }
  };
  return (
    <Dialog
      title="From a graph file"
      onClose={onClose}
      foot={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button look="primary" isDisabled={!path.trim()} onPress={() => void load()}>
            Load it
          </Button>
        </>
      }
    >
      <form
        className={css.slots}
        onSubmit={(event) => {
          event.preventDefault();
          void load();
        }}
      >
        <TextField
          label="Path of the file on the bridge’s computer"
          value={path}
          onChange={setPath}
          autoFocus
          hint="What “Save as a graph file” wrote, with its media beside it."
          wrong={problem ? `${problem.message} ${problem.hint}` : undefined}
        />
        <Checkbox isSelected={missing} onChange={setMissing}>
          Leave takes out whose media are missing
        </Checkbox>
      </form>
    </Dialog>
  );
}
