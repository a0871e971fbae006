import { useMemo, useState } from "react";
import { useMay, useSession, useView } from "../app/session";
import { open } from "../app/slots";
import { commitAll } from "../canvas/edits";
import type { Node } from "../canvas/model";
import { stateMark } from "../canvas/words";
import { Button } from "../ui/Button";
import { Select } from "../ui/Field";
import { State } from "../ui/State";
import { attempt } from "../ui/toasts";
import css from "./inspector.module.css";
import { ModelPicker } from "./models/ModelPicker";
import { POLICIES } from "./RulesSection";
import { countsByState } from "./reasons";
import { Section } from "./Section";
import { setLocked } from "./verbs";

const MIXED = "mixed";

/** Several nodes: how they stand, and what can be done with all of them at once, as one edit. */
export function ManyNodes({ nodes: ids }: { nodes: readonly string[] }) {
  const session = useSession();
  const mayEdit = useMay("editor");
  const all = useView((view) => view.seen?.doc.nodes);
  const states = useView((view) => view.seen?.states);
  const [picking, setPicking] = useState(false);
  const nodes = useMemo(() => ids.flatMap((id) => all?.[id] ?? []), [ids, all]);
  const making = nodes.filter((node) => session.kinds[node.kind]?.models);
  const lockable = nodes.filter((node) => session.kinds[node.kind]?.outputs.length);
  const counts = countsByState(
    states ?? {},
    lockable.map((node) => node.id),
  );
  const locked = lockable.filter((node) => node.locked).length;
  const [policy, ...otherPolicies] = new Set(making.map((node) => node.policy));
  const kinds = new Set(making.map((node) => node.kind));
  const fixed = mayEdit ? "" : "Changing these needs the role editor.";
  const ready = making.filter((node) => !node.locked);
  const lock = (is: boolean) =>
    void setLocked(
      session,
      lockable.filter((node) => node.locked !== is).map((node) => node.id),
      is,
    );
  return (
    <>
      <header className={css.head}>
        <h2>{ids.length} nodes selected</h2>
        <p className={css.hint}>{kindsWords(nodes, (key) => session.kinds[key]?.title ?? key)}</p>
        <ul className={css.counts} aria-label="Selected nodes by state">
          {counts.map(([status, count]) => (
            <li key={status}>
              <State mark={stateMark(status)} />
              <span>{count}</span>
            </li>
          ))}
        </ul>
        {making.length > 0 && (
          <div className={css.primary}>
            <Button
              look="primary"
              isDisabled={!mayEdit || ready.length === 0}
              onPress={() => open({ kind: "plan", scope: { kind: "node", nodes: ready.map((node) => node.id) } })}
            >
              Plan these {ready.length} nodes
            </Button>
            <p className={css.hint}>
              {fixed || (ready.length === 0 ? "All of them are locked." : "The plan says what runs and what it costs.")}
            </p>
          </div>
        )}
      </header>
      <Section title="For all of them">
        <div className={css.buttons}>
          <Button isDisabled={!mayEdit || locked === lockable.length} onPress={() => lock(true)}>
            Lock {lockable.length - locked}
          </Button>
          <Button isDisabled={!mayEdit || locked === 0} onPress={() => lock(false)}>
            Unlock {locked}
          </Button>
        </div>
        {making.length > 0 && (
          <Select
            label="Who starts them"
            value={otherPolicies.length ? MIXED : (policy ?? null)}
            isDisabled={!mayEdit}
            choices={[
              ...(otherPolicies.length ? [{ id: MIXED, title: "Different ones", disabled: true }] : []),
              ...POLICIES,
            ]}
            onChange={(id) => {
              const chosen = POLICIES.find((one) => one.id === id)?.id;
              const changed = chosen ? making.filter((node) => node.policy !== chosen) : [];
              const ops = changed.map((node) => ({
                op: "set_policy" as const,
                node: node.id,
                policy: chosen ?? "manual",
              }));
              if (ops.length) void attempt(() => commitAll(session, ops));
            }}
          />
        )}
        {making.length > 0 && (
          <>
            <Button isDisabled={!mayEdit || kinds.size !== 1} onPress={() => setPicking(true)}>
              Change the model of {making.length}
            </Button>
            {kinds.size > 1 && <p className={css.hint}>A model fits one kind of node; these are {kinds.size} kinds.</p>}
          </>
        )}
      </Section>
      {picking && <ModelPicker nodes={making.map((node) => node.id)} onClose={() => setPicking(false)} />}
    </>
  );
}

/** `8 Image, 1 Storyboard`. */
function kindsWords(nodes: readonly Node[], title: (kind: string) => string): string {
  const counts = new Map<string, number>();
  for (const node of nodes) counts.set(node.kind, (counts.get(node.kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => `${count} ${title(kind)}`).join(", ");
}
