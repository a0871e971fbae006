import { bridgeNow } from "./clock";
import { send } from "./http";

/** Signed addresses of one content; they stay the same for about an hour, so pictures come from the browser's cache. */
export interface MediaUrls {
  poster: string;
  sprite: string;
  proxy: string;
  still: string;
  original: string;
  peaks: string;
}

interface Signed {
  expires_at: string;
  urls: Record<string, MediaUrls>;
}

interface Kept {
  urls: MediaUrls;
  until: number;
}

const MOST_AT_ONCE = 200;
const GATHER_MS = 8;
/** Signed anew this long before they end, so that a film that plays is not cut off. */
const MARGIN_MS = 10 * 60_000;

const kept = new Map<string, Kept>();
let waiting = new Map<string, { resolve: (urls: MediaUrls) => void; reject: (error: unknown) => void }[]>();
let timer: ReturnType<typeof setTimeout> | undefined;

/** What is known already, without asking. */
export function knownUrls(content: string): MediaUrls | undefined {
  const found = kept.get(content);
  return found && found.until > bridgeNow() ? found.urls : undefined;
}

/** The addresses of a content. Asked for together with what else is asked for in the same moment. */
export function mediaUrls(content: string): Promise<MediaUrls> {
  const known = knownUrls(content);
  if (known) return Promise.resolve(known);
  return new Promise((resolve, reject) => {
    waiting.set(content, [...(waiting.get(content) ?? []), { resolve, reject }]);
    if (timer === undefined) timer = setTimeout(() => void ask(), GATHER_MS);
  });
}

/** Forget every address: the session has changed. */
export function forgetUrls(): void {
  kept.clear();
}

async function ask(): Promise<void> {
  const asked = waiting;
  waiting = new Map();
  timer = undefined;
  const contents = [...asked.keys()];
  for (let first = 0; first < contents.length; first += MOST_AT_ONCE) {
    const part = contents.slice(first, first + MOST_AT_ONCE);
    try {
      const answer = await send("POST", "/api/media/sign", JSON.stringify({ contents: part }), {
        "Content-Type": "application/json",
      });
      const signed = (await answer.json()) as Signed;
      const until = Date.parse(signed.expires_at) - MARGIN_MS;
      for (const content of part) {
        const urls = signed.urls[content];
        if (urls) kept.set(content, { urls, until });
        for (const one of asked.get(content) ?? []) urls ? one.resolve(urls) : one.reject(new Error("not there"));
      }
    } catch (error) {
      for (const content of part) for (const one of asked.get(content) ?? []) one.reject(error);
    }
  }
}
