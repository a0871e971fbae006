import { useMemo } from "react";
import { ModelPicker } from "./models/ModelPicker";

/** Which model makes a node: every one of its kind, with what a take of this very node would be and cost. */
export function ModelsDialog({ node, onClose }: { node: string; onClose(): void }) {
  const nodes = useMemo(() => [node], [node]);
  return <ModelPicker nodes={nodes} onClose={onClose} />;
}
