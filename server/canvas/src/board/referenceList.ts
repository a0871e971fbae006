import type { ReferenceUse } from "../wire/api.gen";

/** What a card carries while it is dragged: the id of its node. */
export const REFERENCE_TYPE = "application/x-takebridge-reference";

/** References that have every word typed, in title, role or where they are used; of a role; unused ones only. */
export function matching(
  all: readonly ReferenceUse[],
  text: string,
  role: string,
  unused: boolean,
): readonly ReferenceUse[] {
  const words = text.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return all.filter((one) => {
    if ((role && one.role !== role) || (unused && one.used_by.length > 0)) return false;
    const titles = [...one.used_by, ...one.shots].map((use) => use.title);
    const said = [one.title, one.role, ...titles].join("\n").toLocaleLowerCase();
    return words.every((word) => said.includes(word));
  });
}
