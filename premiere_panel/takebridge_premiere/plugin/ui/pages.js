"use strict";

/** The tabs, in order. A page is `page(app) → {el, show(), hide()}` and draws from `app.state`. */

const { clipPage } = require("./clip_page.js");
const { gapsPage } = require("./gaps_page.js");
const { logPage } = require("./log_page.js");
const { tripPage } = require("./trip_page.js");

/** @type {{name: string, title: string, page: (app: any) => {el: any, show(): void, hide(): void}}[]} */
const PAGES = [
  { name: "clip", title: "Clip", page: clipPage },
  { name: "trip", title: "Round trip", page: tripPage },
  { name: "gaps", title: "Gaps", page: gapsPage },
  { name: "log", title: "Log", page: logPage },
];

module.exports = { PAGES };
