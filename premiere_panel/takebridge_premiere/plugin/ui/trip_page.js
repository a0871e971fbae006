"use strict";

const { h } = require("./dom.js");

/**
 * Merging the cut with the canvas: what changed, conflicts, apply.
 * @param {any} _app
 */
function tripPage(_app) {
  const words =
    "Merges the cut with the canvas: shows what you did and what the canvas did, clip by clip, before it changes.";
  return { el: h("div", { class: "page" }, h("div", { class: "empty" }, words)), show() {}, hide() {} };
}

module.exports = { tripPage };
