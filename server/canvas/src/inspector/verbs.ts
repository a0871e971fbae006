import { useVerbRegistry, useVerbs, type Verb } from "../app/keys";
import { useMay, useSession } from "../app/session";
import { open } from "../app/slots";
import { commitAll } from "../canvas/edits";
import type { Node, NodeKind, StateFacts } from "../canvas/model";
import type { CanvasSession } from "../canvas/store";
import { attempt } from "../ui/toasts";
import { hasWhy } from "./Head";
import { cannotGenerate, isMade } from "./reasons";

/** What the graph offers for its whole selection, under the same keys. */
const OF_THE_GRAPH = new Set(["node.generate", "node.keep", "node.lock"]);

/** Keep the pinned take although what it is made from has changed. */
export const keepAsIs = (session: CanvasSession, node: Node, state: StateFacts) =>
  attempt(async () => {
    if (!node.pin || !state.expected_fp) return;
    await session.commit([{ op: "accept", node: node.id, take: node.pin, fp: state.expected_fp }]);
  });

export const setLocked = (session: CanvasSession, nodes: readonly string[], locked: boolean) =>
  attempt(() =>
    commitAll(
      session,
      nodes.map((node) => ({ op: "set_locked", node, locked })),
    ),
  );

/** What can be done with the one node that is selected. None of them spends: generating opens the plan. */
export function useNodeVerbs(node: Node | undefined, kind: NodeKind | undefined, state: StateFacts | undefined): void {
  const session = useSession();
  const mayEdit = useMay("editor");
  const id = node?.id ?? "";
  const generates = mayEdit && node !== undefined && kind?.models !== null && !cannotGenerate(kind, node, state);
  const alone = useVerbRegistry((all) => !all.verbs.has("graph.generate"));
  const group = "Selected node";
  const verbs: Verb[] = [
    {
      id: "node.generate",
      title: "Generate take: open the plan",
      keys: ["G"],
      group,
      enabled: generates,
      run: () => open({ kind: "plan", scope: { kind: "node", nodes: [id] } }),
    },
    {
      id: "node.again",
      title: "Generate another take",
      keys: ["Alt+G"],
      group,
      enabled: generates && isMade(state) && kind?.category !== "deterministic",
      run: () => open({ kind: "again", node: id }),
    },
    {
      id: "node.downstream",
      title: "Generate this and everything below: open the plan",
      keys: ["Shift+G"],
      group,
      enabled: mayEdit && node !== undefined,
      run: () => open({ kind: "plan", scope: { kind: "downstream", nodes: [id] } }),
    },
    {
      id: "node.models",
      title: "Choose a model",
      keys: ["Alt+M"],
      group,
      enabled: Boolean(kind?.models),
      run: () => open({ kind: "models", node: id }),
    },
    {
      id: "node.fan",
      title: "Try several models and seeds",
      keys: ["Alt+F"],
      group,
      enabled: generates,
      run: () => open({ kind: "fan", node: id }),
    },
    {
      id: "node.why",
      title: "Why is it out of date?",
      keys: ["Alt+W"],
      group,
      enabled: hasWhy(state),
      run: () => open({ kind: "why", node: id }),
    },
    {
      id: "node.comments",
      title: "Comments",
      keys: ["Alt+C"],
      group,
      enabled: node !== undefined,
      run: () => open({ kind: "comments", node: id }),
    },
    {
      id: "node.keep",
      title: "Keep as is",
      keys: ["Shift+A"],
      group,
      enabled: mayEdit && state?.status === "stale" && Boolean(node?.pin),
      run: () => node && state && void keepAsIs(session, node, state),
    },
    {
      id: "node.lock",
      title: node?.locked ? "Unlock" : "Lock",
      keys: ["Shift+L"],
      group,
      enabled: mayEdit && kind !== undefined && kind.outputs.length > 0,
      run: () => node && void setLocked(session, [id], !node.locked),
    },
  ];
  useVerbs(alone ? verbs : verbs.filter((verb) => !OF_THE_GRAPH.has(verb.id)));
}
