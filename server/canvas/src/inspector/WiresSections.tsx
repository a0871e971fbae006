import { ArrowDown, ArrowUp, Unplug } from "lucide-react";
import { useMemo } from "react";
import { useSession, useView } from "../app/session";
import { showInGraph } from "../app/slots";
import type { Doc, Node, NodeKind, Port, Wire } from "../canvas/model";
import { tray } from "../canvas/model";
import { Button, IconButton } from "../ui/Button";
import { Select } from "../ui/Field";
import { Poster } from "../ui/Media";
import { attempt } from "../ui/toasts";
import css from "./inspector.module.css";
import { carried, inOrder, nameOf, portName, quoted, reordered, wiresInto } from "./reasons";
import { Section } from "./Section";

const EMPTY: Doc["wires"] = {};

/** What is wired into a node, port by port. */
export function InputsSection({ node, kind, fixed }: { node: Node; kind: NodeKind; fixed: string }) {
  const wires = useView((view) => view.seen?.doc.wires) ?? EMPTY;
  const into = useMemo(() => wiresInto({ wires }, node.id), [wires, node.id]);
  return (
    <Section title="Inputs" aside={into.length === 0 ? "nothing wired" : `${into.length} wired`}>
      {kind.inputs.map((port) => (
        <PortRows
          key={port.name}
          port={port}
          wires={into.filter((wire) => wire.dst_port === port.name).sort(inOrder)}
          fixed={fixed}
        />
      ))}
    </Section>
  );
}

function PortRows({ port, wires, fixed }: { port: Port; wires: readonly Wire[]; fixed: string }) {
  const name = portName(port.name);
  return (
    <div className={css.list}>
      <div className={css.port}>
        <span>{name}</span>
        <span className={css.hint}>
          {wires.length === 0
            ? port.required
              ? "needed, nothing wired"
              : "nothing wired"
            : wires.length > 1
              ? `${wires.length}, in this order`
              : ""}
        </span>
      </div>
      {wires.length > 0 && (
        <ul className={css.list} aria-label={`Wired to ${name}`}>
          {wires.map((wire, index) => (
            <InWire key={wire.id} wire={wire} wires={wires} index={index} many={port.many} fixed={fixed} />
          ))}
        </ul>
      )}
    </div>
  );
}

interface InProps {
  wire: Wire;
  wires: readonly Wire[];
  index: number;
  many: boolean;
  fixed: string;
}

function InWire({ wire, wires, index, many, fixed }: InProps) {
  const session = useSession();
  const doc = useView((view) => view.seen?.doc);
  const source = doc?.nodes[wire.src_node];
  const name = nameOf(source, source && session.kinds[source.kind]);
  const take = doc && carried(doc, wire);
  const move = (step: number) => {
    const ops = reordered(wires, wire.id, step).map((one) => ({ op: "reorder" as const, ...one }));
    if (ops.length) void attempt(() => session.commit(ops));
  };
  return (
    <li className={css.wire}>
      <Poster take={take} label="" scrub={false} className={css.thumb} />
      <span className={css.name}>
        <Button look="quiet" aria-label={`Show ${name}`} onPress={() => showInGraph([wire.src_node])}>
          <span>{name}</span>
        </Button>
      </span>
      <span className={css.tools}>
        {many && wires.length > 1 && (
          <>
            <IconButton label={`Move ${name} up`} isDisabled={index === 0 || Boolean(fixed)} onPress={() => move(-1)}>
              <ArrowUp size={14} aria-hidden />
            </IconButton>
            <IconButton
              label={`Move ${name} down`}
              isDisabled={index === wires.length - 1 || Boolean(fixed)}
              onPress={() => move(1)}
            >
              <ArrowDown size={14} aria-hidden />
            </IconButton>
          </>
        )}
        <Disconnect wire={wire} label={`Disconnect ${name}`} fixed={fixed} />
      </span>
      <div className={css.follow}>{doc && <Carries doc={doc} wire={wire} name={name} fixed={fixed} />}</div>
    </li>
  );
}

const FOLLOW = "follow";

/** Follows the pin of its source, or always carries one take. */
function Carries({ doc, wire, name, fixed }: { doc: Doc; wire: Wire; name: string; fixed: string }) {
  const session = useSession();
  const source = doc.nodes[wire.src_node];
  const pin = source?.pin ? doc.takes[source.pin] : undefined;
  const takes = tray(doc, wire.src_node).filter((take) => wire.src_port in take.outputs);
  // A take that was hidden since is still carried, and has to have a name here.
  const own = wire.take ? doc.takes[wire.take] : undefined;
  const listed = own && !takes.includes(own) ? [...takes, own] : takes;
  const part = wire.src_port.includes(".") ? `${portName(wire.src_port)}: ` : "";
  return (
    <Select
      label={`What ${quoted(name)} gives`}
      quiet
      value={wire.take ?? FOLLOW}
      isDisabled={Boolean(fixed)}
      choices={[
        { id: FOLLOW, title: `${part}follows the pin${pin ? `, take ${pin.seq}` : ", none yet"}` },
        ...listed.map((take) => ({
          id: take.id,
          title: `${part}always take ${take.seq}`,
          about: [take.model_requested, take.author].filter(Boolean).join(" · ") || undefined,
        })),
      ]}
      onChange={(id) => {
        const take = id === FOLLOW ? null : id;
        if (take !== wire.take) void attempt(() => session.commit([{ op: "set_wire_take", wire: wire.id, take }]));
      }}
    />
  );
}

function Disconnect({ wire, label, fixed }: { wire: Wire; label: string; fixed: string }) {
  const session = useSession();
  return (
    <IconButton
      label={label}
      isDisabled={Boolean(fixed)}
      onPress={() => void attempt(() => session.commit([{ op: "disconnect", wire: wire.id }]))}
    >
      <Unplug size={14} aria-hidden />
    </IconButton>
  );
}

/** Where a node's takes go. */
export function OutputsSection({ node, fixed }: { node: Node; fixed: string }) {
  const wires = useView((view) => view.seen?.doc.wires) ?? EMPTY;
  const out = useMemo(
    () =>
      Object.values(wires)
        .filter((wire) => wire.src_node === node.id)
        .sort(bySource),
    [wires, node.id],
  );
  return (
    <Section
      title="Used by"
      aside={out.length === 0 ? "nothing" : out.length === 1 ? "1 node" : `${out.length} wires`}
      shut
    >
      {out.length === 0 && <p className={css.hint}>Drag from its port on the canvas to use it.</p>}
      {out.length > 0 && (
        <ul className={css.list} aria-label="Used by">
          {out.map((wire) => (
            <OutWire key={wire.id} wire={wire} fixed={fixed} />
          ))}
        </ul>
      )}
    </Section>
  );
}

const bySource = (a: Wire, b: Wire): number => a.src_port.localeCompare(b.src_port) || (a.id < b.id ? -1 : 1);

function OutWire({ wire, fixed }: { wire: Wire; fixed: string }) {
  const session = useSession();
  const target = useView((view) => view.seen?.doc.nodes[wire.dst_node]);
  const name = nameOf(target, target && session.kinds[target.kind]);
  return (
    <li className={css.line}>
      <span className={css.name}>
        <Button look="quiet" aria-label={`Show ${name}`} onPress={() => showInGraph([wire.dst_node])}>
          <span>{name}</span>
        </Button>
      </span>
      <span className={css.hint}>
        {portName(wire.src_port)} → {portName(wire.dst_port)}
      </span>
      <Disconnect wire={wire} label={`Disconnect from ${name}`} fixed={fixed} />
    </li>
  );
}
