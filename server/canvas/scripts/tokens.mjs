/**
 * Write src/ui/tokens.css from the one source of colours and sizes (the panel's tokens.json), and with --check say
 * whether it is current. Dark is the default; light follows the system unless the person chose (data-theme on html).
 */
import fs from "node:fs";
import path from "node:path";

const ROOT = path.resolve(import.meta.dirname, "..", "..", "..");
const SOURCE = path.join(ROOT, "resolve_plugin", "takebridge_resolve", "panel", "tokens.json");
const TARGET = path.resolve(import.meta.dirname, "..", "src", "ui", "tokens.css");

const kebab = (name) => name.replaceAll("_", "-");
const lines = (values, unit = "") =>
  Object.entries(values)
    .map(
      ([name, value]) => `  --${kebab(name)}: ${typeof value === "string" ? value.toLowerCase() : `${value}${unit}`};`,
    )
    .join("\n");
/** Browsers call 16 pixels 1 rem, unless somebody wants larger letters. */
const rem = (values) => Object.fromEntries(Object.entries(values).map(([key, px]) => [key, `${px / 16}rem`]));
const indented = (text) => text.replaceAll(/^(?=.)/gm, "  ");

/** What a finger hits, on a tablet; a pointer needs less. */
const FINGER = { dense: 36, control: 40, primary: 44, target: 36 };

export function css(tokens) {
  const { line_height: height, ...type } = tokens.type;
  const prefixed = (prefix, values) =>
    Object.fromEntries(Object.entries(values).map(([key, value]) => [`${prefix}-${key}`, value]));
  const dark = `${lines(tokens.dark)}\n  color-scheme: dark;`;
  const light = `${lines(tokens.light)}\n  color-scheme: light;`;
  return `/* Made by scripts/tokens.mjs from the panel's tokens.json. */
:root {
${dark}
${lines(prefixed("type", rem(type)))}
  --line-height: ${height};
${lines(prefixed("space", tokens.space), "px")}
${lines(prefixed("size", tokens.size), "px")}
}
.own-scale {
${lines(prefixed("type", type), "px")}
${lines(prefixed("size", tokens.size), "px")}
  font-size: var(--type-body);
}
@media (pointer: coarse) {
  :root {
${indented(lines(prefixed("size", FINGER), "px"))}
  }
}
:root[data-theme="light"] {
${light}
}
@media (prefers-color-scheme: light) {
  :root:not([data-theme="dark"]) {
${indented(light)}
  }
}
`;
}

const text = css(JSON.parse(fs.readFileSync(SOURCE, "utf8")));
if (process.argv.includes("--check")) {
  if (!fs.existsSync(TARGET) || fs.readFileSync(TARGET, "utf8") !== text) {
    console.error("src/ui/tokens.css is not current: run node scripts/tokens.mjs");
    process.exit(1);
  }
} else {
  fs.writeFileSync(TARGET, text);
}
