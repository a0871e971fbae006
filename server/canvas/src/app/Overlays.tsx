import { Suspense } from "react";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { Crash, Later } from "./Crash";
import { KeysSheet } from "./KeysSheet";
import { Palette } from "./Palette";
import { type Overlay, useOverlay } from "./slots";
import {
  AddDialog,
  AgainDialog,
  CommentsDialog,
  FanDialog,
  ModelsDialog,
  PlanDialog,
  ProvenanceDialog,
  TemplatesDialog,
  UploadDialog,
  WhyDialog,
} from "./views";

/** The one dialog that is open, if any. */
export function Overlays() {
  const { overlay, close } = useOverlay();
  if (!overlay) return null;
  const missing = (
    <Dialog title="This could not be opened." onClose={close} foot={<Button onPress={close}>Close</Button>}>
      <Later />
    </Dialog>
  );
  return (
    <Crash key={overlay.kind} instead={missing}>
      <Suspense fallback={null}>
        <Shown overlay={overlay} close={close} />
      </Suspense>
    </Crash>
  );
}

function Shown({ overlay, close }: { overlay: Overlay; close(): void }) {
  switch (overlay.kind) {
    case "plan":
      return <PlanDialog scope={overlay.scope} onClose={close} />;
    case "models":
      return <ModelsDialog node={overlay.node} onClose={close} />;
    case "fan":
      return <FanDialog node={overlay.node} onClose={close} />;
    case "again":
      return <AgainDialog node={overlay.node} take={overlay.take} onClose={close} />;
    case "why":
      return <WhyDialog node={overlay.node} onClose={close} />;
    case "comments":
      return <CommentsDialog node={overlay.node} take={overlay.take} frame={overlay.frame} onClose={close} />;
    case "provenance":
      return <ProvenanceDialog take={overlay.take} onClose={close} />;
    case "upload":
      return <UploadDialog files={overlay.files} feeds={overlay.feeds} onClose={close} />;
    case "add":
      return <AddDialog at={overlay.at} from={overlay.from} onClose={close} />;
    case "templates":
      return <TemplatesDialog onClose={close} />;
    case "keys":
      return <KeysSheet onClose={close} />;
    case "palette":
      return <Palette onClose={close} />;
  }
}
