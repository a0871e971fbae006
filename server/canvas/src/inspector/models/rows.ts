import { useEffect, useMemo, useState } from "react";
import { useSession, useView } from "../../app/session";
import type { Node, NodeKind } from "../../canvas/model";
import type { LoadoutFacts, SwapFacts } from "../../wire/api.gen";
import { api, got } from "../../wire/http";
import type { Problem } from "../../wire/problem";
import { useAsked } from "../asking";
import { askOffers, askProfiles, askSwap } from "../questions";
import type { Row } from "./filter";
import { wishOf } from "./wish";

export interface Models {
  rows: readonly Row[] | undefined;
  loadouts: readonly LoadoutFacts[];
  problem: Problem | undefined;
  /** Prices for this very node that are still to come. */
  waiting: number;
}

const AT_ONCE = 3;
const FLUSH_MS = 120;
const NONE: readonly LoadoutFacts[] = [];

/** Every model of a node's kind: the list at once, then what each means for this very node. */
export function useModels(node: Node | undefined, kind: NodeKind | undefined): Models {
  const session = useSession();
  const wires = useView((view) => view.seen?.doc.wires);
  const id = node?.id ?? "";
  const wish = useMemo(() => {
    if (!node || !kind?.models) return null;
    return wishOf(
      node,
      kind,
      Object.values(wires ?? {}).filter((wire) => wire.dst_node === node.id),
    );
  }, [node, kind, wires]);
  const models = kind?.models ?? "";
  const asked = useAsked(wish === null ? null : `${models} ${wish}`, async () => {
    const [offers, profiles] = await Promise.all([askOffers(models, wish ?? ""), askProfiles(models)]);
    const byId = new Map(profiles.map((one) => [one.id, one]));
    return offers.models.map((offer) => ({ offer, profile: byId.get(offer.id) }));
  });
  const { data: all } = useAsked("loadouts", () => got(api.GET("/api/loadouts")) as Promise<LoadoutFacts[]>);
  const found = asked.data;
  const swaps = useSwaps(session.id, id, found);
  const rows = useMemo(
    () => found?.map((one) => ({ ...one, swap: swaps.get(one.offer.id) ?? undefined })),
    [found, swaps],
  );
  const loadouts = useMemo(() => all?.filter((one) => one.kind === models) ?? NONE, [all, models]);
  const alive = found?.filter((one) => one.offer.lifecycle !== "retired").length ?? 0;
  return { rows, loadouts, problem: asked.problem, waiting: Math.max(0, alive - swaps.size) };
}

type Found = readonly Pick<Row, "offer">[];

/** What each model means for the node, a few at a time and in the order of the list; null: nobody can say. */
function useSwaps(canvas: string, node: string, found: Found | undefined): ReadonlyMap<string, SwapFacts | null> {
  const [swaps, setSwaps] = useState<ReadonlyMap<string, SwapFacts | null>>(new Map());
  useEffect(() => {
    setSwaps(new Map());
    const left = (found ?? []).filter((one) => one.offer.lifecycle !== "retired").map((one) => one.offer.id);
    const come = new Map<string, SwapFacts | null>();
    let going = true;
    const work = async () => {
      for (let model = left.shift(); model !== undefined && going; model = left.shift()) {
        come.set(model, await askSwap(canvas, node, model).catch(() => null));
      }
    };
    // Eighty answers in a second are shown in a few steps.
    const flush = setInterval(() => {
      setSwaps((before) => (before.size === come.size ? before : new Map(come)));
    }, FLUSH_MS);
    const workers = Array.from({ length: AT_ONCE }, work);
    void Promise.all(workers).then(() => {
      clearInterval(flush);
      if (going) setSwaps(new Map(come));
    });
    return () => {
      going = false;
      clearInterval(flush);
    };
  }, [canvas, node, found]);
  return swaps;
}
