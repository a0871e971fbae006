import { useVirtualizer } from "@tanstack/react-virtual";
import { ChevronDown, ChevronRight, MoreHorizontal, X } from "lucide-react";
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import { useSelection, useSession, useView } from "../app/session";
import { showTakes } from "../app/slots";
import { stateMark } from "../canvas/words";
import { IconButton } from "../ui/Button";
import { rowHeight } from "../ui/letters";
import { Glyph } from "../ui/State";
import { openNodeMenu } from "./menus";
import css from "./Outline.module.css";
import { type Branch, outlineOf } from "./outlineTree";
import { boxesOf } from "./selected";
import { stage } from "./stage";
import { showOutline } from "./ui";
import { spoken } from "./words";

type Row = { branch: Branch } | { node: string; index: number; of: number };

const ROW = rowHeight(26);

/** The canvas as a tree: the accessible twin of the drawing. Verbs and keys act on its selection like on the cards. */
export function Outline() {
  const session = useSession();
  const doc = useView((view) => view.seen?.doc);
  const selection = useSelection((one) => one.nodes);
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [at, setAt] = useState(0);
  const scroll = useRef<HTMLDivElement>(null);
  const branches = useMemo(() => (doc ? outlineOf(doc) : []), [doc]);
  const rows = useMemo(() => rowsOf(branches, closed), [branches, closed]);
  const list = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW,
    overscan: 12,
  });
  const focused = useRef(false);

  useEffect(() => {
    const index = rows.findIndex((row) => idOf(row) === selection[0]);
    if (index < 0 || focused.current) return;
    setAt(index);
    list.scrollToIndex(index);
  }, [selection, rows, list]);

  const go = (index: number) => {
    const next = Math.max(0, Math.min(rows.length - 1, index));
    const row = rows[next];
    if (!row) return;
    setAt(next);
    list.scrollToIndex(next);
    choose(row);
    requestAnimationFrame(() => scroll.current?.querySelector<HTMLElement>(`[data-row="${next}"]`)?.focus());
  };
  const choose = (row: Row) => {
    const node = idOf(row);
    if (!node) return;
    useSelection.getState().select([node]);
    const box = boxesOf(session, [node])[0];
    if (box) stage()?.show(box);
  };
  const toggle = (branch: Branch, open: boolean) => {
    const next = new Set(closed);
    if (open) next.delete(branch.id);
    else next.add(branch.id);
    setClosed(next);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const row = rows[at];
    const jump = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (event.altKey || event.ctrlKey || event.metaKey || !row) return;
    if (jump !== undefined) go(jump);
    else if (event.key === "ArrowRight" && "branch" in row) toggle(row.branch, true);
    else if (event.key === "ArrowLeft" && "branch" in row) toggle(row.branch, false);
    else if (event.key === "ArrowLeft") go(rows.findLastIndex((one, index) => index < at && "branch" in one));
    else if (event.key === "Enter" && "node" in row) showTakes(row.node);
    else if (event.key !== "ArrowRight") return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <nav className={css.outline} aria-label="Outline">
      <header className={css.head}>
        <h2>Outline</h2>
        <IconButton label="Hide the outline" chord="Shift+O" onPress={() => showOutline(false)}>
          <X size={14} aria-hidden />
        </IconButton>
      </header>
      <div
        ref={scroll}
        className={css.scroll}
        role="tree"
        aria-label="Nodes of the canvas"
        aria-multiselectable
        tabIndex={-1}
        onKeyDown={onKeyDown}
        onFocus={() => {
          focused.current = true;
        }}
        onBlur={() => {
          focused.current = false;
        }}
      >
        <div role="presentation" style={{ height: list.getTotalSize(), position: "relative" }}>
          {list.getVirtualItems().map((item) => {
            const row = rows[item.index];
            if (!row) return null;
            const place = { transform: `translateY(${item.start}px)` };
            const shared = {
              index: item.index,
              current: item.index === at,
              style: place,
              onFocus: () => setAt(item.index),
            };
            return "branch" in row ? (
              <BranchRow
                key={row.branch.id}
                {...shared}
                branch={row.branch}
                open={!closed.has(row.branch.id)}
                toggle={toggle}
                choose={() => choose(row)}
              />
            ) : (
              <NodeRow key={row.node} {...shared} node={row.node} position={row.index} of={row.of} />
            );
          })}
        </div>
      </div>
    </nav>
  );
}

const idOf = (row: Row): string | null => ("branch" in row ? row.branch.group : row.node);

function rowsOf(branches: readonly Branch[], closed: ReadonlySet<string>): Row[] {
  return branches.flatMap((branch) => [
    { branch },
    ...(closed.has(branch.id) ? [] : branch.nodes.map((node, index) => ({ node, index, of: branch.nodes.length }))),
  ]);
}

interface Shared {
  index: number;
  current: boolean;
  style: React.CSSProperties;
  onFocus(): void;
}

interface BranchProps extends Shared {
  branch: Branch;
  open: boolean;
  toggle(branch: Branch, open: boolean): void;
  choose(): void;
}

function BranchRow({ branch, open, toggle, choose, index, current, style, onFocus }: BranchProps) {
  const selected = useSelection((one) => branch.group !== null && one.nodes.includes(branch.group));
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree around it hears the keys.
    <div
      role="treeitem"
      aria-level={1}
      aria-expanded={open}
      aria-selected={selected}
      tabIndex={current ? 0 : -1}
      data-row={index}
      className={css.branch}
      style={style}
      onFocus={onFocus}
      onClick={() => (branch.group ? choose() : toggle(branch, !open))}
      onDoubleClick={() => toggle(branch, !open)}
    >
      {open ? <ChevronDown size={14} aria-hidden /> : <ChevronRight size={14} aria-hidden />}
      {branch.title} <span className={css.count}>{branch.nodes.length}</span>
    </div>
  );
}

const NO_TAKES: never[] = [];

function NodeRow({
  node: id,
  position,
  of,
  index,
  current,
  style,
  onFocus,
}: Shared & { node: string; position: number; of: number }) {
  const session = useSession();
  const node = useView((view) => view.seen?.doc.nodes[id]);
  const state = useView((view) => view.seen?.states[id]);
  const takes = useView((view) => view.seen?.doc.traysOf[id] ?? NO_TAKES);
  const selected = useSelection((one) => one.nodes.includes(id));
  const hovered = useSelection((one) => one.hovered === id);
  if (!node) return null;
  const plain = node.kind === "note";
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree around it hears the keys.
    <div
      role="treeitem"
      aria-level={2}
      aria-setsize={of}
      aria-posinset={position + 1}
      aria-selected={selected}
      aria-label={spoken(node, session.kinds[node.kind], state, takes)}
      tabIndex={current ? 0 : -1}
      data-row={index}
      data-hovered={hovered || undefined}
      className={css.node}
      style={style}
      onFocus={onFocus}
      onPointerEnter={() => useSelection.getState().point({ hovered: id })}
      onPointerLeave={() => useSelection.getState().point({ hovered: null })}
      onClick={(event) => {
        const { nodes, select } = useSelection.getState();
        if (!event.shiftKey && !event.ctrlKey && !event.metaKey) select([id]);
        else select(nodes.includes(id) ? nodes.filter((one) => one !== id) : [...nodes, id]);
        const box = boxesOf(session, [id])[0];
        if (box) stage()?.show(box);
      }}
      onDoubleClick={() => showTakes(id)}
      onContextMenu={(event) => {
        event.preventDefault();
        openNodeMenu(session, id, { x: event.clientX, y: event.clientY });
      }}
    >
      {plain ? <span className={css.blank} /> : <Glyph mark={stateMark(state?.status)} />}
      <span className={css.title}>{node.title}</span>
      <button
        type="button"
        tabIndex={-1}
        className={css.more}
        aria-label={`More for ${node.title}`}
        onClick={(event) => {
          event.stopPropagation();
          const box = event.currentTarget.getBoundingClientRect();
          openNodeMenu(session, id, { x: box.left, y: box.bottom });
        }}
      >
        <MoreHorizontal size={14} aria-hidden />
      </button>
    </div>
  );
}
