import { create } from "zustand";

export type Theme = "system" | "dark" | "light";

const KEY = "takebridge.theme";

export const useTheme = create<{ theme: Theme }>(() => ({ theme: (localStorage.getItem(KEY) as Theme) ?? "system" }));

/** Choose dark or light, or follow the system. */
export function setTheme(theme: Theme): void {
  localStorage.setItem(KEY, theme);
  useTheme.setState({ theme });
}

/** Put the choice on the page, now and whenever it changes. */
export function followTheme(): void {
  const apply = ({ theme }: { theme: Theme }) => {
    if (theme === "system") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = theme;
  };
  apply(useTheme.getState());
  useTheme.subscribe(apply);
}
