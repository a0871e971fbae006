"use strict";

/**
 * The keyboard, in full: UXP has no tab order of its own, so Tab and the arrows walk over everything marked `data-stop`
 * and a ring drawn by us shows where they are. Nothing that edits the cut or spends money is on a bare letter.
 */

const { show } = require("./dom.js");

const NEXT = ["ArrowDown", "ArrowRight"];
const BEFORE = ["ArrowUp", "ArrowLeft"];

/**
 * @param {{root: any, scope: () => any, escape: () => void, letters: (event: any) => boolean}} parts `scope` is what
 *   may
 *   be reached now (a sheet, else the page); `letters` does what a key means there and says whether it meant anything
 */
function createKeys({ root, scope, escape, letters }) {
  const ring = root.querySelector(".ring") || root.appendChild(document.createElement("div"));
  ring.className = "ring gone";
  /** @type {any} */
  let at = null;
  /** Whether the keyboard was used last: only then is the ring brought along into a sheet. */
  let byKey = false;

  function stops() {
    return [...scope().querySelectorAll("[data-stop]")].filter(
      (one) => one.offsetWidth > 0 && !one.hasAttribute("disabled") && !one.disabled,
    );
  }

  function draw() {
    if (!at || !root.contains(at) || at.offsetWidth === 0) {
      show(ring, false);
      return;
    }
    const own = at.getBoundingClientRect();
    const all = root.getBoundingClientRect();
    const place = {
      left: own.left - all.left - 3,
      top: own.top - all.top - 3,
      width: own.width + 2,
      height: own.height + 2,
    };
    Object.entries(place).forEach(([name, value]) => ring.style.setProperty(name, `${value}px`));
    show(ring, true);
  }

  /** @param {any} element */
  function go(element) {
    if (isField(document.activeElement) && document.activeElement !== element) {
      /** @type {any} */ (document.activeElement).blur();
    }
    at = element;
    if (element) {
      bring(element);
      if (isField(element)) {
        element.focus();
      }
    }
    draw();
  }

  /** @param {number} step */
  function walk(step) {
    const found = stops();
    if (!found.length) {
      return;
    }
    const here = found.indexOf(at);
    const next = here < 0 ? (step > 0 ? 0 : found.length - 1) : (here + step + found.length) % found.length;
    go(found[next]);
  }

  /** @param {any} event */
  function pressed(event) {
    byKey = true;
    const typing = isField(event.target) || isField(document.activeElement);
    if (event.key === "Tab") {
      event.preventDefault();
      walk(event.shiftKey ? -1 : 1);
      return;
    }
    if (event.key === "Escape") {
      event.preventDefault();
      if (typing) {
        /** @type {any} */ (document.activeElement).blur();
      } else {
        escape();
      }
      return;
    }
    if (typing && !(event.key === "Enter" && (event.ctrlKey || event.metaKey))) {
      return;
    }
    if (letters(event)) {
      event.preventDefault();
    } else if (NEXT.includes(event.key) || BEFORE.includes(event.key)) {
      event.preventDefault();
      walk(NEXT.includes(event.key) ? 1 : -1);
    } else if (
      (event.key === "Enter" || event.key === " ") &&
      at &&
      root.contains(at) &&
      !event.ctrlKey &&
      !event.metaKey
    ) {
      event.preventDefault();
      at.click();
    }
  }

  document.addEventListener("keydown", pressed);
  root.addEventListener("mousedown", () => {
    byKey = false;
    at = null;
    draw();
  });
  return {
    draw,
    go,
    at: () => at,
    /** Something else can be reached now: for who uses keys, its first control; the one that closes it comes last. */
    first() {
      const found = stops();
      go(byKey ? found.find((one) => !one.closest(".sheet-head")) || found[0] || null : null);
    },
    end: () => document.removeEventListener("keydown", pressed),
  };
}

/** Scroll the nearest scrolling parent just as far as needed. @param {any} element */
function bring(element) {
  const area = element.closest(".scrolls");
  if (!area) {
    return;
  }
  const own = element.getBoundingClientRect();
  const all = area.getBoundingClientRect();
  if (own.top < all.top) {
    area.scrollTop -= all.top - own.top + 6;
  } else if (own.bottom > all.bottom) {
    area.scrollTop += own.bottom - all.bottom + 6;
  }
}

/** @param {any} element */
function isField(element) {
  return Boolean(element && element.getAttribute && element.getAttribute("data-stop") === "field");
}

module.exports = { createKeys, isField };
