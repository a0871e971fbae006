import { useMemo, useRef, useState } from "react";
import { useMe, useSession } from "../app/session";
import { failed } from "../ui/toasts";
import type { ShotFacts } from "../wire/api.gen";
import { postOrder } from "./edits";
import { keyOf } from "./films";
import { inOrder, sameKeys } from "./order";

/**
 * Shots in the order somebody just gave them: shown at once, one edit after the other to the bridge; a refusal is said
 * and everything is back where the bridge has it.
 */
export function useOrder(film: string | null, shots: readonly ShotFacts[], again: () => Promise<void>) {
  const session = useSession();
  const me = useMe();
  const [draft, setDraft] = useState<{ film: string; keys: readonly string[] } | null>(null);
  const sending = useRef<Promise<unknown>>(Promise.resolve());
  const edits = useRef(0);

  const keys = useMemo(() => shots.map(keyOf), [shots]);
  const wanted = draft && draft.film === film && sameKeys(draft.keys, keys) ? draft.keys : null;
  const shown = useMemo(
    () =>
      wanted
        ? inOrder(shots, keyOf, wanted).map((shot, rank) => (shot.rank === rank ? shot : { ...shot, rank }))
        : shots,
    [shots, wanted],
  );

  const order = (next: readonly string[]) => {
    if (!film || !sameKeys(next, keys)) return;
    const mine = ++edits.current;
    const nodeOf = new Map(shots.map((shot) => [keyOf(shot), shot.node]));
    const nodes = next.flatMap((key) => nodeOf.get(key) ?? []);
    setDraft({ film, keys: next });
    const send = async () => {
      try {
        await postOrder(session, me.name, film, nodes);
      } catch (thrown) {
        failed(thrown);
      }
      // The order of a later move stands until that one has been answered.
      if (mine !== edits.current) return;
      await again();
      if (mine === edits.current) setDraft(null);
    };
    sending.current = sending.current.then(send);
  };
  return { shown, order };
}
