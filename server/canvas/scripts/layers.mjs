/**
 * One-way imports: app > views > ui > canvas > wire. Views know nothing of one another; what one offers another goes
 * through src/app/slots.ts, which knows no view either (app/views.tsx registers them). Nothing is loaded from elsewhere.
 */
import fs from "node:fs";
import path from "node:path";

const SRC = path.resolve(import.meta.dirname, "..", "src");
const VIEWS = ["graph", "inspector", "tray", "money", "cut", "board", "people"];
const SHARED = ["ui", "canvas", "wire"];
const allowed = {
  wire: ["wire"],
  canvas: ["canvas", "wire"],
  ui: SHARED,
  app: ["app", ...VIEWS, ...SHARED],
  ...Object.fromEntries(VIEWS.map((view) => [view, [view, ...SHARED]])),
};
/** What a view may use of app/: places to hand things over, and keys. */
const OPEN = new Set(["app/slots", "app/keys", "app/routes", "app/session", "app/theme"]);

const faults = [];
for (const entry of fs.readdirSync(SRC, { recursive: true, withFileTypes: true })) {
  const file = path.join(entry.parentPath, entry.name);
  if (!entry.isFile() || !/\.tsx?$/.test(entry.name)) continue;
  const from = path.relative(SRC, file);
  const floor = from.split(path.sep)[0] ?? "";
  const text = fs.readFileSync(file, "utf8");
  if (/https?:\/\/(?!www\.w3\.org\/)/.test(text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*$/gm, ""))) {
    if (!from.endsWith(".test.ts") && !from.endsWith(".test.tsx")) faults.push(`${from} names an address`);
  }
  for (const [, target] of text.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)) {
    const to = path
      .relative(SRC, path.resolve(path.dirname(file), target ?? ""))
      .split(path.sep)
      .join("/");
    if (to.startsWith("..") && !to.endsWith("/panel/tokens.json")) faults.push(`${from} may not import ${to}`);
    if (to.startsWith("..")) continue;
    const rule = allowed[floor];
    const good = rule === undefined || rule.includes(to.split("/")[0]) || OPEN.has(to.replace(/\.tsx?$/, ""));
    if (!good) faults.push(`${from} may not import ${to}`);
  }
}
for (const fault of faults) console.error(fault);
process.exit(faults.length ? 1 : 0);
