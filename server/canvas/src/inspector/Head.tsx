import { useMay, useMe, useSession, useView } from "../app/session";
import { open, showInGraph } from "../app/slots";
import type { Node, NodeKind, StateFacts } from "../canvas/model";
import { stateMark } from "../canvas/words";
import { Button } from "../ui/Button";
import { State } from "../ui/State";
import type { ModelCard, SwapFacts } from "../wire/api.gen";
import type { Asked } from "./asking";
import { useAsked } from "./asking";
import { DraftField } from "./fields/DraftField";
import css from "./inspector.module.css";
import { isPaid, type Price, priceWords } from "./money";
import { askWhy } from "./questions";
import { cannotGenerate, isMade, nameOf, reason } from "./reasons";

interface Props {
  node: Node;
  kind: NodeKind | undefined;
  state: StateFacts | undefined;
  card: ModelCard | undefined;
  /** What the node would make and cost with the model it has. */
  own: Asked<SwapFacts>;
}

/** Whether there is something to explain: what the pin was made from differs from what is there now. */
export const hasWhy = (state: StateFacts | undefined): boolean =>
  state?.status === "stale" || state?.status === "accepted" || (state?.status === "locked" && state.drifted);

/** Name, kind, state and why, and the one button that makes a take. */
export function Head({ node, kind, state, card, own }: Props) {
  const session = useSession();
  const mayEdit = useMay("editor");
  return (
    <header className={css.head}>
      <div className={css.title}>
        <DraftField
          node={node.id}
          param="title"
          label="Name"
          quiet
          saved={node.title}
          placeholder={kind?.title ?? node.kind}
          fixed={mayEdit ? "" : "Renaming needs the role editor."}
          wrong={(text) => ([...text].length > 200 ? "At most 200 characters." : undefined)}
          commit={(text) => session.commit([{ op: "set_title", node: node.id, title: text }])}
        />
      </div>
      <div className={css.kind}>
        <span>{kind?.title ?? node.kind}</span>
        {card && <span>{cardTitle(card)}</span>}
        <Others node={node.id} />
      </div>
      {state && <StateLine node={node} kind={kind} state={state} />}
      {kind?.models && <Primary node={node} kind={kind} state={state} card={card} own={own} />}
    </header>
  );
}

export const cardTitle = (card: ModelCard): string => String(card.profile["title"] ?? card.profile["id"] ?? "");

export const isRetired = (card: ModelCard): boolean => card.profile["lifecycle"] === "retired";

/** Why no take can be asked for now; empty when one can. */
function whyShut(kind: NodeKind, node: Node, state: StateFacts | undefined, card: ModelCard | undefined): string {
  const why = cannotGenerate(kind, node, state);
  if (why || !card) return why;
  if (isRetired(card)) return "Its model is retired: choose another one.";
  return card.provider.key ? "" : `There is no key for ${card.provider.title}.`;
}

/** Who else has this node selected. */
function Others({ node }: { node: string }) {
  const me = useMe();
  const names = useView((view) =>
    view.present
      .filter((one) => one.selection.includes(node))
      .map((one) => (one.name === me.name ? "you elsewhere" : one.name || "somebody"))
      .join(", "),
  );
  return names ? <span className={css.hint}>also here: {names}</span> : null;
}

function StateLine({ node, kind, state }: { node: Node; kind: NodeKind | undefined; state: StateFacts }) {
  const session = useSession();
  const explain = hasWhy(state);
  const key = explain ? `${session.id} ${node.id} ${node.pin} ${state.expected_fp}` : null;
  const { data: changes } = useAsked(key, () => askWhy(session.id, node.id));
  const doc = useView((view) => view.seen?.doc);
  if (kind && kind.outputs.length === 0) return null;
  const take = node.pin ? doc?.takes[node.pin] : undefined;
  return (
    <div className={css.state}>
      <div className={css.line}>
        <State mark={stateMark(state.status)} />
        {explain && (
          <Button look="quiet" onPress={() => open({ kind: "why", node: node.id })}>
            Why?
          </Button>
        )}
      </div>
      <p className={css.reason}>{doc && reason(doc, session.kinds, node, state, changes)}</p>
      {state.status === "blocked" && <Waiting node={node} state={state} />}
      {take?.previz && <State mark="previz" word="Previz: a stand-in, not a finished take" />}
      {take?.notes.map((note) => (
        <p key={note} className={css.hint}>
          {note}
        </p>
      ))}
    </div>
  );
}

/** The node above that has nothing yet, one press away. */
function Waiting({ node, state }: { node: Node; state: StateFacts }) {
  const session = useSession();
  const source = useView((view) => {
    const wires = Object.values(view.seen?.doc.wires ?? {});
    const wire = wires.find((one) => one.dst_node === node.id && state.blocked_by.includes(one.dst_port));
    return wire && view.seen?.doc.nodes[wire.src_node];
  });
  if (!source) return null;
  return (
    <Button look="quiet" onPress={() => showInGraph([source.id])}>
      Show {nameOf(source, session.kinds[source.kind])}
    </Button>
  );
}

const buttonPrice = (price: Price): string => `${isPaid(price) ? " " : ", "}${priceWords(price)}`;

/** The button names what it makes and what that costs; it never spends by itself: the plan asks first. */
function Primary({ node, kind, state, card, own }: Props & { kind: NodeKind }) {
  const mayEdit = useMay("editor");
  const maySpend = useMay("producer");
  const price = own.data;
  const why = mayEdit ? whyShut(kind, node, state, card) : "Generating needs the role editor.";
  const makes = !isMade(state);
  const same = kind.category === "deterministic" && !makes;
  const words = state?.status === "empty" ? "Generate first take" : makes ? "Generate take" : "Generate another take";
  const run = () =>
    open(makes ? { kind: "plan", scope: { kind: "node", nodes: [node.id] } } : { kind: "again", node: node.id });
  // A script somebody wrote needs no model; whoever wants one chooses it below.
  if ((same && !why) || (!node.model && node.pin)) return null;
  return (
    <div className={css.primary}>
      <Button look={makes ? "primary" : "plain"} isDisabled={why !== ""} onPress={run}>
        {words}
        {!why && price && !price.refusal ? buttonPrice(price) : ""}
      </Button>
      {why && <p className={css.hint}>{why}</p>}
      {!why && own.problem && <p className={css.warn}>{own.problem.message}</p>}
      {!why && price?.refusal && <p className={css.warn}>{price.refusal}</p>}
      {!why && price && isPaid(price) && !maySpend && (
        <p className={css.hint}>Starting what costs money needs the role producer.</p>
      )}
    </div>
  );
}
