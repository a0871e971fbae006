import { type ReactNode, useState } from "react";
import { Button } from "./Button";
import css from "./Confirm.module.css";
import { Dialog } from "./Dialog";

interface Props {
  title: string;
  /** What follows from it, and what it costs. */
  children?: ReactNode;
  /** The act, on its button: "Remove Ada". */
  act: string;
  /** The safe way out; it has the focus. */
  keep?: string;
  danger?: boolean;
  isDisabled?: boolean;
  /** The dialog closes when it is done; what it throws is the caller's to say (`attempt`). */
  onAct(): Promise<unknown> | unknown;
  onClose(): void;
}

/** A question before something that cannot simply be taken back. */
export function Confirm({ title, children, act, keep = "Cancel", danger = true, isDisabled, onAct, onClose }: Props) {
  const [busy, setBusy] = useState(false);
  const run = async () => {
    setBusy(true);
    await onAct();
    onClose();
  };
  return (
    <Dialog
      title={title}
      role="alertdialog"
      onClose={onClose}
      foot={
        <>
          <Button autoFocus onPress={onClose}>
            {keep}
          </Button>
          <Button look={danger ? "danger" : "primary"} isDisabled={busy || isDisabled} onPress={() => void run()}>
            {act}
          </Button>
        </>
      }
    >
      <div className={css.words}>{children}</div>
    </Dialog>
  );
}
