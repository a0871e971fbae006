import { useState } from "react";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { TextField } from "../ui/Field";
import { api, got } from "../wire/http";
import { asProblem, type Problem } from "../wire/problem";

/** Another name; what was done under the old one keeps it. The page begins anew with it. */
export function RenameDialog({ id, name, onClose }: { id: string; name: string; onClose(): void }) {
  const [wanted, setWanted] = useState(name);
  const [problem, setProblem] = useState<Problem | null>(null);
  const rename = async () => {
    try {
      const params = { path: { person: id } };
      await got(api.PATCH("/api/people/{person}", { params, body: { name: wanted.trim() } }));
      location.reload();
    } catch (thrown) {
      setProblem(asProblem(thrown));
    }
  };
  return (
    <Dialog
      title="Change your name"
      onClose={onClose}
      foot={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button look="primary" isDisabled={!wanted.trim() || wanted === name} onPress={() => void rename()}>
            Change name
          </Button>
        </>
      }
    >
      <TextField
        label="Your name"
        value={wanted}
        onChange={setWanted}
        autoFocus
        maxLength={80}
        hint="What you did so far keeps the old one."
        wrong={problem ? `${problem.message} ${problem.hint}` : undefined}
      />
    </Dialog>
  );
}
