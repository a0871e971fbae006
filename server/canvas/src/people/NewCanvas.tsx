import { useState } from "react";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { TextField } from "../ui/Field";
import { attempt } from "../ui/toasts";
import { api, got } from "../wire/http";

/** An empty canvas by its title. */
export function NewCanvas({ made, onClose }: { made(canvas: string): void; onClose(): void }) {
  const [title, setTitle] = useState("");
  const [busy, setBusy] = useState(false);
  const make = async () => {
    setBusy(true);
    const answer = await attempt(() => got(api.POST("/api/canvases", { body: { title: title.trim() || "Untitled" } })));
    setBusy(false);
    if (answer) made(String((answer.canvas as { id: string }).id));
  };
  return (
    <Dialog
      title="New canvas"
      onClose={onClose}
      foot={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button look="primary" isDisabled={busy} onPress={() => void make()}>
            Make canvas
          </Button>
        </>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void make();
        }}
      >
        <TextField label="Title" value={title} onChange={setTitle} autoFocus maxLength={200} placeholder="Untitled" />
      </form>
    </Dialog>
  );
}
