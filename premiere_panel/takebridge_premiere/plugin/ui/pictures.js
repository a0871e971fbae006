"use strict";

/**
 * Pictures as data: URLs, fetched when they can be seen and kept while there is room. The newest wish goes first; what
 * scrolled away before its turn is not fetched at all.
 */

const MOST_UNDER_WAY = 4;
/** Characters kept: about 24 MB, some three hundred posters and a few sprites. */
const MOST_CHARACTERS = 24 * 1024 * 1024;
/** After a failure a picture is asked for again at the earliest so much later. */
const AGAIN_MS = 10_000;

/** @param {{api: any, clock: import("../link/clock.js").Clock}} parts */
function createPictures({ api, clock }) {
  /** @type {Map<string, {value: any, size: number}>} by key, the least used first */
  const kept = new Map();
  /** @type {Map<string, number>} */
  const failed = new Map();
  /** @type {Map<string, {ask: () => Promise<any>, calls: Set<(found: any) => void>}>} */
  const wanted = new Map();
  /** @type {Map<string, {ask: () => Promise<any>, calls: Set<(found: any) => void>}>} */
  const fetching = new Map();
  let underWay = 0;
  let size = 0;

  /** @param {string} key */
  function take(key) {
    const found = kept.get(key);
    if (!found) {
      return null;
    }
    kept.delete(key);
    kept.set(key, found);
    return found.value;
  }

  /** @param {string} key @param {any} value */
  function keep(key, value) {
    const length = JSON.stringify(value).length;
    kept.set(key, { value, size: length });
    size += length;
    for (const [oldest, one] of kept) {
      if (size <= MOST_CHARACTERS || oldest === key) {
        break;
      }
      kept.delete(oldest);
      size -= one.size;
    }
  }

  function next() {
    while (underWay < MOST_UNDER_WAY && wanted.size) {
      const key = /** @type {string} */ ([...wanted.keys()].pop());
      const wish = /** @type {{ask: () => Promise<any>, calls: Set<(found: any) => void>}} */ (wanted.get(key));
      wanted.delete(key);
      if (wish.calls.size) {
        fetch(key, wish);
      }
    }
  }

  /** @param {string} key @param {{ask: () => Promise<any>, calls: Set<(found: any) => void>}} wish */
  async function fetch(key, wish) {
    underWay += 1;
    fetching.set(key, wish);
    try {
      const found = await wish.ask();
      if (found) {
        keep(key, found);
        wish.calls.forEach((call) => call(found));
      }
    } catch (_) {
      failed.set(key, clock.now()); // its place stays empty; what is wrong with the media is said elsewhere
    }
    underWay -= 1;
    fetching.delete(key);
    next();
  }

  /**
   * @param {string} key
   * @param {() => Promise<any>} ask
   * @param {(found: any) => void} then
   * @returns {() => void} loses interest
   */
  function want(key, ask, then) {
    const there = take(key);
    if (there) {
      then(there);
      return () => {};
    }
    if (clock.now() - (failed.get(key) || -AGAIN_MS) < AGAIN_MS) {
      return () => {};
    }
    const coming = fetching.get(key);
    if (coming) {
      coming.calls.add(then);
      return () => void coming.calls.delete(then);
    }
    const wish = wanted.get(key) || { ask, calls: new Set() };
    wish.calls.add(then);
    wanted.delete(key);
    wanted.set(key, wish);
    clock.after(0, next);
    return () => void wish.calls.delete(then);
  }

  return {
    /** @param {string} content @param {(url: string) => void} then */
    poster: (content, then) => want(`poster ${content}`, () => api.poster(content), then),
    /** @param {string} content @param {(found: {url: string, cells: any}) => void} then */
    sprite: (content, then) => want(`sprite ${content}`, () => api.sprite(content), then),
    /**
     * @param {string} session
     * @param {string} clip
     * @param {number} frame
     * @param {number} width
     * @param {(url: string) => void} then
     */
    clipFrame: (session, clip, frame, width, then) =>
      want(`clip ${session} ${clip} ${frame} ${width}`, () => api.clipFrame(session, clip, frame, width), then),
    kept: () => kept.size,
    size: () => size,
  };
}

module.exports = { createPictures };
