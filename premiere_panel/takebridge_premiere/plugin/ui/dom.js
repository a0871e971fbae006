"use strict";

/**
 * Elements without markup: `h("div", {class: "row", on: {click}}, "words", child)`. UXP has no `append`, no `innerHTML`
 * worth trusting and no `dataset`; what is used here it has.
 */

const PROPERTIES = new Set([
  "value",
  "checked",
  "src",
  "placeholder",
  "tabIndex",
  "disabled",
  "max",
  "min",
  "selected",
]);

/**
 * @typedef {HTMLElement & {value?: any, src?: string, checked?: any}} El
 * @typedef {El | string | number | null | undefined | false} Child
 * @typedef {{class?: string, on?: Record<string, (event: any) => void>, style?: Record<string, string>,
 *   [name: string]: any}} Props
 */

/**
 * Make an element. `on` are listeners, `style` longhands; properties of fields are set as such, all else is an
 * attribute.
 * A child that is null, undefined or false is left out.
 * @param {string} tag
 * @param {Props | null} [props]
 * @param {...(Child | Child[])} children
 * @returns {any}
 */
function h(tag, props, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(props || {})) {
    give(made, name, value);
  }
  add(made, children);
  return made;
}

/**
 * @param {any} made
 * @param {string} name
 * @param {any} value
 */
function give(made, name, value) {
  if (value === undefined || value === null) {
    return;
  }
  if (name === "class") {
    made.className = value;
  } else if (name === "on") {
    Object.entries(value).forEach(([event, call]) => made.addEventListener(event, /** @type {any} */ (call)));
  } else if (name === "style") {
    Object.entries(value).forEach(([key, one]) => made.style.setProperty(key, /** @type {any} */ (one)));
  } else if (PROPERTIES.has(name)) {
    made[name] = value;
  } else if (value !== false) {
    made.setAttribute(name, value === true ? "" : String(value));
  }
}

/**
 * @param {any} parent
 * @param {any[]} children
 */
function add(parent, children) {
  for (const child of children) {
    if (Array.isArray(child)) {
      add(parent, child);
    } else if (child !== null && child !== undefined && child !== false) {
      parent.appendChild(typeof child === "object" ? child : document.createTextNode(String(child)));
    }
  }
}

/**
 * Replace what is in an element.
 * @param {any} parent
 * @param {...(Child | Child[])} children
 */
function fill(parent, ...children) {
  while (parent.firstChild) {
    parent.removeChild(parent.firstChild);
  }
  add(parent, children);
}

/**
 * Set words, only when they are others: nothing is laid out anew for the same.
 * @param {any} element
 * @param {string} words
 */
function say(element, words) {
  if (element.textContent !== words) {
    element.textContent = words;
  }
}

/**
 * Show or hide. UXP has no `hidden`.
 * @param {any} element
 * @param {boolean} shown
 */
function show(element, shown) {
  element.classList.toggle("gone", !shown);
}

/**
 * Give an element exactly one of a family of classes: `as(dot, "tone-", "fresh")`.
 * @param {any} element
 * @param {string} family
 * @param {string} name
 */
function as(element, family, name) {
  const kept = element.className.split(" ").filter((/** @type {string} */ one) => one && !one.startsWith(family));
  const next = [...kept, ...(name ? [family + name] : [])].join(" ");
  if (element.className !== next) {
    element.className = next;
  }
}

module.exports = { as, fill, h, say, show };
