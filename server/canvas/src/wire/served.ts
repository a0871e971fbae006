import { create } from "zustand";
import { drained, send } from "./http";
import { asProblem } from "./problem";

/** A question that hangs must not keep a page from connecting again. */
const LIMIT_MS = 10_000;

/** The build of the page the bridge serves, as it said last: after an update it is another one than this page's. */
export const useServed = create<{ page: string }>(() => ({ page: "" }));

/**
 * Whether the session still lives: a page cannot see why a socket was refused. Asked before every new connection, so
 * this is also where a tab learns that the bridge came back with another page.
 */
export async function stillSignedIn(): Promise<boolean> {
  try {
    const me = (await (await send("GET", "/api/session", undefined, {}, AbortSignal.timeout(LIMIT_MS))).json()) as {
      page: string;
    };
    useServed.setState({ page: me.page });
    return true;
  } catch (thrown) {
    return asProblem(thrown).status !== 401;
  }
}

/** Whether the bridge answers at all. */
export async function isThere(): Promise<boolean> {
  try {
    await drained(await fetch("/healthz", { signal: AbortSignal.timeout(LIMIT_MS), cache: "no-store" }));
    return true;
  } catch {
    return false;
  }
}

const ASK_AGAIN_MS = 1000;

/** Wait until the bridge answers again; false when `stop` came first. */
export async function back(stop: AbortSignal): Promise<boolean> {
  while (!stop.aborted) {
    if (await isThere()) return !stop.aborted;
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
  }
  return false;
}
