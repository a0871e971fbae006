"use strict";

const { h } = require("./dom.js");

/**
 * Making shots for gaps: find them, make a shot, put it.
 * @param {any} _app
 */
function gapsPage(_app) {
  const words =
    "Finds the gaps of the sequence and makes shots for them, with the neighbours' frames as first and last frame.";
  return { el: h("div", { class: "page" }, h("div", { class: "empty" }, words)), show() {}, hide() {} };
}

module.exports = { gapsPage };
