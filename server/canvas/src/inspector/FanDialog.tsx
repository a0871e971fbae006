import { useState } from "react";
import type { FanOut } from "../wire/api.gen";
import { FanProgress } from "./fan/FanProgress";
import { FanSetup } from "./fan/FanSetup";

/** One prompt across several models and seeds: what it costs together first, then what comes of it. */
export function FanDialog({ node, onClose }: { node: string; onClose(): void }) {
  const [started, setStarted] = useState<FanOut | null>(null);
  if (started) return <FanProgress node={node} started={started} onClose={onClose} />;
  return <FanSetup id={node} onStarted={setStarted} onClose={onClose} />;
}
