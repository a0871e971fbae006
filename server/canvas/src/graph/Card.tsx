import { type NodeProps, useStore } from "@xyflow/react";
import { memo, useMemo, useState } from "react";
import { useKind, useSelection, useSession, useView } from "../app/session";
import type { Node, NodeKind, StateFacts, Take } from "../canvas/model";
import { GLYPHS, stateMark } from "../canvas/words";
import { tint } from "../ui/State";
import css from "./Card.module.css";
import { NearCard } from "./CardNear";
import { Face } from "./Face";
import { type CardNode, missingKind } from "./flow";
import { detailAt } from "./geometry";
import { openNodeMenu } from "./menus";
import { Dot, Port } from "./Port";
import { useGraph } from "./ui";
import { costOf, countGlyphs, namesOf } from "./words";

export interface Facts {
  node: Node;
  kind: NodeKind | undefined;
  state: StateFacts | undefined;
  takes: readonly Take[];
}

const NO_TAKES: readonly Take[] = [];

/** A node as a card, at three levels of detail. It reads its own slice: nothing else renders it again. */
export const Card = memo(function Card({ id, selected }: NodeProps<CardNode>) {
  const node = useView((view) => view.seen?.doc.nodes[id]);
  if (!node) return null;
  return <Known node={node} selected={selected} />;
});

function Known({ node, selected }: { node: Node; selected: boolean }) {
  const { id } = node;
  const session = useSession();
  const kind = useKind(node.kind);
  const state = useView((view) => view.seen?.states[id]);
  const takes = useView((view) => view.seen?.doc.traysOf[id] ?? NO_TAKES);
  const detail = useStore((flow) => detailAt(flow.transform[2]));
  const hovered = useSelection((selection) => selection.hovered === id);
  const found = useGraph((ui) => foundAs(ui.search, id));
  const wiring = useGraph((ui) => ui.wiring !== null);
  const others = useView((view) => namesOf(view.present.filter((one) => one.selection.includes(id))));
  const [inside, setInside] = useState(false);
  const mark = kind ? stateMark(state?.status) : "failed";
  const facts: Facts = { node, kind, state, takes };
  const gone = useMissing(node, kind !== undefined);
  const live = detail === "near" || (detail === "mid" && (inside || selected || wiring));
  return (
    <article
      className={css.card}
      style={tint(mark)}
      data-state={state?.status ?? "empty"}
      data-detail={detail}
      data-hovered={hovered || undefined}
      data-found={found}
      data-others={others ? "" : undefined}
      onPointerEnter={() => {
        setInside(true);
        useSelection.getState().point({ hovered: id });
      }}
      onPointerLeave={() => {
        setInside(false);
        useSelection.getState().point({ hovered: null });
      }}
      onContextMenu={(event) => {
        event.preventDefault();
        openNodeMenu(session, id, { x: event.clientX, y: event.clientY });
      }}
    >
      {detail === "near" && <NearCard facts={facts} mark={mark} />}
      {detail === "mid" && <MidCard facts={facts} glyph={GLYPHS[mark] ?? ""} />}
      {detail === "far" && <FarCard glyph={GLYPHS[mark] ?? ""} />}
      {others && detail !== "far" && <span className={css.others}>{others}</span>}
      <Ports node={id} kind={kind ?? gone} live={live} named={detail === "near"} />
    </article>
  );
}

/** What stands for the kind of a node that is not installed here: the ports its wires name. */
function useMissing(node: Node, known: boolean): NodeKind | undefined {
  const wires = useView((view) => (known ? null : (view.seen?.doc.wires ?? null)));
  return useMemo(() => (wires ? missingKind(wires, node) : undefined), [wires, node]);
}

interface PortsProps {
  node: string;
  kind: NodeKind | undefined;
  live: boolean;
  named: boolean;
}

const SIDES = [
  ["in", "inputs"],
  ["out", "outputs"],
] as const;

function Ports({ node, kind, live, named }: PortsProps) {
  return SIDES.map(([side, ports]) =>
    kind?.[ports].map((port, index) =>
      live ? (
        <Port key={`${side} ${port.name}`} node={node} port={port} side={side} index={index} named={named} />
      ) : (
        <Dot key={`${side} ${port.name}`} port={port} side={side} index={index} />
      ),
    ),
  );
}

const foundAs = (search: { ids: readonly string[]; at: number } | null, id: string) =>
  !search || search.ids.length === 0
    ? undefined
    : search.ids[search.at] === id
      ? "this"
      : search.ids.includes(id)
        ? "yes"
        : "no";

function MidCard({ facts, glyph }: { facts: Facts; glyph: string }) {
  const { node, takes } = facts;
  const cost = costOf(takes);
  return (
    <>
      <div className={css.midTitle}>
        <span className={css.glyph} aria-hidden>
          {glyph}
        </span>
        <span className={css.ellipsis}>{node.title}</span>
      </div>
      <Face facts={facts} scrub={false} />
      <div className={css.midFoot}>
        <span>{countGlyphs(node, takes)}</span>
        <span>{cost?.sum === "free" ? "" : cost?.sum}</span>
      </div>
    </>
  );
}

function FarCard({ glyph }: { glyph: string }) {
  return (
    <div className={css.farBox} aria-hidden>
      {glyph}
    </div>
  );
}
