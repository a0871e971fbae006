import { kept } from "./kept";
import { PLACES, type Place } from "./routes";

/** What the first view of an address is made of. Nothing here waits for React or for the app. */
export const loads = {
  graph: () => import("../graph/GraphView"),
  trays: () => import("../tray/TraysView"),
  inspector: () => import("../inspector/Inspector"),
  trayStrip: () => import("../tray/TrayStrip"),
};

const FIRST: Partial<Record<Place, readonly (() => Promise<unknown>)[]>> = {
  graph: [loads.graph, loads.inspector, loads.trayStrip],
  takes: [loads.trays],
};

/** Begin to load the view of an address before anything else is known: it is shown as soon as the canvas is there. */
export function loadAhead(pathname: string): void {
  const [, root, , place = "graph"] = pathname.split("/");
  const shown = PLACES.find((one) => one === place);
  if (root === "c" && shown) for (const load of FIRST[shown] ?? []) kept(load).catch(() => undefined);
}
