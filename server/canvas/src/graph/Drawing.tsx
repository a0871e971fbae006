import { type EdgeTypes, type NodeTypes, ReactFlow, useStore, useStoreApi } from "@xyflow/react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useMay, useSelection, useSession, useView } from "../app/session";
import { open, showTakes, useReveal } from "../app/slots";
import type { Doc, StateFacts } from "../canvas/model";
import { Card } from "./Card";
import { FarLayer } from "./FarLayer";
import { Cards, Wires } from "./flow";
import css from "./Graph.module.css";
import { Group } from "./Group";
import { around, boxOf, MAX_ZOOM, MIN_ZOOM, type Viewport, viewOn } from "./geometry";
import { MiniMap } from "./MiniMap";
import { openPaneMenu } from "./menus";
import { Note } from "./Note";
import { Cursors } from "./Presence";
import { plotOf } from "./plot";
import { keepView, stage, viewOf } from "./stage";
import { useGraph } from "./ui";
import { useDragging } from "./useDragging";
import { useArriving, useBoxSelection, useFarPointer } from "./useFar";
import { useProvideStage } from "./useStage";
import { useWiring } from "./useWiring";
import { WireLine } from "./WireLine";
import "@xyflow/react/dist/base.css";

const NODE_TYPES: NodeTypes = { card: Card, note: Note, group: Group };
const EDGE_TYPES: EdgeTypes = { wire: WireLine };
/** Above this many nodes only those in sight are elements (canvas.md §5), and from afar they are one picture. */
const MANY = 150;
const PRO = { hideAttribution: true };
const NO_STATES = {};

interface Props {
  size: { width: number; height: number };
  themed: string;
  onReady(): void;
}

/** The graph itself. */
export function Drawing({ size, themed, onReady }: Props) {
  const session = useSession();
  const doc = useView((view) => view.seen?.doc);
  const states = useView((view) => view.seen?.states ?? NO_STATES);
  const { kinds, id } = session;
  const flow = useStoreApi();
  const [first] = useState(() => {
    const view = viewOf(id) ?? wholeView(doc, kinds, size);
    // The first drawing is at this zoom already: otherwise every card would be drawn near, thrown away and drawn again.
    flow.setState({ transform: [view.x, view.y, view.zoom], width: size.width, height: size.height });
    return view;
  });
  if (!doc) return null;
  return <Drawn doc={doc} states={states} first={first} themed={themed} onReady={onReady} />;
}

function wholeView(doc: Doc | undefined, kinds: Parameters<typeof boxOf>[1], size: Props["size"]): Viewport {
  const whole = doc && around(Object.values(doc.nodes).map((node) => boxOf(node, kinds)));
  return whole ? viewOn(whole, size) : { x: size.width / 3, y: size.height / 3, zoom: 1 };
}

interface DrawnProps {
  doc: Doc;
  states: Readonly<Record<string, StateFacts>>;
  first: Viewport;
  themed: string;
  onReady(): void;
}

function Drawn({ doc, states, first, themed, onReady }: DrawnProps) {
  const session = useSession();
  const mayEdit = useMay("editor");
  const { kinds, id } = session;
  const drafts = useGraph((ui) => ui.drafts);
  const picked = useGraph((ui) => ui.wires);
  const selection = useSelection((one) => one.nodes);
  const many = Object.keys(doc.nodes).length > MANY;
  const afar = useStore((flow) => flow.transform[2] < 0.35) && many;
  const [cards] = useState(() => new Cards());
  const [lines] = useState(() => new Wires());
  const [moving, setMoving] = useState(false);

  const plot = useMemo(() => plotOf(doc, states, kinds, drafts), [doc, states, kinds, drafts]);
  const arriving = useArriving(plot, afar);
  const pictured = afar || arriving !== null;
  const { only: pointed, onPaneMouseMove } = useFarPointer(plot, pictured, selection);
  const only = useMemo(() => (arriving && pointed ? new Set([...pointed, ...arriving]) : pointed), [arriving, pointed]);
  const selected = useMemo(() => new Set(selection), [selection]);
  const nodes = useMemo(
    () => cards.of(doc, states, kinds, drafts, selected, only),
    [cards, doc, states, kinds, drafts, selected, only],
  );
  const edges = useMemo(() => lines.of(doc, kinds, new Set(picked), only), [lines, doc, kinds, picked, only]);
  const dragging = useDragging();
  const wiring = useWiring();
  const boxSelection = useBoxSelection(plot, afar);
  useProvideStage();
  useRevealed(doc);

  const settled = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const onMoveStart = useCallback(() => {
    clearTimeout(settled.current);
    setMoving(true);
  }, []);
  const onMoveEnd = useCallback(
    (_: unknown, view: Viewport) => {
      keepView(id, view);
      clearTimeout(settled.current);
      settled.current = setTimeout(() => setMoving(false), 200);
    },
    [id],
  );
  useEffect(() => () => clearTimeout(settled.current), []);

  return (
    <>
      {pictured && <FarLayer plot={plot} themed={themed} />}
      <ReactFlow
        className={`own-scale ${moving ? css.moving : ""}`}
        aria-label={`Drawing of ${doc.title || "the canvas"}. Tab goes from node to node, Escape leaves.`}
        tabIndex={0}
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        defaultViewport={first}
        minZoom={MIN_ZOOM}
        maxZoom={MAX_ZOOM}
        onlyRenderVisibleElements={many}
        nodesDraggable={mayEdit}
        nodesConnectable={mayEdit}
        nodesFocusable={false}
        edgesFocusable={false}
        edgesReconnectable={false}
        elevateNodesOnSelect={false}
        disableKeyboardA11y
        deleteKeyCode={null}
        multiSelectionKeyCode={MULTI}
        zoomOnDoubleClick={false}
        nodeDragThreshold={3}
        connectionRadius={28}
        connectOnClick={false}
        proOptions={PRO}
        onInit={onReady}
        onMoveStart={onMoveStart}
        onMoveEnd={onMoveEnd}
        onPaneMouseMove={onPaneMouseMove}
        onPaneClick={clearSelection}
        onPaneContextMenu={paneMenu}
        onDoubleClick={mayEdit ? addHere : undefined}
        onNodeDoubleClick={showNode}
        {...dragging}
        {...wiring}
        {...boxSelection}
      >
        <Cursors />
      </ReactFlow>
      <MiniMap plot={plot} themed={themed} />
    </>
  );
}

const MULTI = ["Shift", "Meta", "Control"];

function clearSelection(): void {
  if (useSelection.getState().nodes.length) useSelection.getState().select([]);
  useGraph.setState({ wires: [], menu: null });
}

function paneMenu(event: { preventDefault(): void; clientX: number; clientY: number } | MouseEvent): void {
  event.preventDefault();
  openPaneMenu({ x: event.clientX, y: event.clientY });
}

function addHere(event: React.MouseEvent): void {
  if (!(event.target instanceof Element) || !event.target.classList.contains("react-flow__pane")) return;
  const at = stage()?.toCanvas({ x: event.clientX, y: event.clientY });
  if (at) open({ kind: "add", at });
}

function showNode(_: unknown, node: { id: string; type?: string }): void {
  if (node.type === "card") showTakes(node.id);
}

/** Bring into sight what another view asks for. */
function useRevealed(doc: Doc): void {
  const { kinds } = useSession();
  const wanted = useReveal((reveal) => reveal.nodes);
  useEffect(() => {
    if (wanted.length === 0) return;
    const box = around(wanted.flatMap((id) => doc.nodes[id] ?? []).map((node) => boxOf(node, kinds)));
    if (!box || !stage()) return;
    stage()?.show(box, true);
    useReveal.setState({ nodes: [] });
  }, [wanted, doc, kinds]);
}
