"use strict";

/** The page with a bridge written down for it, opened, connected, and what a person does there. */

const { openStage } = require("../support/stage.js");
const { PAIRED, standIn } = require("./stand_in_bridge.js");

/**
 * @param {any} t
 * @param {{facts?: any, greeting?: object, refuse?: object, away?: boolean, size?: object, colorScheme?: "dark" |
 *   "light",
 *   storage?: object, unpaired?: boolean}} [options]
 */
async function openPanel(t, options = {}) {
  const storage = { ...(options.unpaired ? {} : PAIRED), ...options.storage };
  /** @type {any} */
  let bridge = null;
  const stage = await openStage(t, {
    size: options.size,
    colorScheme: options.colorScheme,
    storage,
    prepare: async (page) => {
      bridge = await standIn(page, options);
    },
  });
  const { page } = stage;
  const see = (words) =>
    page.getByText(words, { exact: false }).locator("visible=true").first().waitFor({ timeout: 10_000 });
  const press = (words) => page.locator(".button:visible", { hasText: words }).first().click();
  return { stage, page, bridge, see, press };
}

module.exports = { openPanel };
