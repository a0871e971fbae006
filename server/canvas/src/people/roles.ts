import { ROLES, type Role } from "../app/session";

/** What a role may besides all that the one before may (docs/people.md). */
export const ROLE_WORDS: Readonly<Record<Role, { title: string; about: string }>> = {
  viewer: { title: "Viewer", about: "Looks at everything and reads comments" },
  reviewer: { title: "Reviewer", about: "Comments, rates takes, marks their best part, hides them" },
  editor: { title: "Editor", about: "Edits the canvas, pins takes, runs what is free, exchanges cuts, uploads" },
  producer: { title: "Producer", about: "Spends money, sets budgets, decides about paid jobs, invites people" },
  owner: { title: "Owner", about: "Pairs panels, stops agents, names files on the bridge’s computer" },
};

/** Roles somebody can give: their own and those below; nobody makes another owner. */
export function givable(mine: Role): readonly Exclude<Role, "owner">[] {
  return ROLES.slice(0, ROLES.indexOf(mine) + 1).filter((role): role is Exclude<Role, "owner"> => role !== "owner");
}

/** Whether `mine` may decide about somebody of role `theirs`: the owner about all others, producers about who is below. */
export function mayDecide(mine: Role, theirs: Role): boolean {
  if (theirs === "owner") return false;
  return mine === "owner" || (mine === "producer" && theirs !== "producer");
}
