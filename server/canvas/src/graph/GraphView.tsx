import { ReactFlowProvider } from "@xyflow/react";
import { type DragEvent, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useMay, useSession, useView } from "../app/session";
import { open } from "../app/slots";
import { Drawing } from "./Drawing";
import { EmptyCanvas } from "./EmptyCanvas";
import css from "./Graph.module.css";
import { MenuAt } from "./MenuAt";
import { Outline } from "./Outline";
import { PartMenu } from "./PartMenu";
import { usePresence } from "./Presence";
import { SearchBar } from "./SearchBar";
import { Toolbar, ZoomBar } from "./Toolbar";
import { useGraph } from "./ui";
import { useClipboard } from "./useClipboard";
import { useFocusIn } from "./useFocusIn";
import { useGraphVerbs } from "./useGraphVerbs";
import { usePushed } from "./usePushed";
import { useTabbing } from "./useTabbing";
import { useThemed } from "./useThemed";
import { WiresDialog } from "./WiresDialog";

/** The canvas as a graph: nodes as cards, wires, groups, notes; an outline beside it says the same as a tree. */
export function GraphView() {
  const root = useRef<HTMLDivElement>(null);
  const [element, setElement] = useState<HTMLDivElement | null>(null);
  const size = useSize(root);
  const [ready, setReady] = useState(false);
  const mayEdit = useMay("editor");
  const empty = useView((view) => view.seen !== null && Object.keys(view.seen.doc.nodes).length === 0);
  const outline = useGraph((ui) => ui.outline);
  const said = useGraph((ui) => ui.said);
  const verdict = useGraph((ui) => ui.verdict);
  const themed = useThemed();
  const { mine, isMine } = useFocusIn(root);
  const clipboard = useClipboard(isMine);
  useGraphVerbs(mine, clipboard);
  usePresence(element);
  usePushed();
  useForgetOnLeave();
  const onKeyDown = useTabbing();
  const { over, ...drop } = useFileDrop(mayEdit);
  // Ready is what has been painted: the frame after the drawing is there.
  const onReady = useCallback(() => requestAnimationFrame(() => requestAnimationFrame(() => setReady(true))), []);

  return (
    <div
      ref={root}
      className={`${css.root} ${over ? css.drop : ""}`}
      data-ready={ready || undefined}
      data-view="graph"
      {...drop}
    >
      {outline && <Outline />}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: Tab walks through the nodes of the drawing inside. */}
      <div ref={setElement} className={css.drawing} onKeyDown={onKeyDown}>
        {size && (
          <ReactFlowProvider>
            <Drawing size={size} themed={themed} onReady={onReady} />
          </ReactFlowProvider>
        )}
        <Toolbar />
        <ZoomBar />
        <SearchBar />
        {empty && <EmptyCanvas />}
        {verdict && (
          <div className={css.verdict} role="status">
            {verdict}
          </div>
        )}
      </div>
      <MenuAt />
      <PartMenu />
      <WiresDialog />
      <div className="visually-hidden" aria-live="polite">
        {said}
      </div>
    </div>
  );
}

function useSize(root: { current: HTMLElement | null }) {
  const [size, setSize] = useState<{ width: number; height: number } | null>(null);
  useLayoutEffect(() => {
    const box = root.current?.getBoundingClientRect();
    if (box) setSize({ width: box.width, height: box.height });
  }, [root]);
  return size;
}

/** What was drafted or open on one canvas is not on the next. */
function useForgetOnLeave(): void {
  const { id } = useSession();
  // biome-ignore lint/correctness/useExhaustiveDependencies: once a canvas.
  useEffect(() => {
    return () =>
      useGraph.setState({
        drafts: {},
        wires: [],
        wiring: null,
        verdict: "",
        search: null,
        menu: null,
        wiresOf: null,
        part: null,
      });
  }, [id]);
}

function useFileDrop(mayEdit: boolean) {
  const [over, setOver] = useState(false);
  const files = (event: DragEvent) => mayEdit && event.dataTransfer.types.includes("Files");
  return {
    over,
    onDragOver: (event: DragEvent) => {
      if (!files(event)) return;
      event.preventDefault();
      setOver(true);
    },
    onDragLeave: (event: DragEvent) => {
      if (!event.currentTarget.contains(event.relatedTarget as Element | null)) setOver(false);
    },
    onDrop: (event: DragEvent) => {
      setOver(false);
      if (!files(event)) return;
      event.preventDefault();
      const dropped = [...event.dataTransfer.files];
      const node = (event.target as Element).closest<HTMLElement>(".react-flow__node")?.dataset["id"];
      if (dropped.length) open({ kind: "upload", files: dropped, ...(node ? { feeds: node } : {}) });
    },
  };
}
