import { ArrowDown, ArrowUp, Unplug } from "lucide-react";
import { useRef, useState } from "react";
import { useMay, useSession, useView } from "../app/session";
import type { Doc, Wire } from "../canvas/model";
import { tray } from "../canvas/model";
import { Button, IconButton } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { type Choice, Select } from "../ui/Field";
import { carried, commit, connect, reorderOps, wiresInto } from "./actions";
import css from "./Dialogs.module.css";
import { portNamed } from "./geometry";
import { type End, fits, mayConnect, partsOf, portWords, typeWords } from "./ports";
import { readingOrder } from "./search";
import { useGraph } from "./ui";
import { usePartTitles } from "./usePartTitles";

/** Everything about a node's wires without a pointer: lay, order, carry one take, disconnect. */
export function WiresDialog() {
  const node = useGraph((ui) => ui.wiresOf);
  return node ? <Listed node={node} /> : null;
}

const close = () => useGraph.setState({ wiresOf: null });

function Listed({ node }: { node: string }) {
  const session = useSession();
  const doc = useView((view) => view.seen?.doc);
  const found = doc?.nodes[node];
  if (!doc || !found) return null;
  const kind = session.kinds[found.kind];
  const into = (kind?.inputs ?? []).flatMap((port) => wiresInto(doc, node, port.name));
  const out = Object.values(doc.wires).filter((wire) => wire.src_node === node);
  return (
    <Dialog title={`Wires of “${found.title}”`} onClose={close}>
      <div className={css.stack}>
        <Connect key={node} node={node} doc={doc} />
        <Rows title="Comes in" wires={into} doc={doc} side="in" />
        <Rows title="Goes out" wires={out} doc={doc} side="out" />
      </div>
    </Dialog>
  );
}

function Rows({ title, wires, doc, side }: { title: string; wires: readonly Wire[]; doc: Doc; side: "in" | "out" }) {
  return (
    <section>
      <h3>{title}</h3>
      {wires.length === 0 && <p className={css.quiet}>No wires.</p>}
      <ul>
        {wires.map((wire) => (
          <Row key={wire.id} wire={wire} doc={doc} side={side} />
        ))}
      </ul>
    </section>
  );
}

function Row({ wire, doc, side }: { wire: Wire; doc: Doc; side: "in" | "out" }) {
  const session = useSession();
  const mayEdit = useMay("editor");
  const other = doc.nodes[side === "in" ? wire.src_node : wire.dst_node]?.title ?? "";
  const words =
    side === "in"
      ? `${portWords(wire.dst_port)} from “${other}”, ${wire.src_port}`
      : `${wire.src_port} to “${other}”, ${portWords(wire.dst_port)}`;
  const [earlier, later] = [reorderOps(doc, wire, -1), reorderOps(doc, wire, 1)];
  const takes: Choice[] = [
    { id: "pin", title: "Follows the pin" },
    ...tray(doc, wire.src_node)
      .filter((take) => wire.src_port in take.outputs)
      .map((take) => ({ id: take.id, title: `Always take ${take.seq}` })),
  ];
  return (
    <li className={css.row}>
      <span className={css.grow}>
        {words}
        {!carried(doc, wire) && <span className={css.quiet}> · nothing to carry yet</span>}
      </span>
      <Select
        label={`Take that ${words} carries`}
        quiet
        choices={takes}
        value={wire.take ?? "pin"}
        isDisabled={!mayEdit}
        onChange={(id) =>
          void commit(session, [{ op: "set_wire_take", wire: wire.id, take: id === "pin" ? null : id }])
        }
      />
      {side === "in" && (earlier.length > 0 || later.length > 0) && (
        <>
          <IconButton
            label="Earlier"
            isDisabled={!mayEdit || !earlier.length}
            onPress={() => void commit(session, earlier)}
          >
            <ArrowUp size={14} aria-hidden />
          </IconButton>
          <IconButton label="Later" isDisabled={!mayEdit || !later.length} onPress={() => void commit(session, later)}>
            <ArrowDown size={14} aria-hidden />
          </IconButton>
        </>
      )}
      <IconButton
        label={`Disconnect ${words}`}
        isDisabled={!mayEdit}
        onPress={() => void commit(session, [{ op: "disconnect", wire: wire.id }])}
      >
        <Unplug size={14} aria-hidden />
      </IconButton>
    </li>
  );
}

/** Lay a wire: a port of this node first, then what fits it from a list. */
function Connect({ node, doc }: { node: string; doc: Doc }) {
  const session = useSession();
  const mayEdit = useMay("editor");
  const kind = session.kinds[doc.nodes[node]?.kind ?? ""];
  const titleOf = usePartTitles(doc, node);
  const [chosen, setChosen] = useState<string | null>(null);
  const [target, setTarget] = useState<string | null>(null);
  const box = useRef<HTMLElement>(null);
  const ports: Choice[] = [
    ...(kind?.outputs ?? [])
      .flatMap((port) => namesOf(doc, node, port.name, port.parts))
      .map((name) => ({ id: `out ${name}`, title: `Output ${titleOf(name)}` })),
    ...(kind?.inputs ?? []).map((port) => ({
      id: `in ${port.name}`,
      title: `Input ${portWords(port.name)}`,
      about: typeWords(port),
    })),
  ];
  const from = endOf(node, chosen);
  const targets = from ? targetsOf(doc, session.kinds, from) : [];
  const to = targets.find((one) => one.id === target)?.end;
  const choose = (id: string) => {
    setChosen(id);
    setTarget(null);
  };
  const lay = () => {
    if (!from || !to) return;
    void connect(session, from, to, mayConnect(doc, session.kinds, from, to).replaces);
    // The button shuts itself: who came by keyboard goes on where the next wire begins.
    box.current?.querySelector("button")?.focus();
    setTarget(null);
  };
  return (
    <section ref={box} className={css.connect}>
      <Select label="Port" choices={ports} value={chosen} isDisabled={!mayEdit} onChange={choose} />
      <Select
        label={from && targets.length === 0 ? "Nothing here fits" : "Connect with"}
        choices={targets}
        value={target}
        isDisabled={!mayEdit || targets.length === 0}
        onChange={setTarget}
      />
      <Button look="primary" isDisabled={!to} onPress={lay}>
        Connect
      </Button>
    </section>
  );
}

const namesOf = (doc: Doc, node: string, port: string, parts: boolean): readonly string[] =>
  parts ? partsOf(doc, node, port) : [port];

function endOf(node: string, chosen: string | null): End | null {
  if (!chosen) return null;
  const [side, port] = chosen.split(" ");
  return { node, port: port ?? "", side: side === "out" ? "out" : "in" };
}

const MOST = 300;

/** Every port on the canvas that a wire from here could go to. */
function targetsOf(doc: Doc, kinds: Parameters<typeof mayConnect>[1], from: End): (Choice & { end: End })[] {
  const own = portNamed(
    (from.side === "out"
      ? kinds[doc.nodes[from.node]?.kind ?? ""]?.outputs
      : kinds[doc.nodes[from.node]?.kind ?? ""]?.inputs) ?? [],
    from.port,
  );
  if (!own) return [];
  const side = from.side === "out" ? "in" : "out";
  const found: (Choice & { end: End })[] = [];
  for (const node of readingOrder(Object.values(doc.nodes))) {
    const kind = kinds[node.kind];
    for (const port of (side === "in" ? kind?.inputs : kind?.outputs) ?? []) {
      if (!(side === "in" ? fits(own, port) : fits(port, own))) continue;
      for (const name of side === "out" ? namesOf(doc, node.id, port.name, port.parts) : [port.name]) {
        const end: End = { node: node.id, port: name, side };
        const verdict = mayConnect(doc, kinds, from, end);
        if (!verdict.ok) continue;
        found.push({
          id: `${node.id} ${name}`,
          title: `${node.title}: ${portWords(name)}`,
          about: verdict.why || undefined,
          end,
        });
        if (found.length >= MOST) return found;
      }
    }
  }
  return found;
}
