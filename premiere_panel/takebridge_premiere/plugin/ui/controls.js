"use strict";

/**
 * Buttons, fields and choices: UXP's own sp-* widgets where they work, plain elements where they are inert (a browser).
 * Everything a person can reach has `data-stop`: UXP has no tab order, keys.js makes one of these.
 */

const { fill, h, say } = require("./dom.js");

/** Whether a widget of the host is more than a tag here. @param {string} tag @param {string} member */
function works(tag, member) {
  return member in document.createElement(tag);
}

/**
 * @typedef {"primary" | "plain" | "quiet" | "toggle"} Look
 * @typedef {{el: any, say(words: string): void, enable(on: boolean): void, look(look: Look): void, check(on: boolean):
 *   void}} Button
 */

/**
 * A button. Off, it does nothing; why it is off stands beside it.
 * @param {string} words
 * @param {() => void} press
 * @param {{look?: Look, name?: string, class?: string}} [how] `name` is for people who do not see it
 * @returns {Button}
 */
function button(words, press, how = {}) {
  const tag = how.look === "quiet" || how.look === "toggle" ? "sp-action-button" : "sp-button";
  const el = h(
    tag,
    { class: `button ${how.look || "plain"} ${how.class || ""}`.trim(), "data-stop": true, role: "button" },
    words,
  );
  if (how.name) {
    el.setAttribute("title", how.name);
  }
  el.addEventListener("click", (/** @type {any} */ event) => {
    event.stopPropagation();
    if (!el.hasAttribute("disabled")) {
      press();
    }
  });
  const made = {
    el,
    say: (/** @type {string} */ text) => say(el, text),
    enable(/** @type {boolean} */ on) {
      if (on) {
        el.removeAttribute("disabled");
      } else {
        el.setAttribute("disabled", "");
      }
    },
    look(/** @type {Look} */ look) {
      el.setAttribute("variant", look === "primary" ? "cta" : "secondary");
      for (const one of ["primary", "plain", "quiet", "settled"]) {
        el.classList.toggle(one, one === look);
      }
    },
    check(/** @type {boolean} */ on) {
      el.classList.toggle("checked", on);
      if (on) {
        el.setAttribute("selected", "");
      } else {
        el.removeAttribute("selected");
      }
    },
  };
  el.setAttribute("variant", how.look === "primary" ? "cta" : "secondary");
  return made;
}

/**
 * A field for words. `onInput` after each change.
 * @param {{value?: string, placeholder?: string, name: string, lines?: number, width?: string, onInput?: (text:
 *   string) => void,
 *   onEnter?: () => void}} how
 */
function field({ value = "", placeholder = "", name, lines = 1, width = "", onInput = () => {}, onEnter }) {
  const widget = lines > 1 ? "sp-textarea" : "sp-textfield";
  const tag = works(widget, "value") ? widget : lines > 1 ? "textarea" : "input";
  const el = h(tag, {
    class: lines > 1 ? "field tall" : "field",
    "data-stop": "field",
    placeholder,
    value,
    title: name,
  });
  if (width) {
    el.style.setProperty("width", width);
  }
  el.addEventListener("input", () => onInput(el.value));
  el.addEventListener("change", () => onInput(el.value));
  el.addEventListener("keydown", (/** @type {any} */ event) => {
    if (event.key === "Enter" && onEnter && lines === 1) {
      event.preventDefault();
      event.stopPropagation();
      onEnter();
    }
  });
  return {
    el,
    get value() {
      return String(el.value || "");
    },
    set(/** @type {string} */ text) {
      el.value = text;
    },
    enable(/** @type {boolean} */ on) {
      el.disabled = !on;
    },
    hint(/** @type {string} */ text) {
      el.placeholder = text;
    },
    focus: () => el.focus(),
  };
}

/**
 * One of several. Options may change; `set` shows which.
 * @param {{name: string, options?: {value: string, label: string}[], onChange: (value: string) => void, class?:
 *   string}} how
 */
function choice({ name, options = [], onChange, class: extra = "" }) {
  return works("sp-dropdown", "selectedIndex")
    ? hostChoice(name, options, onChange, extra)
    : plainChoice(name, options, onChange, extra);
}

/** @typedef {{value: string, label: string}[]} Options */

/** @param {string} name @param {Options} first @param {(value: string) => void} onChange @param {string} extra */
function plainChoice(name, first, onChange, extra) {
  const el = h("select", { class: `choice ${extra}`.trim(), "data-stop": "field", title: name });
  el.addEventListener("change", () => onChange(el.value));
  const options = (/** @type {Options} */ list) =>
    fill(
      el,
      list.map((one) => h("option", { value: one.value }, one.label)),
    );
  options(first);
  return {
    el,
    options,
    get value() {
      return String(el.value || "");
    },
    set(/** @type {string} */ value) {
      el.value = value;
    },
    enable(/** @type {boolean} */ on) {
      el.disabled = !on;
    },
  };
}

/** @param {string} name @param {Options} first @param {(value: string) => void} onChange @param {string} extra */
function hostChoice(name, first, onChange, extra) {
  const menu = h("sp-menu", { slot: "options" });
  const el = h("sp-dropdown", { class: `choice ${extra}`.trim(), "data-stop": "field", title: name }, menu);
  let list = first;
  let at = 0;
  const options = (/** @type {Options} */ next) => {
    list = next;
    fill(
      menu,
      next.map((one) => h("sp-menu-item", { value: one.value }, one.label)),
    );
    el.selectedIndex = Math.min(at, next.length - 1);
  };
  el.addEventListener("change", () => {
    at = el.selectedIndex;
    if (list[at]) {
      onChange(list[at].value);
    }
  });
  options(first);
  return {
    el,
    options,
    get value() {
      return list[at] ? list[at].value : "";
    },
    set(/** @type {string} */ value) {
      at = Math.max(
        0,
        list.findIndex((one) => one.value === value),
      );
      el.selectedIndex = at;
    },
    enable(/** @type {boolean} */ on) {
      el.disabled = !on;
    },
  };
}

/**
 * Several buttons of which one is chosen.
 * @param {{value: string, label: string, name?: string}[]} options
 * @param {(value: string) => void} onChange
 */
function segments(options, onChange) {
  const made = options.map((one) => ({
    value: one.value,
    button: button(one.label, () => onChange(one.value), { look: "toggle", name: one.name }),
  }));
  return {
    el: h(
      "div",
      { class: "segments" },
      made.map((one) => one.button.el),
    ),
    set(/** @type {string} */ value) {
      made.forEach((one) => one.button.check(one.value === value));
    },
    say(/** @type {string} */ value, /** @type {string} */ words) {
      made.filter((one) => one.value === value).forEach((one) => one.button.say(words));
    },
  };
}

/**
 * Options one below the other, each with what it means; one is chosen.
 * @param {{value: string, label: string, about: string}[]} options
 * @param {(value: string) => void} onChange
 */
function radios(options, onChange) {
  const rows = options.map((one) => {
    const dot = h("div", { class: "radio-dot" }, "○");
    const el = h(
      "div",
      { class: "radio", "data-stop": true, on: { click: () => onChange(one.value) } },
      dot,
      h("div", { class: "grow" }, h("div", { class: "body" }, one.label), h("div", { class: "label" }, one.about)),
    );
    return { value: one.value, el, dot };
  });
  return {
    el: h(
      "div",
      { class: "stack" },
      rows.map((row) => row.el),
    ),
    set(/** @type {string} */ value) {
      rows.forEach((row) => {
        row.el.classList.toggle("checked", row.value === value);
        say(row.dot, row.value === value ? "●" : "○");
      });
    },
  };
}

/** @param {string} words @param {boolean} on @param {(on: boolean) => void} onChange */
function check(words, on, onChange) {
  let now = on;
  const box = h("div", { class: "box" }, now ? "☑" : "☐");
  const set = (/** @type {boolean} */ next) => {
    now = next;
    say(box, now ? "☑" : "☐");
  };
  const press = () => {
    set(!now);
    onChange(now);
  };
  return {
    el: h("div", { class: "check", "data-stop": true, on: { click: press } }, box, h("div", { class: "grow" }, words)),
    set,
  };
}

/** A thin bar. @returns {{el: any, set(done: number, total: number): void}} */
function bar() {
  const inside = h("div", { class: "bar-done" });
  const el = h("div", { class: "bar" }, inside);
  return {
    el,
    set(done, total) {
      inside.style.setProperty("width", `${total > 0 ? Math.min(100, Math.round((100 * done) / total)) : 0}%`);
    },
  };
}

/** Lines of a name and what it says. @param {[string, string][]} lines */
function facts(lines) {
  return lines.map(([title, words]) =>
    h("div", { class: "fact" }, h("div", { class: "fact-name" }, title), h("div", { class: "fact-words" }, words)),
  );
}

module.exports = { bar, button, check, choice, facts, field, radios, segments, works };
