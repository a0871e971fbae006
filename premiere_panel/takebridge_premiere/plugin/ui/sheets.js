"use strict";

/**
 * Sheets: what stands in the place of the page until it is done with. They replace it rather than cover it, because UXP
 * paints text fields above everything else.
 */

const { button } = require("./controls.js");
const { fill, h, show } = require("./dom.js");

/**
 * @typedef {{title: string, body: any[], foot?: any[], confirm?: () => void, closed?: () => void}} Sheet
 * `confirm` is what Ctrl+Enter does; `closed` is told once.
 */

/**
 * @param {{layer: any, page: any, drawn: () => void}} parts
 */
function createSheets({ layer, page, drawn }) {
  /** @type {Sheet[]} */
  const open = [];

  function draw() {
    const top = open[open.length - 1];
    show(layer, Boolean(top));
    show(page, !top);
    if (top) {
      const close = button("✕", shut, { look: "quiet", name: "Close (Esc)" });
      fill(
        layer,
        h("div", { class: "sheet-head" }, h("div", { class: "dialog grow" }, top.title), close.el),
        h("div", { class: "sheet-body" }, top.body),
        top.foot ? h("div", { class: "sheet-foot" }, top.foot) : null,
      );
    } else {
      fill(layer);
    }
    drawn();
  }

  function shut() {
    const top = open.pop();
    draw();
    if (top && top.closed) {
      top.closed();
    }
  }

  return {
    /** @param {Sheet} sheet */
    open(sheet) {
      open.push(sheet);
      draw();
      return {
        /** Close it, and what was opened from it. */
        close() {
          while (open.includes(sheet)) {
            shut();
          }
        },
        isOpen: () => open.includes(sheet),
      };
    },
    shut,
    any: () => open.length > 0,
    /** Ctrl+Enter. */
    confirm() {
      const top = open[open.length - 1];
      if (top && top.confirm) {
        top.confirm();
      }
    },
  };
}

module.exports = { createSheets };
