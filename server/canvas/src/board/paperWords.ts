/** The sentences of the header; none where it is missing or no list. */
export function lossesOf(header: string | null): string[] {
  try {
    const said: unknown = JSON.parse(header ?? "[]");
    return Array.isArray(said) ? said.map(String) : [];
  } catch {
    return [];
  }
}

/** A file's name of a title: what a drive may not take is left out. */
export function fileName(title: string, ending: string): string {
  const plain = title
    // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what must go.
    .replace(/[\u0000-\u001f\u007f\u200e\u200f\u202a-\u202e\u2066-\u2069<>:"/\\|?*]+/g, " ")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, 80);
  return `${plain || "Storyboard"}.${ending}`;
}
