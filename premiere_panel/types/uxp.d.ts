// `require("uxp")`, as far as the panel uses it. Adobe's own typings (@adobe/cc-ext-uxp-types 7.3.1) describe panels
// and commands as lists where UXP takes objects by id, so the few members used are written out here.

interface UxpPanelLifecycle {
  /** Called once with the panel's root node; hooks have 300 ms. */
  create?(root: HTMLElement): void;
  show?(root: HTMLElement): void;
  /** Not called reliably: nothing may depend on it. */
  hide?(root: HTMLElement): void;
  destroy?(root: HTMLElement): void;
  invokeMenu?(id: string): void;
  menuItems?: ReadonlyArray<{ id: string; label: string; enabled?: boolean; checked?: boolean }>;
}

interface UxpEntrypoints {
  setup(entrypoints: {
    plugin?: { create?(): void; destroy?(): void };
    panels?: { [id: string]: UxpPanelLifecycle };
    commands?: { [id: string]: { run(): void | Promise<void> } };
  }): void;
}

interface UxpShell {
  /** Opens a page in the browser after UXP asked the person; "" or an error in words. */
  openExternal(url: string, reason?: string): Promise<string>;
  /** Opens a file or folder with its own program after UXP asked the person; "" or an error in words. */
  openPath(path: string, reason?: string): Promise<string>;
}

interface Uxp {
  entrypoints: UxpEntrypoints;
  shell: UxpShell;
  host: { name: string; version: string; uiLocale: string };
  versions: { uxp: string; plugin: string };
}

declare module "uxp" {
  const uxp: Uxp;
  export = uxp;
}

declare module "os" {
  export function platform(): string;
}
