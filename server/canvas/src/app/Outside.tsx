import { useLocation } from "wouter";
import { KeysSheet } from "./KeysSheet";
import { useVerbs } from "./keys";
import { Palette } from "./Palette";
import { open, useOverlay } from "./slots";

/** What the pages that belong to no canvas have of the shell: the palette (Ctrl+K) and the sheet of keys (?). */
export function Outside() {
  const { overlay, close } = useOverlay();
  const [place, navigate] = useLocation();
  useVerbs([
    {
      ...{ id: "app.palette", title: "Go to or do", keys: ["Mod+K"], group: "Everywhere" },
      run: () => open({ kind: "palette" }),
    },
    { id: "app.keys", title: "Show the keys", keys: ["?"], group: "Everywhere", run: () => open({ kind: "keys" }) },
    {
      ...{ id: "app.home", title: "Show all canvases", group: "Views", enabled: place !== "/" },
      run: () => navigate("/"),
    },
    {
      ...{ id: "app.people", title: "Show people and invites", group: "Views", enabled: place !== "/people" },
      run: () => navigate("/people"),
    },
  ]);
  if (overlay?.kind === "palette") return <Palette onClose={close} />;
  if (overlay?.kind === "keys") return <KeysSheet onClose={close} />;
  return null;
}
