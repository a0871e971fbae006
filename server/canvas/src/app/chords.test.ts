import { expect, it } from "vitest";
import { chordFor, isTyping, labelOf, type Pressed } from "./chords";

const plain = { shiftKey: false, ctrlKey: false, metaKey: false, altKey: false };
const press = (key: string, code: string, held: Partial<Pressed> = {}, mac = false) =>
  chordFor({ ...plain, key, code, ...held }, mac);

it("names letters, signs and arrows with what is held", () => {
  expect(press("z", "KeyZ", { ctrlKey: true })).toBe("Mod+Z");
  expect(press("Z", "KeyZ", { ctrlKey: true, shiftKey: true })).toBe("Mod+Shift+Z");
  expect(press("?", "Slash", { shiftKey: true })).toBe("?");
  expect(press("ArrowLeft", "ArrowLeft", { shiftKey: true })).toBe("Shift+ArrowLeft");
  expect(press(" ", "Space")).toBe("Space");
});

it("knows Alt+Shift+2 whatever the keyboard makes of it", () => {
  for (const key of ["2", "@", '"', "é"]) {
    expect(press(key, "Digit2", { altKey: true, shiftKey: true })).toBe("Alt+Shift+2");
  }
});

it("knows Option and a letter on a Mac, where it makes a sign, and Command for Ctrl", () => {
  expect(press("∑", "KeyW", { altKey: true }, true)).toBe("Alt+W");
  expect(press("Dead", "KeyN", { altKey: true }, true)).toBe("Alt+N");
  expect(press("k", "KeyK", { metaKey: true }, true)).toBe("Mod+K");
  expect(press("k", "KeyK", { ctrlKey: true }, true)).toBe("K");
});

it("follows the letters of other keyboards where Alt leaves them letters", () => {
  // Z stands where a German keyboard has its Y.
  expect(press("z", "KeyY", { altKey: true })).toBe("Alt+Z");
});

it("shows keys as people know them, on a Mac in Apple's order", () => {
  expect(labelOf("Mod+Shift+Z", false)).toBe("Ctrl+Shift+Z");
  expect(labelOf("Mod+Shift+Z", true)).toBe("⇧⌘Z");
  expect(labelOf("Alt+ArrowLeft", true)).toBe("⌥←");
  expect(labelOf("Escape", false)).toBe("Esc");
  expect(labelOf("+", false)).toBe("+");
});

it("leaves to a field of words what is written or walked there", () => {
  for (const chord of ["G", "Shift+A", "?", "Delete", "Mod+Z", "Mod+D", "Mod+G", "Alt+ArrowLeft", "Mod+ArrowUp"]) {
    expect([chord, isTyping(chord, false)]).toEqual([chord, true]);
  }
  for (const chord of ["Mod+K", "Mod+Enter", "Alt+W", "Alt+Shift+2"]) expect(isTyping(chord, false)).toBe(false);
  expect(isTyping("Alt+W", true)).toBe(true);
});
