import fs from "node:fs";
import path from "node:path";
import react from "@vitejs/plugin-react";
import type { ProxyOptions } from "vite";
import { defineConfig } from "vitest/config";

/** `npm run dev` with TAKEBRIDGE_HOME set: Vite in front of a running bridge, as its local owner. */
function throughTheBridge(): Record<string, ProxyOptions> {
  const home = process.env["TAKEBRIDGE_HOME"];
  if (!home) return {};
  const { url, token } = JSON.parse(fs.readFileSync(path.join(home, "bridge.json"), "utf8"));
  const headers = { Authorization: `Bearer ${token}`, Origin: url, "Sec-Fetch-Site": "same-origin" };
  const to = { target: url, changeOrigin: true, headers };
  return { "/api": to, "/m": to, "/live": { ...to, ws: true } };
}

/**
 * The page is served by the bridge itself (api/page.py), which puts a nonce in place of `__CSP_NONCE__` and answers
 * `/assets/*` with hashed, immutable files. Nothing is inlined: the page's content policy allows no data: URL.
 */
export default defineConfig({
  plugins: [react()],
  html: { cspNonce: "__CSP_NONCE__" },
  build: {
    outDir: "../takebridge_server/web",
    emptyOutDir: true,
    manifest: "manifest.json",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
    sourcemap: false,
  },
  server: { host: "127.0.0.1", proxy: throughTheBridge() },
  test: { environment: "node", include: ["src/**/*.test.ts", "src/**/*.test.tsx", "test/contract/**/*.test.ts"] },
});
