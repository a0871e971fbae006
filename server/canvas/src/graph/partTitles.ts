/** A scene, a shot or a line of a script with its id: `### [s01a] Wide, slow push in` (docs/script.md). */
const PART = /^[ \t]*(?:##|###|>)[ \t]*\[([a-z][a-z0-9_]*)\][ \t]*(\S.*)$/gm;
const LONGEST = 64;

/** What each part of a script says, by its id. */
export const saidBy = (script: string): ReadonlyMap<string, string> =>
  new Map([...script.matchAll(PART)].map(([, id = "", words = ""]) => [id, words.trim()]));

/** `shot s01a: Wide, slow push in` of a part's port, `shot.s01a`; without the words while they are not known. */
export function partTitle(port: string, said: ReadonlyMap<string, string>): string {
  const title = port.replace(".", " ");
  const words = said.get(port.slice(port.indexOf(".") + 1)) ?? "";
  const letters = [...words];
  const short = letters.length > LONGEST ? `${letters.slice(0, LONGEST).join("").trimEnd()}…` : words;
  return short ? `${title}: ${short}` : title;
}
