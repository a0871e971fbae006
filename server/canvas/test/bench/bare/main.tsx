/**
 * The same graph in React Flow as its first example has it: every node in the page, measured by itself, no culling, no
 * levels of detail. What the canvas is compared with.
 */
import { Handle, type Node, Position, ReactFlow } from "@xyflow/react";
import { useEffect } from "react";
import { createRoot } from "react-dom/client";
import "@xyflow/react/dist/style.css";
import "./bare.css";

interface Graph {
  nodes: { id: string; x: number; y: number; title: string }[];
  wires: { id: string; source: string; target: string }[];
  picture: string;
}

function Card({ data }: { data: { title: string; picture: string } }) {
  return (
    <div className="card">
      <Handle type="target" position={Position.Left} />
      <b>{data.title}</b>
      <img src={data.picture} alt="" />
      <button type="button">Generate</button>
      <button type="button">Takes</button>
      <Handle type="source" position={Position.Right} />
    </div>
  );
}

const TYPES = { card: Card };

function Bare({ graph }: { graph: Graph }) {
  const nodes: Node[] = graph.nodes.map(({ id, x, y, title }) => ({
    id,
    type: "card",
    position: { x, y },
    data: { title, picture: graph.picture },
  }));
  useEffect(() => {
    const root = document.getElementById("root");
    const look = setInterval(() => {
      if (document.querySelectorAll(".card").length >= graph.nodes.length && root) {
        root.dataset["ready"] = "true";
        clearInterval(look);
      }
    }, 1);
    return () => clearInterval(look);
  }, [graph]);
  return (
    <ReactFlow
      defaultNodes={nodes}
      defaultEdges={graph.wires}
      nodeTypes={TYPES}
      minZoom={0.02}
      defaultViewport={{ x: 0, y: 0, zoom: 1 }}
    />
  );
}

const graph = (await (await fetch("./graph.json")).json()) as Graph;
const root = document.getElementById("root");
if (root) createRoot(root).render(<Bare graph={graph} />);
