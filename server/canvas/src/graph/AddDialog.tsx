import { useState } from "react";
import { Autocomplete, Header, Input, Menu, MenuItem, MenuSection, SearchField, Text } from "react-aria-components";
import { useSession, useView } from "../app/session";
import type { NodeKind, Op, Port } from "../canvas/model";
import { Dialog } from "../ui/Dialog";
import { Select } from "../ui/Field";
import field from "../ui/Field.module.css";
import { found } from "../ui/finding";
import menu from "../ui/Menu.module.css";
import { commit, connectOp } from "./actions";
import { freshId } from "./clipboard";
import css from "./Dialogs.module.css";
import { CARD_WIDTH, FIRST_PORT, portNamed, sizeOf } from "./geometry";
import { type End, FAMILY_ORDER, familyOf, fittingPort, partsOf, portWords, typeWords } from "./ports";
import { boxesOf, roomFor } from "./selected";
import { stage } from "./stage";
import { goTo } from "./useKeyboardMoves";
import { usePartTitles } from "./usePartTitles";

interface Props {
  at?: { x: number; y: number } | undefined;
  from?: { node: string; port: string; side: "in" | "out" } | undefined;
  onClose(): void;
}

/** Put a new node on the canvas; from a wire's loose end only kinds that fit are offered, and it is wired at once. */
export function AddDialog({ at, from, onClose }: Props) {
  const session = useSession();
  const [query, setQuery] = useState("");
  const doc = useView((view) => view.seen?.doc);
  const open = doc && from && portOf(session.kinds[doc.nodes[from.node]?.kind ?? ""], from);
  const parts = doc && from?.side === "out" && open?.parts ? partsOf(doc, from.node, open.name) : [];
  const [part, setPart] = useState<string | null>(null);
  const titleOf = usePartTitles(doc, parts.length ? from?.node : undefined);
  const chosen = part ?? parts[0] ?? null;
  const kinds = Object.values(session.kinds).filter((kind) => !open || !from || fittingPort(kind, open, from.side));
  const families = query.trim()
    ? [{ name: "Found", kinds: sought(kinds, query) }]
    : FAMILY_ORDER.map((name) => ({ name, kinds: kinds.filter((kind) => familyOf(kind) === name) }));
  const add = async (key: string) => {
    const kind = session.kinds[key];
    if (!kind) return;
    onClose();
    const id = freshId("node");
    const ops = [addOp(session, id, kind, at), ...wireOps(id, kind, open, from, chosen)];
    if (await commit(session, ops)) goTo(id, boxesOf(session, [id])[0]);
  };
  const title = open ? `Add a node that ${from?.side === "out" ? "takes" : "makes"} ${typeWords(open)}` : "Add a node";
  return (
    <Dialog title={title} onClose={onClose} top>
      {parts.length > 0 && open && (
        <div className={css.part}>
          <Select
            label={`Which ${portWords(open.name)}`}
            choices={parts.map((name) => ({ id: name, title: titleOf(name) }))}
            value={chosen}
            onChange={setPart}
          />
        </div>
      )}
      <Autocomplete inputValue={query} onInputChange={setQuery}>
        <SearchField aria-label="Search kinds of nodes" autoFocus className={menu.seek ?? ""}>
          <Input className={field.input ?? ""} placeholder="Image, voice, upscale, export…" />
        </SearchField>
        <Menu
          aria-label="Kinds of nodes"
          className={css.kinds ?? ""}
          onAction={(key) => void add(String(key))}
          renderEmptyState={() => <p className={css.quiet}>Nothing here fits.</p>}
        >
          {families
            .filter((family) => family.kinds.length > 0)
            .map((family) => (
              <MenuSection key={family.name} aria-label={family.name}>
                <Header className={css.family ?? ""}>{family.name}</Header>
                {family.kinds.map((kind) => (
                  <MenuItem key={kind.key} id={kind.key} textValue={kind.title} className={css.kind ?? ""}>
                    <Text slot="label">{kind.title}</Text>
                    <Text slot="description" className={css.about ?? ""}>
                      {about(kind)}
                    </Text>
                  </MenuItem>
                ))}
              </MenuSection>
            ))}
        </Menu>
      </Autocomplete>
    </Dialog>
  );
}

/** Kinds by their title, key, and what they take and make: what is called so comes first. */
const sought = (kinds: readonly NodeKind[], query: string): NodeKind[] =>
  found(
    kinds.map((kind) => ({ id: kind.key, title: kind.title, more: about(kind), kind })),
    query,
  ).map(({ kind }) => kind);

const portOf = (kind: NodeKind | undefined, end: End): Port | undefined =>
  portNamed((end.side === "out" ? kind?.outputs : kind?.inputs) ?? [], end.port);

/** What a kind takes and makes, in a line. */
export function about(kind: NodeKind): string {
  const list = (ports: readonly Port[]) => [...new Set(ports.map(typeWords))].join(", ");
  if (kind.key === "note") return "Words on the canvas";
  if (kind.key === "group") return "A frame round nodes";
  const takes = kind.inputs.length ? `Takes ${list(kind.inputs)}` : "Takes nothing";
  return `${takes}; makes ${list(kind.outputs) || "nothing"}`;
}

function addOp(session: ReturnType<typeof useSession>, id: string, kind: NodeKind, at: Props["at"]): Op {
  const size = sizeOf({ kind: kind.key, params: {} }, kind);
  const middle = stage()?.middle() ?? { x: 0, y: 0 };
  const wanted = at
    ? { x: at.x, y: at.y - FIRST_PORT }
    : { x: middle.x - CARD_WIDTH / 2, y: middle.y - size.height / 2 };
  const { x, y } =
    kind.key === "group" ? { x: Math.round(wanted.x), y: Math.round(wanted.y) } : roomFor(session, wanted, size);
  return { op: "add_node", id, kind: kind.key, title: "", x, y, params: {}, model: "" };
}

function wireOps(id: string, kind: NodeKind, open: Port | undefined, from: Props["from"], part: string | null): Op[] {
  const port = open && from && fittingPort(kind, open, from.side);
  if (!port || !from) return [];
  if (from.side === "in") return port.parts ? [] : [connectOp({ node: id, port: port.name }, from)];
  if (open.parts && !from.port.includes(".") && !part) return [];
  return [connectOp({ node: from.node, port: open.parts && part ? part : from.port }, { node: id, port: port.name })];
}
