import { useCallback, useEffect, useRef, useState } from "react";
import { useMe, useSession } from "../app/session";
import type { PlanScope } from "../app/slots";
import type { Plan, RunFacts } from "../wire/api.gen";
import { api, got } from "../wire/http";
import { asProblem, type Problem } from "../wire/problem";
import { changes } from "./plan";

/** The bridge refuses with this what is not the plan that was agreed to. */
const CHANGED = "precondition";
/** A canvas that is edited all the time is planned anew this long after the last edit. */
const REST_MS = 300;

/** A scope as the bridge takes it: several nodes by themselves are a selection. */
export function wireScope(scope: PlanScope) {
  if (scope.kind === "stale") return { kind: "stale" as const };
  const kind = scope.kind === "node" && scope.nodes.length > 1 ? ("selection" as const) : scope.kind;
  return { kind, nodes: [...scope.nodes] };
}

interface Planned {
  readonly plan: Plan | null;
  readonly problem: Problem | null;
  /** What is another than what was looked at; empty when nothing is. */
  readonly changed: readonly string[];
  /** The changes were looked at. */
  accept(): void;
  /** Begin it; undefined when it was refused, and `problem` or `changed` say why. */
  start(maxMicros: number, allowUnknown: boolean): Promise<RunFacts | undefined>;
  /** Plan anew, for instance because a budget has changed. */
  reload(): Promise<void>;
  /** Do something that changes the plan and that the person knows of. */
  own(work: () => Promise<unknown>): Promise<void>;
}

/** A plan kept current while it is looked at. */
export function usePlan(scope: PlanScope): Planned {
  const session = useSession();
  const me = useMe();
  const [plan, setPlan] = useState<Plan | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [changed, setChanged] = useState<readonly string[]>([]);
  const agreed = useRef<Plan | null>(null);
  const quiet = useRef(false);
  const wanted = JSON.stringify(wireScope(scope));

  const load = useCallback(async () => {
    try {
      const params = { path: { canvas_id: session.id } };
      const body = { scope: JSON.parse(wanted) as ReturnType<typeof wireScope>, author: me.name };
      const found = await got(api.POST("/api/canvases/{canvas_id}/plan", { params, body }));
      if (!agreed.current || quiet.current) agreed.current = found;
      setChanged(changes(agreed.current, found));
      setPlan(found);
      setProblem(null);
    } catch (thrown) {
      setProblem(asProblem(thrown));
    }
  }, [session, wanted, me.name]);

  useEffect(() => {
    agreed.current = null;
    void load();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = session.on((event) => {
      const data = event.data as { canvas?: string };
      if (data.canvas !== session.id || !/^(canvas|job)\.changed$/.test(event.topic)) return;
      clearTimeout(timer);
      timer = setTimeout(() => void load(), REST_MS);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [load, session]);

  const start = async (maxMicros: number, allowUnknown: boolean) => {
    if (!plan) return undefined;
    const params = { path: { canvas_id: session.id } };
    const consent = { digest: plan.digest, max_micros: maxMicros, allow_unknown: allowUnknown };
    const body = { scope: JSON.parse(wanted) as ReturnType<typeof wireScope>, consent, author: me.name };
    try {
      return await got(api.POST("/api/canvases/{canvas_id}/runs", { params, body }));
    } catch (thrown) {
      const refused = asProblem(thrown);
      if (refused.code === CHANGED) {
        agreed.current = plan;
        await load();
      } else setProblem(refused);
      return undefined;
    }
  };

  return {
    plan,
    problem,
    changed,
    accept: () => {
      agreed.current = plan;
      setChanged([]);
    },
    reload: load,
    start,
    own: async (work) => {
      quiet.current = true;
      await work();
      await load();
      quiet.current = false;
    },
  };
}
