import { useState } from "react";
import { useMe } from "../app/session";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { TextField } from "../ui/Field";
import { attempt, done } from "../ui/toasts";
import { api, got } from "../wire/http";

/** Another title for a canvas; an edit like any other, and taken back like any other. */
export function RenameCanvas({ id, title, onClose }: { id: string; title: string; onClose(): void }) {
  const me = useMe();
  const [wanted, setWanted] = useState(title);
  const params = { path: { canvas_id: id } };
  const undo = (batch: string) => {
    const body = { op_id: crypto.randomUUID(), author: me.name, batch };
    void attempt(() => got(api.POST("/api/canvases/{canvas_id}/undo", { params, body })));
  };
  const rename = async () => {
    const batch = crypto.randomUUID();
    const ops = [{ op: "set_canvas_title" as const, title: wanted.trim() }];
    const body = { op_id: batch, author: me.name, ops };
    if (!(await attempt(() => got(api.POST("/api/canvases/{canvas_id}/ops", { params, body }))))) return;
    done(`Renamed to “${wanted.trim()}”.`, { title: "Undo", run: () => undo(batch) });
    onClose();
  };
  const fits = wanted.trim() !== "" && wanted.trim() !== title;
  return (
    <Dialog
      title="Rename canvas"
      onClose={onClose}
      foot={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button look="primary" isDisabled={!fits} onPress={() => void rename()}>
            Rename
          </Button>
        </>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (fits) void rename();
        }}
      >
        <TextField label="Title" value={wanted} onChange={setWanted} autoFocus maxLength={200} />
      </form>
    </Dialog>
  );
}
