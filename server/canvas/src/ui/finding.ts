/** Finding by a few letters, the same in every list: what is called so first, then what merely fits. */

export interface Findable {
  id: string;
  title: string;
  /** What is searched beside the title, and counts less. */
  more?: string | undefined;
}

/** Without case and accents; “Ü” is found by “u”. */
const plain = (text: string) =>
  text
    .normalize("NFD")
    .replaceAll(/\p{Diacritic}/gu, "")
    .toLowerCase();

/** How well it fits, 0 is best, undefined not at all. Letters in between are never skipped but from word to word. */
function rank({ id, title, more = "" }: Findable, query: string): number | undefined {
  const name = plain(title);
  if (name === query || plain(id) === query) return 0;
  if (name.startsWith(query)) return 1;
  const words = name.split(/[^\p{L}\p{N}]+/u);
  if (words.some((_, at) => words.slice(at).join(" ").startsWith(query))) return 2;
  if (name.includes(query)) return 3;
  const all = `${name} ${plain(more)} ${plain(id)}`;
  const asked = query.split(/\s+/);
  if (asked.every((one) => name.includes(one))) return 4;
  if (asked.every((one) => all.includes(one))) return 5;
  return query.length > 1 &&
    words
      .map((word) => word[0] ?? "")
      .join("")
      .startsWith(query)
    ? 6
    : undefined;
}

/**
 * Those that fit, best first: called exactly so, beginning so, a word of it, a part of it, all words somewhere, first
 * letters. Among equals `recent` ids come first (the last used before all), then the order they came in.
 */
export function found<T extends Findable>(all: readonly T[], query: string, recent: readonly string[] = []): T[] {
  const asked = plain(query.trim());
  const late = (one: T) => (recent.includes(one.id) ? recent.indexOf(one.id) : recent.length);
  const ranked = all.flatMap((one, at) => {
    const fit = asked === "" ? 0 : rank(one, asked);
    return fit === undefined ? [] : [{ one, at, fit, late: late(one) }];
  });
  return ranked.sort((a, b) => a.fit - b.fit || a.late - b.late || a.at - b.at).map(({ one }) => one);
}
