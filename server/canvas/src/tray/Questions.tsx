import { ask, useAsked } from "./asked";
import { GuideDialog } from "./GuideDialog";
import { PinDialog } from "./PinDialog";

/** The one question the tray asks, if any. */
export function Questions() {
  const asked = useAsked((state) => state.asked);
  if (!asked) return null;
  const close = () => ask(null);
  if (asked.kind === "pin") return <PinDialog node={asked.node} take={asked.take} who={asked.who} onClose={close} />;
  return <GuideDialog take={asked.take} onClose={close} />;
}
