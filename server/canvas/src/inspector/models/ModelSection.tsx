import { useMay } from "../../app/session";
import { open } from "../../app/slots";
import type { Node } from "../../canvas/model";
import { Button } from "../../ui/Button";
import { State } from "../../ui/State";
import type { ModelCard, ModelProfile, NamedModels, SwapFacts } from "../../wire/api.gen";
import type { Asked } from "../asking";
import { cardTitle, isRetired } from "../Head";
import css from "../inspector.module.css";
import { priceWords } from "../money";
import { Section } from "../Section";
import { lengthsOf, timeOf } from "./facts";

interface Props {
  node: Node;
  profile: ModelProfile | undefined;
  card: ModelCard | undefined;
  named: NamedModels | undefined;
  own: Asked<SwapFacts>;
}

/** The node's model: what a take costs, what it makes otherwise than asked, whether it is going away. */
export function ModelSection({ node, profile, card, named, own }: Props) {
  const mayEdit = useMay("editor");
  const title = card ? cardTitle(card) : node.model;
  const price = own.data;
  const time = profile ? timeOf(profile.seconds_low, profile.seconds_high) : "";
  const lengths = profile ? lengthsOf(profile) : "";
  return (
    <Section title="Model" aside={title || "none"}>
      {!node.model && <p className={css.hint}>No model yet: choose one, and nothing else is lost.</p>}
      {node.model && <Lifecycle node={node} card={card} named={named} />}
      {card && !card.provider.key && !isRetired(card) && <NoKey card={card} />}
      {node.model && (
        <dl className={css.facts}>
          <dt>A take here</dt>
          <dd>{price ? hereWords(price) : own.problem || (card && isRetired(card)) ? "cannot be priced" : "…"}</dd>
          <dt>Usual time</dt>
          <dd>{time || "no figure yet"}</dd>
          {lengths && (
            <>
              <dt>Lengths</dt>
              <dd>{lengths}</dd>
            </>
          )}
        </dl>
      )}
      {profile?.previz && !node.pin && <State mark="previz" word="Makes previz: stand-ins, badged as such" />}
      {price?.lost.map((note) => (
        <p key={note} className={css.hint}>
          {note}
        </p>
      ))}
      <div className={css.buttons}>
        <Button isDisabled={!mayEdit} onPress={() => open({ kind: "models", node: node.id })}>
          {node.model ? "Change model" : "Choose a model"}
        </Button>
        <Button isDisabled={!mayEdit || !node.model} onPress={() => open({ kind: "fan", node: node.id })}>
          Try several
        </Button>
      </div>
    </Section>
  );
}

/** What a take here costs; while something is missing, a price that hangs on it is not known yet. */
const hereWords = (price: SwapFacts) =>
  price.refusal && price.high_micros === null ? "known once it can run" : priceWords(price);

function Lifecycle({ node, card, named }: Pick<Props, "node" | "card" | "named">) {
  const lifecycle = card?.profile["lifecycle"];
  const unknown = named !== undefined && card === undefined;
  if (!unknown && (lifecycle === undefined || lifecycle === "available")) return null;
  return (
    <div className={css.notice} role="note">
      <p className={css.warn}>
        {lifecycle === "retiring" ? "This model will go away." : "This model is not there any more."}
      </p>
      <p>{card?.lifecycle_words || named?.words || `${node.model} is in no catalogue here.`}</p>
      {!card?.lifecycle_words && named && named.successors.length > 0 && <p>Follows: {named.successors.join(", ")}.</p>}
      <p className={css.hint}>Takes that were made stay as they are.</p>
    </div>
  );
}

/** What to do where a provider has no key: keys are set on the bridge's machine, never in a page. */
export function NoKey({ card }: { card: ModelCard }) {
  const { provider } = card;
  return (
    <div className={css.notice} role="note">
      <p className={css.warn}>There is no key for {provider.title}.</p>
      <p>
        On the bridge's machine: <code>takebridge keys set {provider.provider}</code>
      </p>
      {provider.key_page && <p className={css.hint}>Keys are made at {provider.key_page}</p>}
      <p className={css.hint}>Until then, models of this machine work without one.</p>
    </div>
  );
}
