import { useView } from "../app/session";
import type { Node, Take } from "../canvas/model";
import { ago, money } from "../canvas/words";
import css from "./inspector.module.css";
import { spent } from "./reasons";
import { Section } from "./Section";

const NONE: readonly Take[] = [];

/** What a node has cost so far. */
export function CostSection({ node }: { node: Node }) {
  const takes = useView((view) => view.seen?.doc.traysOf[node.id]) ?? NONE;
  const sums = spent(takes);
  const words = sums
    .map((sum) =>
      sum.micros === 0 && sum.unknown === 0 ? "free" : `${sum.estimated ? "~" : ""}${money(sum.micros, sum.currency)}`,
    )
    .join(" + ");
  const newest = takes.at(-1);
  return (
    <Section title="Cost so far" aside={words || "nothing"}>
      <dl className={css.facts}>
        <dt>Takes</dt>
        <dd>{takes.length}</dd>
        {sums.map((sum) => (
          <Sum key={sum.currency} sum={sum} />
        ))}
        {newest && (
          <>
            <dt>Newest</dt>
            <dd title={newest.created_at}>
              take {newest.seq}, {ago(newest.created_at)}
              {newest.author && `, ${newest.author}`}
            </dd>
          </>
        )}
      </dl>
    </Section>
  );
}

function Sum({ sum }: { sum: ReturnType<typeof spent>[number] }) {
  return (
    <>
      <dt>Generated</dt>
      <dd>
        {sum.takes} for {sum.micros === 0 ? "nothing" : money(sum.micros, sum.currency)}
        {sum.estimated && ", partly as estimated"}
        {sum.unknown > 0 && `, ${sum.unknown} at an unknown price`}
      </dd>
    </>
  );
}
