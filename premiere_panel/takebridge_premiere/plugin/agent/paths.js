"use strict";

/**
 * Paths as people, Premiere and the bridge spell them. The panel cannot look at the disk (UXP gives it its own folder
 * only): what is on disk is asked of Premiere, or checked by the bridge.
 */

const { OpError, text } = require("./faults.js");

const MOST_PATH = 4096;
const CONTROL = /[\u0000-\u001f\u007f]/;

/**
 * Return a path as it is reported: without the `\\?\` Premiere puts before long Windows paths; "" for what is no path
 * (synthetic media says a number, sequences nothing).
 * @param {any} said
 * @returns {string}
 */
function plainPath(said) {
  const path = text(said, MOST_PATH);
  const plain = path.startsWith("\\\\?\\UNC\\") ? `\\\\${path.slice(8)}` : path.replace(/^\\\\\?\\/, "");
  return isAbsolute(plain) ? plain : "";
}

/**
 * Say whether a path is absolute: `/…`, `C:\…`, `C:/…`, `\\server\share`.
 * @param {string} path
 * @returns {boolean}
 */
function isAbsolute(path) {
  return path.startsWith("/") || isWindows(path);
}

/**
 * Say whether a path is of Windows.
 * @param {string} path
 * @returns {boolean}
 */
function isWindows(path) {
  return /^[A-Za-z]:[\\/]/.test(path) || path.startsWith("\\\\");
}

/**
 * Return what is equal for two spellings of one file: one Unicode form, on Windows one case and one kind of slash too.
 * @param {any} path
 * @returns {string}
 */
function pathKey(path) {
  const plain = plainPath(path).normalize("NFC");
  return isWindows(plain) ? plain.replace(/\//g, "\\").toLowerCase() : plain.replace(/\/{2,}/g, "/");
}

/**
 * Say whether two paths name one file, as far as their spelling tells.
 * @param {any} one
 * @param {any} other
 * @returns {boolean}
 */
function samePath(one, other) {
  const key = pathKey(one);
  return key !== "" && key === pathKey(other);
}

/**
 * Return an absolute path an op names, or raise `invalid_param`.
 * @param {any} args
 * @param {string} [name]
 * @returns {string}
 */
function needPath(args, name = "path") {
  const path = args[name];
  if (typeof path !== "string" || !isAbsolute(path) || path.length > MOST_PATH || CONTROL.test(path)) {
    const hint = "Give the whole path, beginning with a slash or a drive letter.";
    throw new OpError("invalid_param", "A file needs an absolute path.", hint, { details: { path: text(path) } });
  }
  return path;
}

/**
 * Split a path into its folder (without the last slash, "/" and "C:\" keep theirs) and its name.
 * @param {string} path
 * @returns {{folder: string, name: string}}
 */
function splitPath(path) {
  const at = isWindows(path) ? Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) : path.lastIndexOf("/");
  const folder = path.slice(0, at);
  return {
    folder: folder === "" || /^[A-Za-z]:$/.test(folder) ? path.slice(0, at + 1) : folder,
    name: path.slice(at + 1),
  };
}

/**
 * Return the path of a name in a folder, with the folder's own kind of slash.
 * @param {string} folder
 * @param {string} name
 * @returns {string}
 */
function joinPath(folder, name) {
  const slash = isWindows(folder) && folder.includes("\\") ? "\\" : "/";
  return /[\\/]$/.test(folder) ? `${folder}${name}` : `${folder}${slash}${name}`;
}

/**
 * Return the suffix of a path in lower case with its dot, "" without one.
 * @param {string} path
 * @returns {string}
 */
function suffixOf(path) {
  const found = /[^.](\.[^.]+)$/.exec(splitPath(path).name);
  return found ? found[1].toLowerCase() : "";
}

module.exports = { plainPath, isAbsolute, isWindows, pathKey, samePath, needPath, splitPath, joinPath, suffixOf };
