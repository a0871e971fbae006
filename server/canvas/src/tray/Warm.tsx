import { useEffect } from "react";
import { face } from "../canvas/model";
import { useMedia } from "../ui/Media";
import { paneFrame, seekTime } from "./clock";
import type { Deck } from "./deck";
import { clockOf, type Entry } from "./entries";
import { cool, expect, seekWarm, warm } from "./pool";

/** After the picture in sight has had its turn. */
const LATER_MS = 250;
/** The deck stands this long before neighbours follow it. */
const REST_MS = 80;

/**
 * The takes that ↑ and ↓ show next, loaded and brought to the deck's frame before they are asked for; where no player is
 * free nothing is done.
 */
export function Warm({ deck, entries }: { deck: Deck; entries: readonly (Entry | undefined)[] }) {
  return entries.map((entry) => entry && <One key={entry.id} deck={deck} entry={entry} />);
}

function One({ deck, entry }: { deck: Deck; entry: Entry }) {
  const shown = face(entry.take);
  const urls = useMedia(shown?.type === "video" ? shown.output.content : undefined);
  const { take } = entry;
  useEffect(() => {
    if (!urls) return;
    const url = urls.proxy;
    const clock = { ...clockOf(take), offset: 0 };
    let timer: ReturnType<typeof setTimeout> | undefined;
    const follow = () => {
      const { frame, rate, speed } = deck.store.getState();
      if (speed !== 0) return;
      warm(url);
      seekWarm(url, seekTime(paneFrame(frame, rate, clock).frame, clock.rate));
    };
    const later = (after: number) => {
      clearTimeout(timer);
      timer = setTimeout(follow, after);
    };
    expect(url);
    later(LATER_MS);
    const stop = deck.store.subscribe(({ frame, speed }, before) => {
      if (frame !== before.frame || speed !== before.speed) later(REST_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
      // After whoever shows it now has taken it.
      setTimeout(() => cool(url));
    };
  }, [urls, deck, take]);
  return null;
}
