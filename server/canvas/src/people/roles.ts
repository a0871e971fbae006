import { ROLES, type Role } from "../app/session";

/** What a role may besides all that the one before may (docs/people.md). */
export const ROLE_WORDS: Readonly<Record<Role, { title: string; about: string }>> = {
  viewer: { title: "Viewer", about: "Look at everything and read comments" },
  reviewer: { title: "Reviewer", about: "Comment, rate takes, mark their best part, hide them" },
  editor: { title: "Editor", about: "Edit the canvas, pin takes, run what is free, exchange cuts, upload" },
  producer: { title: "Producer", about: "Spend money, set budgets, decide about paid jobs, invite people" },
  owner: { title: "Owner", about: "Pair panels, stop agents, name files on the bridge’s computer" },
};

/** Everything a role may, from what everybody may to what it alone may. */
export const mayAll = (role: Role): readonly string[] =>
  ROLES.slice(0, ROLES.indexOf(role) + 1).map((one) => ROLE_WORDS[one].about);

/** Roles somebody can give: their own and those below; nobody makes another owner. */
export function givable(mine: Role): readonly Exclude<Role, "owner">[] {
  return ROLES.slice(0, ROLES.indexOf(mine) + 1).filter((role): role is Exclude<Role, "owner"> => role !== "owner");
}

/** Whether `mine` may decide about somebody of role `theirs`: the owner about all others, producers about who is below. */
export function mayDecide(mine: Role, theirs: Role): boolean {
  if (theirs === "owner") return false;
  return mine === "owner" || (mine === "producer" && theirs !== "producer");
}
