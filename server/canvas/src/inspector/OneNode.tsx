import { useKind, useMay, useSession, useView } from "../app/session";
import type { Node, StateFacts } from "../canvas/model";
import { useAsked } from "./asking";
import { CostSection } from "./CostSection";
import { CommentsSection } from "./comments/CommentsSection";
import { Params } from "./fields/Params";
import { Head, isRetired } from "./Head";
import { ModelSection } from "./models/ModelSection";
import { askNamed, askSwap, useProfiles } from "./questions";
import { RulesSection } from "./RulesSection";
import { Section } from "./Section";
import { useNodeVerbs } from "./verbs";
import { InputsSection, OutputsSection } from "./WiresSections";
import { portOfWords, WordsSection } from "./WordsSection";

/** One node: what it is, why it stands as it does, and everything that can be set about it. */
export function OneNode({ id }: { id: string }) {
  const node = useView((view) => view.seen?.doc.nodes[id]);
  const state = useView((view) => view.seen?.states[id]);
  const kind = useKind(node?.kind ?? "");
  const mayEdit = useMay("editor");
  const { data: profiles } = useProfiles(kind?.models);
  const model = node && kind?.models ? node.model : "";
  const { data: named } = useAsked(model || null, () => askNamed(model));
  const card = named?.cards.find((one) => one.profile["id"] === model);
  // Nobody can say what a model that is gone would make.
  const own = useOwn(card && !isRetired(card) ? node : undefined, state);
  useNodeVerbs(node, kind, state);
  if (!node) return null;
  const profile = profiles?.find((one) => one.id === node.model);
  const fixed = mayEdit ? "" : "Changing this needs the role editor.";
  const words = kind && portOfWords(kind);
  return (
    <>
      <Head node={node} kind={kind} state={state} card={card} own={own} />
      {kind && words && <WordsSection key={words} node={node} port={words} fixed={fixed} />}
      {kind?.models && <ModelSection node={node} profile={profile} card={card} named={named} own={own} />}
      {kind && kind.params.length > 0 && (
        <Section title={kind.outputs.length ? "Settings" : "About it"}>
          <Params node={node} kind={kind} profile={profile} fixed={fixed} />
        </Section>
      )}
      {kind && kind.inputs.length > 0 && <InputsSection node={node} kind={kind} fixed={fixed} />}
      {kind && kind.outputs.length > 0 && <OutputsSection node={node} fixed={fixed} />}
      <RulesSection node={node} kind={kind} fixed={fixed} />
      {kind?.models && <CostSection node={node} />}
      <CommentsSection node={node.id} />
    </>
  );
}

/** What a take of the node costs with the model it has, and what would be made otherwise; asked anew after an edit. */
function useOwn(node: Node | undefined, state: StateFacts | undefined) {
  const session = useSession();
  const wanted = state?.expected_fp ?? JSON.stringify(node?.params);
  const key = node?.model ? `${session.id} ${node.id} ${node.model} ${wanted}` : null;
  return useAsked(key, () => askSwap(session.id, node?.id ?? "", node?.model ?? ""), 250);
}
