/** Who can do what this person may not: said beside everything that is refused to them. */
import { useEffect, useState } from "react";
import { ROLES, type Role } from "../app/session";
import type { PersonShown } from "../wire/api.gen";
import { api, got } from "../wire/http";

let people: Promise<readonly PersonShown[]> | null = null;

/** The names of those who may what `role` may: `Ada (producer) or root (owner)`. Without an answer, the roles. */
export function useWhoCan(role: Role, wanted = true): string {
  const [names, setNames] = useState("a producer or the owner of the bridge");
  useEffect(() => {
    if (!wanted) return;
    people ??= got(api.GET("/api/people"));
    people.then(
      (all) => setNames(whoCan(all, role)),
      () => {
        people = null;
      },
    );
  }, [role, wanted]);
  return names;
}

export function whoCan(all: readonly PersonShown[], role: Role): string {
  const able = all.filter((one) => ROLES.indexOf(one.role) >= ROLES.indexOf(role));
  const named = able.slice(0, 3).map((one) => `${one.name} (${one.role})`);
  if (able.length > named.length) named.push("others");
  return named.length > 1
    ? `${named.slice(0, -1).join(", ")} or ${named.at(-1)}`
    : (named[0] ?? "the owner of the bridge");
}
