import { Dialog } from "../ui/Dialog";
import { CapsEditor } from "./CapsEditor";

export function CapsDialog({ onClose }: { onClose(): void }) {
  return (
    <Dialog title="Budgets" onClose={onClose}>
      <CapsEditor />
    </Dialog>
  );
}
