import { Handle, Position } from "@xyflow/react";
import { memo, useMemo } from "react";
import { useMay, useSession } from "../app/session";
import type { Port as PortOf } from "../canvas/model";
import { portPlace } from "./geometry";
import css from "./Port.module.css";
import { mayConnect, portWords, typeWords } from "./ports";
import { useGraph } from "./ui";

interface Props {
  node: string;
  port: PortOf;
  side: "in" | "out";
  index: number;
  /** Whether its name stands beside it. */
  named: boolean;
}

/** A port: lights up while a wire is drawn that fits, steps back when it does not, and says why. */
export const Port = memo(function Port({ node, port, side, index, named }: Props) {
  const mayEdit = useMay("editor");
  const session = useSession();
  const wiring = useGraph((ui) => ui.wiring);
  const verdict = useMemo(() => {
    const doc = session.store.getState().seen?.doc;
    if (!wiring || !doc) return null;
    if (wiring.node === node && wiring.side === side && wiring.port === port.name)
      return { from: true, ok: true, why: "" };
    return { from: false, ...mayConnect(doc, session.kinds, wiring, { node, port: port.name, side }) };
  }, [wiring, session, node, port.name, side]);
  const many = port.many ? ", several, in order" : "";
  const title = verdict?.why || `${portWords(port.name)}: ${typeWords(port)}${port.required ? ", needed" : ""}${many}`;
  return (
    <Handle
      id={port.name}
      type={side === "in" ? "target" : "source"}
      position={side === "in" ? Position.Left : Position.Right}
      isConnectable={mayEdit}
      className={css.port}
      style={{ top: portPlace(side, index).y }}
      title={title}
      data-type={port.types[0]}
      data-fit={verdict ? (verdict.from ? "from" : verdict.ok ? "yes" : "no") : undefined}
      data-required={port.required || undefined}
      data-many={port.many || port.parts || undefined}
    >
      {(named || verdict?.ok) && <span className={side === "in" ? css.left : css.right}>{portWords(port.name)}</span>}
    </Handle>
  );
});

/** A port that only shows where wires meet: cards far away have no room for more. */
export function Dot({ port, side, index }: Pick<Props, "port" | "side" | "index">) {
  return (
    <span
      className={`${css.dot} ${side === "in" ? "target" : "source"}`}
      data-handleid={port.name}
      data-handlepos={side === "in" ? "left" : "right"}
      style={{ top: portPlace(side, index).y }}
      data-type={port.types[0]}
      data-many={port.many || port.parts || undefined}
      aria-hidden
    />
  );
}
