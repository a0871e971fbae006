"use strict";

/**
 * What runs in the page before the panel's own scripts: `require` over the plugin's files, and a browser cut down to
 * what UXP has. Playwright serialises `install`, so it stands alone and gets all it needs as its argument.
 */

/**
 * @param {{
 *   sources: {[path: string]: string}, version: string, film: object, options: object,
 *   storage: {[key: string]: string},
 * }} given `sources` by path: "plugin/…" is the panel, "fake/…" the stand-in for Premiere
 */
function install(given) {
  const page = /** @type {any} */ (window);
  const modules = new Map();
  const clone = page.structuredClone.bind(page);

  /** Turn "./x.js" as said in the module `from` into a path of `sources`. */
  function resolved(name, from) {
    const parts = from.split("/").slice(0, -1);
    for (const part of name.split("/")) {
      if (part === "..") {
        parts.pop();
      } else if (part !== ".") {
        parts.push(part);
      }
    }
    return parts.join("/");
  }

  function load(path) {
    if (modules.has(path)) {
      return modules.get(path).exports;
    }
    const source = given.sources[path];
    if (source === undefined) {
      throw new Error(`there is no module ${path}`);
    }
    const module = { exports: {} };
    modules.set(path, module);
    if (path.endsWith(".json")) {
      module.exports = JSON.parse(source);
      return module.exports;
    }
    // What a browser has and UXP lacks is taken from the panel, not from its stand-in for Premiere.
    const extra = path.startsWith("fake/") ? ["structuredClone"] : [];
    const body = `${source}\n//# sourceURL=takebridge:///${path}`;
    const run = new Function("module", "exports", "require", ...extra, body);
    run(module, module.exports, (name) => required(name, path), ...(extra.length ? [clone] : []));
    return module.exports;
  }

  function required(name, from) {
    if (name.startsWith("./") || name.startsWith("../")) {
      return load(resolved(name, from));
    }
    const host = premiere();
    const found = { premierepro: host.ppro, uxp: host.uxp, os: { platform: () => "darwin" } }[name];
    if (!found) {
      throw new Error(`UXP has no module “${name}”`);
    }
    return found;
  }

  let host = null;
  function premiere() {
    if (!host) {
      const made = given.sources["fake/premiere.js"]
        ? load("fake/premiere.js").createPremiere({
            version: given.version,
            film: given.film,
            probe: (path) => page.takebridgeProbe(path),
            // The page sees no disk: what a file is, the probe says, null for one that is none.
            disk: { exists: () => true, folder: () => true, write: () => {} },
            ...given.options,
          })
        : { ppro: {}, uxp: {}, world: null, person: {} };
      host = { ...made, uxp: { ...made.uxp, entrypoints: { setup: announced } } };
      page.takebridgeStage.host = host;
    }
    return host;
  }

  /** `entrypoints.setup`: once, at load; Premiere then makes the panel's root node and shows it. */
  function announced(entrypoints) {
    if (page.takebridgeStage.entrypoints) {
      throw new Error("entrypoints.setup was called twice");
    }
    page.takebridgeStage.entrypoints = entrypoints;
    page.takebridgeStage.early = document.readyState === "loading";
  }

  function showPanel() {
    const { plugin, panels } = page.takebridgeStage.entrypoints || {};
    const root = document.createElement("div");
    root.id = "uxp-panel-root";
    root.style.height = "100vh";
    document.body.appendChild(root);
    page.takebridgeStage.root = root;
    plugin?.create?.();
    for (const panel of Object.values(panels || {})) {
      panel.create?.(root);
      panel.show?.(root);
    }
  }

  page.takebridgeStage = { host: null, entrypoints: null, early: false, root: null, clipboard: null };
  page.require = (name) => required(name, "plugin/index.html");
  const lacking = ["TextDecoder", "alert", "confirm", "prompt", "fetch", "structuredClone", "EventSource", "Worker"];
  for (const name of lacking) {
    delete page[name];
  }
  const clipboard = { writeText: async (text) => void (page.takebridgeStage.clipboard = text) };
  Object.defineProperty(navigator, "clipboard", { value: clipboard });
  for (const [key, value] of Object.entries(given.storage)) {
    localStorage.setItem(key, value);
  }
  document.addEventListener("DOMContentLoaded", showPanel);
}

module.exports = { install };
