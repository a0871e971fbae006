import type { Node, NodeKind, Wire } from "../../canvas/model";

/** A node as words that `GET /api/models/offers?for=` reads (services/wishes.py): what its shot asks of a model. */
export function wishOf(node: Node, kind: NodeKind, wires: readonly Wire[]): string {
  const { duration_ms: length, aspect, resolution, sound, rate } = node.params;
  const to = (port: string) => wires.filter((wire) => wire.dst_port === port).length;
  const references = to("references");
  const words = [
    (kind.models ?? "").replace(/_/g, " "),
    typeof length === "number" ? `${length} ms` : "",
    isSaid(aspect) ? String(aspect) : "",
    isSaid(resolution) ? String(resolution) : "",
    typeof rate === "string" && isSaid(rate) ? `${perSecond(rate)} fps` : "",
    sound === true ? "with sound" : "",
    references ? `${references} references` : "",
    to("start_frame") && to("end_frame") ? "first and last frame" : to("start_frame") ? "from a still" : "",
  ];
  return words.filter(Boolean).join(", ");
}

const isSaid = (value: unknown): boolean => typeof value === "string" && value !== "auto" && value !== "";

function perSecond(rate: string): string {
  const [over = "0", under = "1"] = rate.split("/");
  return (Number(over) / Number(under)).toFixed(3).replace(/\.?0+$/, "");
}
