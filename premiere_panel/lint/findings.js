"use strict";

/** @typedef {{file: string, line: number, rule: string, message: string}} Finding */

/** Collects what is wrong in one file. */
class Findings {
  /** @param {string} file @param {string} text */
  constructor(file, text) {
    this.file = file;
    this.text = text;
    /** @type {Finding[]} */
    this.all = [];
  }

  /**
   * @param {number} at offset into the text
   * @param {string} rule
   * @param {string} message what is wrong and what to write instead
   */
  add(at, rule, message) {
    let line = 1;
    for (let index = 0; index < at; index += 1) {
      if (this.text[index] === "\n") {
        line += 1;
      }
    }
    this.all.push({ file: this.file, line, rule, message });
  }
}

module.exports = { Findings };
