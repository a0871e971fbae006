import { useCallback, useEffect, useState } from "react";
import { useMay } from "../app/session";
import type { InviteShown, PanelFacts, PersonShown } from "../wire/api.gen";
import { api, got } from "../wire/http";
import { asProblem, type Problem } from "../wire/problem";

export interface Everybody {
  readonly people: readonly PersonShown[];
  /** Null for who may not see them. */
  readonly invites: readonly InviteShown[] | null;
  readonly panels: readonly PanelFacts[] | null;
}

/** Who there is, as far as one may see it, and how to ask anew. */
export function usePeople() {
  const producer = useMay("producer");
  const owner = useMay("owner");
  const [found, setFound] = useState<Everybody | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const load = useCallback(async () => {
    try {
      const [people, invites, panels] = await Promise.all([
        got(api.GET("/api/people")),
        producer ? got(api.GET("/api/people/invites")) : null,
        owner ? got(api.GET("/api/panels")) : null,
      ]);
      setFound({ people, invites, panels });
      setProblem(null);
    } catch (thrown) {
      setProblem(asProblem(thrown));
    }
  }, [producer, owner]);
  useEffect(() => void load(), [load]);
  return { found, problem, load };
}
