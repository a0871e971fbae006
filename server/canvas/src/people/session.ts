import { tell } from "../wire/http";
import type { Problem } from "../wire/problem";

/** A secret of the address's fragment, taken out of the address at once: not kept in the history, sent nowhere else. */
export function takeSecret(name: "key" | "invite"): string {
  const secret = new URLSearchParams(location.hash.slice(1)).get(name) ?? "";
  if (location.hash) history.replaceState(null, "", location.pathname + location.search);
  return secret;
}

/** Whatever somebody pasted: a whole link, its fragment, or the secret alone. */
export function secretOf(pasted: string): { kind: "key" | "invite"; secret: string } | null {
  const text = pasted.trim();
  const match = /#(key|invite)=([A-Za-z0-9_-]+)$/.exec(text);
  if (match) return { kind: match[1] as "key" | "invite", secret: match[2] ?? "" };
  return /^[A-Za-z0-9_-]{20,200}$/.test(text) ? { kind: "key", secret: text } : null;
}

/** Swap a key, or an invite and a name, for a session. Throws the bridge's Problem. */
export async function signIn(body: { key: string } | { invite: string; name: string }): Promise<void> {
  await tell("POST", "/api/session", JSON.stringify(body), { "Content-Type": "application/json" });
}

/** Whether the invite itself was not taken: another name would not help. */
export const isSpent = (problem: Problem): boolean => problem.code === "sign_in";
