"use strict";

/** Judgements of a take as stars: the canvas keeps four words, the panel shows them as one to four stars. */

const MOST_STARS = 4;
const BY_STARS = [null, "dead", "useful_weird", "almost", "keep"];
const TITLES = ["No rating", "Dead", "Useful, weird", "Almost", "Keep"];

/** @param {number} stars @returns {string | null} what a key of 0 to 5 gives */
function ratingOf(stars) {
  return BY_STARS[Math.min(stars, MOST_STARS)] || null;
}

/** @param {string | null | undefined} rating @returns {number} */
function starsOf(rating) {
  return rating ? Math.max(0, BY_STARS.indexOf(rating)) : 0;
}

/** @param {number} stars @returns {string} `3 stars: almost` */
function titleOf(stars) {
  const count = Math.min(stars, MOST_STARS);
  return count ? `${count} star${count === 1 ? "" : "s"}: ${TITLES[count].toLowerCase()}` : TITLES[0];
}

module.exports = { MOST_STARS, ratingOf, starsOf, titleOf };
