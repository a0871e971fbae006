"use strict";

/** The rules for scripts, over TypeScript's syntax tree. */

const path = require("node:path");
const ts = require("typescript");
const { Findings } = require("./findings.js");
const { checkHostCalls } = require("./host_calls.js");
const { BANNED_NAMES, MARKUP, MODULES, bannedStyle, cssSpelling, strangeAddress } = require("./words.js");

const MOST_LINES = 400;
const MOST_COLUMNS = 120;

/**
 * @param {string} name the file's path in the plugin, "/" between folders
 * @param {string} text
 * @param {{files: Set<string>, typings: ReturnType<import("./typings.js").readTypings>}} known `files`: of the plugin
 * @returns {import("./findings.js").Finding[]}
 */
function lintScript(name, text, known) {
  const findings = new Findings(name, text);
  const file = ts.createSourceFile(name, text, ts.ScriptTarget.ES2020, true, ts.ScriptKind.JS);
  for (const fault of file.parseDiagnostics || []) {
    findings.add(fault.start, "syntax", ts.flattenDiagnosticMessageText(fault.messageText, " "));
  }
  checkLayout(findings, text);
  const declared = declaredNames(file);
  const visit = (node) => {
    checkNode(node, findings, { file, declared, name, files: known.files });
    ts.forEachChild(node, visit);
  };
  visit(file);
  checkHostCalls(file, findings, known.typings);
  return findings.all;
}

function checkNode(node, findings, around) {
  checkModules(node, findings, around);
  checkNames(node, findings, around);
  checkMarkup(node, findings);
  checkText(node, findings, around.file);
  checkStyle(node, findings);
}

function checkLayout(findings, text) {
  let at = 0;
  const lines = text.split("\n");
  for (const line of lines) {
    if ([...line].length > MOST_COLUMNS) {
      findings.add(at, "long-line", `more than ${MOST_COLUMNS} columns`);
    }
    at += line.length + 1;
  }
  if (lines.length > MOST_LINES + 1) {
    findings.add(0, "long-file", `${lines.length - 1} lines, at most ${MOST_LINES}: one thing per file`);
  }
}

/** Every name a file declares itself, at whatever depth: one of those is no browser's. */
function declaredNames(file) {
  const names = new Set();
  const add = (name) => {
    if (!name) {
      return;
    }
    if (ts.isIdentifier(name)) {
      names.add(name.text);
    } else if (ts.isObjectBindingPattern(name) || ts.isArrayBindingPattern(name)) {
      name.elements.forEach((element) => ts.isBindingElement(element) && add(element.name));
    }
  };
  const visit = (node) => {
    if (ts.isVariableDeclaration(node) || ts.isParameter(node) || ts.isFunctionDeclaration(node)) {
      add(node.name);
    } else if (ts.isClassDeclaration(node) || ts.isFunctionExpression(node)) {
      add(node.name);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return names;
}

// --- modules --------------------------------------------------------------------------------------------

function checkModules(node, findings, around) {
  const esm = ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isExportAssignment(node);
  const exported = ts.canHaveModifiers(node) && (ts.getModifiers(node) || []).some(isExport);
  const dynamic = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword;
  if (esm || exported || dynamic || ts.isMetaProperty(node)) {
    findings.add(node.getStart(), "es-module", "UXP loads CommonJS: use require and module.exports");
  }
  if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === "require") {
    checkRequire(node, findings, around);
  }
}

function isExport(modifier) {
  return modifier.kind === ts.SyntaxKind.ExportKeyword;
}

function checkRequire(node, findings, around) {
  const asked = node.arguments[0];
  if (!asked || !ts.isStringLiteral(asked)) {
    findings.add(node.getStart(), "require", "require takes the name of one module, written out");
  } else if (asked.text.startsWith("./") || asked.text.startsWith("../")) {
    const wanted = path.posix.join(path.posix.dirname(around.name), asked.text);
    if (!around.files.has(wanted)) {
      findings.add(node.getStart(), "require", `${asked.text} is not in the plugin (write its .js too)`);
    }
  } else if (!MODULES.has(asked.text)) {
    findings.add(node.getStart(), "require", `UXP has no module “${asked.text}” for this panel`);
  }
}

// --- names ----------------------------------------------------------------------------------------------

function checkNames(node, findings, around) {
  if (ts.isIdentifier(node) && BANNED_NAMES.has(node.text) && isReference(node) && !around.declared.has(node.text)) {
    findings.add(node.getStart(), "not-in-uxp", `${node.text}: ${BANNED_NAMES.get(node.text)}`);
  }
  const whole = ["window", "globalThis", "self"];
  if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression) && whole.includes(node.expression.text)) {
    if (BANNED_NAMES.has(node.name.text)) {
      findings.add(node.getStart(), "not-in-uxp", `${node.name.text}: ${BANNED_NAMES.get(node.name.text)}`);
    }
  }
  if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) {
    const timers = ["setTimeout", "setInterval"];
    if (timers.includes(node.expression.text) && node.arguments[0] && ts.isStringLiteralLike(node.arguments[0])) {
      findings.add(node.getStart(), "not-in-uxp", "UXP allows no code from strings");
    }
  }
}

/** Whether an identifier is used as a variable: not a property's name, a key, a label or a declaration. */
function isReference(node) {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) {
    return parent.expression === node;
  }
  const names = [ts.isPropertyAssignment, ts.isMethodDeclaration, ts.isBindingElement, ts.isPropertyDeclaration];
  if (names.some((is) => is(parent))) {
    return parent.initializer === node;
  }
  for (let above = parent; above; above = above.parent) {
    if (ts.isJSDoc(above)) {
      return false;
    }
  }
  return true;
}

// --- markup, text, style --------------------------------------------------------------------------------

function checkMarkup(node, findings) {
  const name = ts.isPropertyAccessExpression(node)
    ? node.name.text
    : ts.isElementAccessExpression(node) && ts.isStringLiteralLike(node.argumentExpression)
      ? node.argumentExpression.text
      : "";
  if (MARKUP.has(name)) {
    findings.add(node.getStart(), "markup", `${name} makes elements of text: build them`);
  }
  if (name === "write" && ts.isIdentifier(node.expression) && node.expression.text === "document") {
    findings.add(node.getStart(), "markup", "document.write makes elements of text: build them");
  }
  if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
    const [first] = node.arguments;
    const named = node.expression.name.text === "setAttribute" && first && ts.isStringLiteralLike(first);
    if (named && /^on/i.test(first.text)) {
      findings.add(node.getStart(), "inline-handler", "an inline handler is code from a string: use addEventListener");
    }
  }
}

function checkText(node, findings, file) {
  const spoken = ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node);
  if (!spoken) {
    return;
  }
  const address = strangeAddress(node.text);
  if (address) {
    findings.add(node.getStart(), "address", `${address}: the panel calls ws://127.0.0.1 and nothing else`);
  }
  if (ts.isStringLiteral(node) && node.getText(file).startsWith("'") && !node.text.includes('"')) {
    findings.add(node.getStart(), "quotes", "write strings in double quotes");
  }
}

function checkStyle(node, findings) {
  const why = (name) => bannedStyle(cssSpelling(name));
  const said = (at, name) => findings.add(at, "style", `${name}: ${why(name)}`);
  if (ts.isPropertyAccessExpression(node) && isNamed(node.expression, "style") && why(node.name.text)) {
    said(node.name.getStart(), node.name.text);
  }
  const styled = ts.isPropertyAssignment(node) && nameOf(node.name) === "style";
  if (styled && ts.isObjectLiteralExpression(node.initializer)) {
    node.initializer.properties.forEach((one) => checkStyleProperty(one, said));
  }
  if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
    const [first] = node.arguments;
    const names = node.expression.name.text === "setProperty" && isNamed(node.expression.expression, "style");
    if (names && first && ts.isStringLiteralLike(first) && why(first.text)) {
      said(node.getStart(), first.text);
    }
  }
  const sets = ts.isBinaryExpression(node) && ts.isPropertyAccessExpression(node.left) && isGrid(node.right);
  if (sets && isNamed(node.left.expression, "style") && node.left.name.text === "display") {
    said(node.getStart(), "grid");
  }
}

/** One property of `style: {…}`. */
function checkStyleProperty(one, said) {
  const name = one.name ? nameOf(one.name) : "";
  if (bannedStyle(cssSpelling(name))) {
    said(one.getStart(), name);
  }
  if (name === "display" && one.initializer && isGrid(one.initializer)) {
    said(one.getStart(), "grid");
  }
}

function isGrid(value) {
  return ts.isStringLiteralLike(value) && (value.text === "grid" || value.text === "inline-grid");
}

function isNamed(node, name) {
  const own = ts.isPropertyAccessExpression(node) ? node.name : node;
  return ts.isIdentifier(own) && own.text === name;
}

function nameOf(name) {
  return ts.isIdentifier(name) || ts.isStringLiteralLike(name) ? name.text : "";
}

module.exports = { lintScript };
