import { type EdgeProps, getBezierPath, useStore } from "@xyflow/react";
import { memo } from "react";
import { useMay, useSession, useView } from "../app/session";
import { wiresInto } from "./actions";
import { type WireEdge, wireType } from "./flow";
import { openWireMenu } from "./menus";
import css from "./WireLine.module.css";

/** A wire in the colour of what it carries. A take of its own stands on it; so does its number among several. */
export const WireLine = memo(function WireLine(props: EdgeProps<WireEdge>) {
  const { id, selected, sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition } = props;
  const session = useSession();
  const mayEdit = useMay("editor");
  const far = useStore((flow) => flow.transform[2] < 0.35);
  const type = useView(({ seen }) => {
    const wire = seen?.doc.wires[id];
    return seen && wire ? wireType(seen.doc, session.kinds, wire) : "other";
  });
  const label = useView(({ seen }) => {
    const wire = seen?.doc.wires[id];
    if (!seen || !wire) return "";
    const take = wire.take ? `◆${seen.doc.takes[wire.take]?.seq ?? "?"}` : "";
    const part = wire.src_port.includes(".") ? wire.src_port.slice(wire.src_port.indexOf(".") + 1) : "";
    if (!selected) return take;
    const row = wiresInto(seen.doc, wire.dst_node, wire.dst_port);
    const rank = row.length > 1 ? `${row.indexOf(wire) + 1} of ${row.length}` : "";
    return [take, part, rank].filter(Boolean).join(" · ");
  });
  const [path, x, y] = far
    ? [`M${sourceX},${sourceY}L${targetX},${targetY}`, 0, 0]
    : getBezierPath({ sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition });
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: wires are reached by keyboard through the list of wires.
    <g
      data-type={type}
      className={css.wire}
      data-selected={selected || undefined}
      onContextMenu={(event) => {
        event.preventDefault();
        openWireMenu(session, id, { x: event.clientX, y: event.clientY }, mayEdit);
      }}
    >
      <path d={path} className={css.line} fill="none" />
      <path d={path} className="react-flow__edge-interaction" strokeWidth={20} strokeOpacity={0} fill="none" />
      {label && !far && (
        <g transform={`translate(${x} ${y})`}>
          <rect
            className={css.chip}
            x={-label.length * 3.5 - 6}
            y={-10}
            width={label.length * 7 + 12}
            height={20}
            rx={4}
          />
          <text className={css.words} textAnchor="middle" dominantBaseline="central">
            {label}
          </text>
        </g>
      )}
    </g>
  );
});
