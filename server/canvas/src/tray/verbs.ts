import type { Verb } from "../app/keys";
import { useSelection } from "../app/session";
import { open } from "../app/slots";
import { RATINGS } from "../canvas/words";
import type { Deck } from "./deck";
import type { Entry } from "./entries";
import { oneToOne } from "./ModeBar";
import { type Mode, setStage, useStage } from "./stage-state";
import { type Looking, setTray, useTray } from "./tray-state";
import type { TrayDoing } from "./useTrayVerbs";
import { FIT } from "./wipe";

/** What only judging needs of a view; the strip under the inspector offers the same. */
export type Judging = Pick<TrayDoing, "acts" | "mays" | "rate" | "hide" | "note">;

const GROUP = "Takes";

/** Rating, picking, rejecting, pinning: all on the take with the ring. */
export function judgeVerbs(entry: Entry | undefined, doing: Judging, prefix = "tray"): Verb[] {
  const { acts, mays } = doing;
  const there = entry !== undefined;
  const judge = there && mays.judge;
  const decide = there && mays.decide;
  const verb = (id: string, title: string, keys: readonly string[], enabled: boolean, run: () => void): Verb => ({
    id: `${prefix}.${id}`,
    title,
    keys,
    group: GROUP,
    enabled,
    run,
  });
  return [
    ...RATINGS.map(({ value, word, key }) =>
      verb(`rate-${value}`, `Rate: ${word.toLowerCase()}`, value === "keep" ? [key, "P"] : [key], judge, () =>
        doing.rate(value),
      ),
    ),
    verb("rate-none", "No rating", ["0"], judge, () => doing.rate(null)),
    verb("hide", entry?.take.hidden ? "Show the take again" : "Reject: hide the take", ["X"], judge, () =>
      doing.hide(),
    ),
    verb("clear", "Clear rating and rejection", ["U"], judge, () => entry && void acts.clear(entry.id)),
    verb("pin", "Pin the take", ["Enter"], decide, () => entry && void acts.pin(entry.id)),
    verb("lock", "Lock or unlock the take's node", ["Shift+L"], decide, () => entry && void acts.lock(entry.node)),
    verb("note", "Note at this frame", ["M"], there, () => doing.note()),
    verb(
      "provenance",
      "Provenance of the take",
      ["Shift+P"],
      there,
      () => entry && open({ kind: "provenance", take: entry.id }),
    ),
  ];
}

/** The transport. Arrows go to a list with the focus first. */
export function playVerbs(deck: Deck, slow: () => boolean): Verb[] {
  const verb = (id: string, title: string, keys: readonly string[], run: () => void): Verb => ({
    id: `tray.${id}`,
    title,
    keys,
    group: "Playing",
    run,
  });
  const last = () => deck.store.getState().count - 1;
  return [
    verb("play", "Play or stop", ["Space"], () => deck.press("Space")),
    verb("back", "Play backwards; again: twice as fast", ["J"], () => deck.press("J", slow())),
    verb("stop", "Stop; held with J or L: slowly", ["K"], () => deck.press("K")),
    verb("on", "Play on; again: twice as fast", ["L"], () => deck.press("L", slow())),
    verb("frame-back", "One frame back", ["ArrowLeft"], () => deck.step(-1)),
    verb("frame-on", "One frame on", ["ArrowRight"], () => deck.step(1)),
    verb("frames-back", "Ten frames back", ["Shift+ArrowLeft"], () => deck.step(-10)),
    verb("frames-on", "Ten frames on", ["Shift+ArrowRight"], () => deck.step(10)),
    verb("first", "First frame", ["Home"], () => deck.go(0)),
    verb("last", "Last frame", ["End"], () => deck.go(last())),
  ];
}

/** How takes are looked at and compared. */
export function viewVerbs(doing: TrayDoing, looking: Looking): Verb[] {
  const large = looking === "compare" || looking === "cull";
  const verb = (id: string, title: string, keys: readonly string[], run: () => void, enabled = true): Verb => ({
    id: `tray.${id}`,
    title,
    keys,
    group: "Comparing",
    enabled,
    run,
  });
  const mode = (to: Mode) => () => setStage(({ mode: now }) => ({ mode: now === to ? "flip" : to }));
  const leave = () => {
    const { looking: as, picked } = useTray.getState();
    if (as !== "grid") setTray({ looking: "grid", held: null });
    else if (picked.length > 0) setTray({ picked: [] });
  };
  return [
    verb("compare", "Compare, on or off", ["C"], () => doing.look("compare")),
    verb("pick", "Put the take into the comparison, or take it out", ["Shift+C"], () => {
      const ring = useSelection.getState().take;
      if (ring) doing.pick(ring);
    }),
    verb("sheet", "Contact sheet of all takes", ["N"], () => doing.look("sheet")),
    verb("cull", "Cull in the full window, on or off", ["F"], () => doing.look(looking === "cull" ? "grid" : "cull")),
    verb("hold", "Hold the take as A", ["H"], () => doing.hold()),
    verb("next", "Next take, same frame", ["ArrowDown"], () => doing.flip(1)),
    verb("previous", "Previous take, same frame", ["ArrowUp"], () => doing.flip(-1)),
    verb("flip", "Flip between A and B", ["Q"], flip, large),
    verb("wipe", "Wipe", ["W"], mode("wipe"), large),
    verb("difference", "Difference", ["D"], mode("difference"), large),
    verb("beside", "Side by side", ["S"], mode("side"), large),
    verb("overlay", "Overlay", ["V"], mode("overlay"), large),
    verb("one", "One pixel for one pixel", ["Z"], () => setStage({ look: oneToOne() })),
    verb("fit", "Fit", ["Shift+Z"], () => setStage({ look: FIT })),
    verb("in", "Best range begins here", ["I"], () => doing.range("in"), doing.mays.judge),
    verb("out", "Best range ends here", ["O"], () => doing.range("out"), doing.mays.judge),
    verb("whole", "Clear the best range", ["Alt+X"], () => doing.clearRange(), doing.mays.judge),
    verb(
      "leave",
      "Leave the comparison",
      ["Escape"],
      leave,
      looking !== "grid" || useTray.getState().picked.length > 0,
    ),
  ];
}

/** Q in another mode goes to Flip; there it shows the next pane. */
function flip(): void {
  const { mode, front } = useStage.getState();
  const panes = Math.max(1, useTray.getState().panes.length);
  if (mode !== "flip") setStage({ mode: "flip" });
  else setStage({ front: (Math.min(front, panes - 1) + 1) % panes });
}
