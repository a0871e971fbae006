import { useState } from "react";
import { Select } from "../../ui/Field";
import { State } from "../../ui/State";
import type { ModelCard } from "../../wire/api.gen";
import { useAsked } from "../asking";
import { isPaid, priceWords } from "../money";
import { askNamed } from "../questions";
import { type Fact, factsOf, rightsOf, timeOf } from "./facts";
import { priceOf, type Row, whyNot } from "./filter";
import { NoKey } from "./ModelSection";
import css from "./models.module.css";

interface Props {
  row: Row;
  rows: readonly Row[];
  now: string;
  several: boolean;
}

/** One model: what carries over, what does not, what it takes, makes and costs, beside another one. */
export function ModelDetails({ row, rows, now, several }: Props) {
  const { offer } = row;
  const { data } = useAsked(offer.id, () => askNamed(offer.id));
  const card = data?.cards.find((one) => one.profile["id"] === offer.id);
  return (
    <>
      <h3>{offer.title}</h3>
      <p className={css.quiet}>
        {offer.id}
        {card && !offer.local ? `, from ${card.provider.title}` : ""}
      </p>
      {offer.previz && <State mark="previz" word="Makes previz: stand-ins, badged as such" />}
      {offer.lifecycle !== "available" && (
        <p className={css.warn} role="note">
          {offer.lifecycle_words}
        </p>
      )}
      {card && !card.provider.key && <NoKey card={card} />}
      <Carrying row={row} now={now} several={several} />
      <Compared key={offer.id} row={row} rows={rows} now={now} />
      {row.profile && (
        <>
          <h4>Rights</h4>
          <Facts facts={[...rightsOf(row.profile), ...uploads(card)]} />
        </>
      )}
      {row.profile?.notes && <p className={css.quiet}>{row.profile.notes}</p>}
    </>
  );
}

const uploads = (card: ModelCard | undefined): Fact[] =>
  card?.provider.uploads_go ? [{ name: "What is sent goes", words: card.provider.uploads_go }] : [];

function Carrying({ row, now, several }: Omit<Props, "rows">) {
  const not = whyNot(row);
  const { swap } = row;
  const same = row.offer.id === now && !several;
  if (row.offer.lifecycle === "retired") return null;
  return (
    <>
      {not && (
        <div className={css.refused} role="note">
          <p className={css.warn}>It cannot make this shot as it stands.</p>
          <p>{not}</p>
        </div>
      )}
      {!swap && !not && <p className={css.quiet}>Asking what it would make of this very node.</p>}
      {swap && !same && swap.carries.length > 0 && (
        <>
          <h4>Carries over</h4>
          <ul className={css.points}>
            {swap.carries.map((one) => (
              <li key={one}>
                <span aria-hidden>✓</span>
                {one}
              </li>
            ))}
          </ul>
        </>
      )}
      {swap && swap.lost.length > 0 && (
        <>
          <h4>{same ? "Made otherwise than asked" : "Does not carry over"}</h4>
          <ul className={css.points}>
            {swap.lost.map((one) => (
              <li key={one} className={css.warn}>
                <span aria-hidden>▲</span>
                {one}
              </li>
            ))}
          </ul>
        </>
      )}
      {swap && !same && swap.consent && <p className={css.quiet}>{dearer(row)}</p>}
    </>
  );
}

function dearer({ swap }: Row): string {
  if (!swap) return "";
  const before = priceWords({
    currency: swap.currency,
    low_micros: swap.before_low_micros,
    high_micros: swap.before_high_micros,
  });
  return `A take costs ${priceWords(swap)} then; now it is ${before}.`;
}

const NOBODY = "nobody";

/** The same facts of two models side by side; at first beside the one the node has. */
function Compared({ row, rows, now }: Omit<Props, "several">) {
  const [other, setOther] = useState(now !== row.offer.id && now ? now : NOBODY);
  const beside = rows.find((one) => one.offer.id === other);
  const mine = tableOf(row);
  const theirs = beside ? tableOf(beside) : [];
  const names = [...new Set([...mine, ...theirs].map((fact) => fact.name))];
  const of = (facts: readonly Fact[], name: string) => facts.find((fact) => fact.name === name)?.words ?? "–";
  return (
    <>
      <Select
        label="Compare with"
        value={other}
        choices={[
          { id: NOBODY, title: "No other model" },
          ...rows
            .filter((one) => one.offer.id !== row.offer.id)
            .map((one) => ({
              id: one.offer.id,
              title: one.offer.id === now ? `${one.offer.title} (now)` : one.offer.title,
              about: one.offer.local ? "this machine" : one.offer.provider,
            })),
        ]}
        onChange={setOther}
      />
      <table className={css.table}>
        <thead>
          <tr>
            <th scope="col">
              <span className="visually-hidden">What</span>
            </th>
            <th scope="col">{row.offer.title}</th>
            {beside && <th scope="col">{beside.offer.title}</th>}
          </tr>
        </thead>
        <tbody>
          {names.map((name) => (
            <tr key={name} data-differs={beside !== undefined && of(mine, name) !== of(theirs, name)}>
              <th scope="row">{name}</th>
              <td>{of(mine, name)}</td>
              {beside && <td>{of(theirs, name)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function tableOf(row: Row): Fact[] {
  const { offer, profile } = row;
  const price = priceOf(row);
  return [
    { name: "A take here", words: priceWords(price) },
    ...(isPaid(price) ? [{ name: "List price", words: listPrice(row) }] : []),
    { name: "Usual time", words: timeOf(offer.seconds_low, offer.seconds_high) || "no figure yet" },
    { name: "Makes this shot", words: whyNot(row) ? "no" : "yes" },
    ...(profile ? factsOf(profile) : []),
  ];
}

const listPrice = ({ offer }: Row): string =>
  offer.price_on ? `${offer.list_price}, as of ${offer.price_on}` : offer.list_price;

function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl className={css.facts}>
      {facts.map((fact) => (
        <div key={fact.name}>
          <dt>{fact.name}</dt>
          <dd>{fact.words}</dd>
        </div>
      ))}
    </dl>
  );
}
