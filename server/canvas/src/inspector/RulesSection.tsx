import { useMemo } from "react";
import { useSession, useView } from "../app/session";
import type { Node, NodeKind, Op } from "../canvas/model";
import { Select, Switch } from "../ui/Field";
import { attempt } from "../ui/toasts";
import { nameOf } from "./reasons";
import { Section } from "./Section";

export const POLICIES = [
  { id: "manual", title: "A person starts it", about: "Nothing runs by itself" },
  { id: "free", title: "By itself while free", about: "Only on this machine, for nothing" },
  { id: "budget", title: "By itself within the budget", about: "Up to the caps of this canvas" },
] as const;

const NO_GROUP = "none";

/** Lock, who may start it, which group it lies in. */
export function RulesSection({ node, kind, fixed }: { node: Node; kind: NodeKind | undefined; fixed: string }) {
  const session = useSession();
  const nodes = useView((view) => view.seen?.doc.nodes);
  const groups = useMemo(() => Object.values(nodes ?? {}).filter((one) => one.kind === "group"), [nodes]);
  const send = (op: Op) => void attempt(() => session.commit([op]));
  const policy = POLICIES.find((one) => one.id === node.policy);
  const makes = kind?.models !== null && kind !== undefined;
  return (
    <Section title="Rules" aside={node.locked ? "locked" : makes && node.policy !== "manual" ? policy?.title : ""} shut>
      {kind?.outputs.length !== 0 && (
        <Switch
          isSelected={node.locked}
          isDisabled={Boolean(fixed)}
          onChange={(locked) => send({ op: "set_locked", node: node.id, locked })}
        >
          Locked: keep the pinned take whatever changes
        </Switch>
      )}
      {makes && (
        <Select
          label="Who starts it"
          value={node.policy}
          isDisabled={Boolean(fixed)}
          choices={POLICIES}
          onChange={(id) => {
            const chosen = POLICIES.find((one) => one.id === id);
            if (chosen && chosen.id !== node.policy) send({ op: "set_policy", node: node.id, policy: chosen.id });
          }}
        />
      )}
      {node.kind !== "group" && (
        <Select
          label="Group"
          value={node.group ?? NO_GROUP}
          isDisabled={Boolean(fixed)}
          choices={[
            { id: NO_GROUP, title: "No group" },
            ...groups.map((group) => ({ id: group.id, title: nameOf(group, session.kinds["group"]) })),
          ]}
          onChange={(id) => {
            const group = id === NO_GROUP ? null : id;
            if (group !== node.group) send({ op: "set_group", node: node.id, group });
          }}
        />
      )}
    </Section>
  );
}
