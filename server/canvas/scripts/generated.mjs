/** Say whether src/wire/api.gen.ts and src/ui/tokens.css are what their sources make. */
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

const HERE = path.resolve(import.meta.dirname, "..");
const TYPES = path.join(HERE, "src", "wire", "api.gen.ts");
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "takebridge-types-"));
try {
  const made = path.join(folder, "api.gen.ts");
  const { generate } = JSON.parse(fs.readFileSync(path.join(HERE, "package.json"), "utf8")).scripts;
  const args = generate.split(" ").slice(1, -1);
  const cli = path.join(HERE, "node_modules", "openapi-typescript", "bin", "cli.js");
  execFileSync(process.execPath, [cli, ...args, made], { cwd: HERE, stdio: ["ignore", "ignore", "inherit"] });
  if (fs.readFileSync(made, "utf8") !== fs.readFileSync(TYPES, "utf8")) {
    console.error("src/wire/api.gen.ts is not current: run npm run generate");
    process.exit(1);
  }
} finally {
  fs.rmSync(folder, { recursive: true });
}
execFileSync(process.execPath, [path.join(HERE, "scripts", "tokens.mjs"), "--check"], { stdio: "inherit" });
