/** Keys as chords, `Mod+Shift+Z`: what an event says, what a person reads. */

export type Pressed = Pick<KeyboardEvent, "key" | "code" | "shiftKey" | "ctrlKey" | "metaKey" | "altKey">;

/**
 * The chord of an event: `Mod+Shift+Z`, `ArrowLeft`, `?`; Mod is Ctrl, on a Mac Command. Shift is left out where it made
 * the character itself. With Alt the place of the key counts where the character is another: Alt+Shift+2 is “@” on many
 * keyboards, and on a Mac Option makes a sign of every letter.
 */
export function chordFor(held: Pressed, mac: boolean): string {
  const { key: said, code } = held;
  const place = held.altKey ? /^(?:Key|Digit)([A-Z0-9])$/.exec(code)?.[1] : undefined;
  const own = /^[a-z0-9]$/i.test(said) ? said.toUpperCase() : undefined;
  const key = own ?? place ?? (said === " " ? "Space" : said);
  const makesIt = key.length === 1 && !/[A-Z]/.test(key) && !place;
  const shift = held.shiftKey && !makesIt ? "Shift+" : "";
  const mod = (mac ? held.metaKey : held.ctrlKey) ? "Mod+" : "";
  return `${mod}${held.altKey ? "Alt+" : ""}${shift}${key}`;
}

const NAMES: Readonly<Record<string, string>> = {
  ...{ ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓" },
  ...{ Escape: "Esc", ContextMenu: "Menu", PageUp: "Page up", PageDown: "Page down" },
};
const MAC_NAMES: Readonly<Record<string, string>> = { Mod: "⌘", Shift: "⇧", Alt: "⌥", Enter: "↩", Backspace: "⌫" };

/** `Ctrl+Shift+Z` or `⇧⌘Z`, for people; a Mac's signs stand in Apple's order. */
export function labelOf(chord: string, mac: boolean): string {
  const parts = chord === "+" ? ["+"] : chord.split("+");
  if (!mac) return parts.map((part) => (part === "Mod" ? "Ctrl" : (NAMES[part] ?? part))).join("+");
  const order = ["Alt", "Shift", "Mod"];
  const held = order.filter((one) => parts.includes(one));
  return [...held, ...parts.filter((part) => !order.includes(part))]
    .map((part) => MAC_NAMES[part] ?? NAMES[part] ?? part)
    .join("");
}

/** What a field of words does itself: letters, undo, copy, bold, the ways through words and lines. */
const FIELD_KEYS =
  /^Mod\+(Shift\+)?([ABCDGIUVXYZ]|Arrow\w+|Home|End|Backspace|Delete)$|^Alt\+(Shift\+)?(Arrow\w+|Backspace|Delete)$/;

/** Whether a chord writes or moves in a field of words. Option makes signs on a Mac. */
export function isTyping(chord: string, mac: boolean): boolean {
  const bare = !chord.includes("Mod+") && !chord.includes("Alt+");
  return bare || FIELD_KEYS.test(chord) || (mac && chord.startsWith("Alt+"));
}
