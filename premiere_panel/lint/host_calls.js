"use strict";

/** The rules for calls of Premiere: what may happen inside a lock, where Actions live, which numbers are enums. */

const ts = require("typescript");

/** Methods of Premiere that run their callback at once, inside the host: it must come back without waiting. */
const LOCKS = new Set(["lockedAccess", "executeTransaction", "createEmptySelection"]);
/** Methods of arrays, sets and maps that keep what they are given. */
const KEEPERS = new Set(["push", "unshift", "add", "set"]);
const ACTION = /^create[A-Za-z]*Action$/;

/**
 * @param {ts.SourceFile} file
 * @param {import("./findings.js").Findings} findings
 * @param {ReturnType<import("./typings.js").readTypings>} typings
 */
function checkHostCalls(file, findings, typings) {
  const visit = (node) => {
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      const name = node.expression.name.text;
      if (LOCKS.has(name)) {
        checkLock(node, name, file, findings, typings);
      }
      if (ACTION.test(name)) {
        checkAction(node, name, file, findings);
      }
      checkArguments(node, name, findings, typings);
    }
    if (ts.isBinaryExpression(node)) {
      checkComparison(node, findings, typings);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
}

/** A lock's callback is synchronous and starts nothing that is not. */
function checkLock(call, name, file, findings, typings) {
  const callback = call.arguments.map((one) => functionOf(one, file)).find(Boolean);
  if (!callback) {
    return;
  }
  const at = (callback.parent && ts.isVariableDeclaration(callback.parent) ? call : callback).getStart();
  if (isAsync(callback) || callback.asteriskToken) {
    findings.add(at, "async-in-lock", `${name} does not wait: its callback may not be async. Gather before it`);
    return;
  }
  const visit = (node) => {
    if (ts.isFunctionLike(node) && isAsync(node)) {
      findings.add(node.getStart(), "async-in-lock", `an async function inside ${name} goes on after the lock is gone`);
      return;
    }
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      const called = node.expression.name.text;
      const waits = ["then", "catch", "finally"].includes(called) || isNamed(node.expression.expression, "Promise");
      if (waits || typings.promises.has(called)) {
        findings.add(node.getStart(), "async-in-lock", `${called} answers after ${name} is over: gather before it`);
      }
    }
    ts.forEachChild(node, visit);
  };
  if (callback.body) {
    visit(callback.body);
  }
}

/** The function an argument is, or names in this file. */
function functionOf(argument, file) {
  if (ts.isArrowFunction(argument) || ts.isFunctionExpression(argument)) {
    return argument;
  }
  if (!ts.isIdentifier(argument)) {
    return null;
  }
  let found = null;
  const visit = (node) => {
    if (ts.isFunctionDeclaration(node) && node.name && node.name.text === argument.text) {
      found = node;
    }
    if (ts.isVariableDeclaration(node) && isNamed(node.name, argument.text) && node.initializer) {
      const { initializer } = node;
      found = ts.isArrowFunction(initializer) || ts.isFunctionExpression(initializer) ? initializer : found;
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** An Action is good until its lock ends: made in a synchronous function, kept in nothing that lives longer. */
function checkAction(call, name, file, findings) {
  const home = enclosing(call);
  if (!home) {
    findings.add(call.getStart(), "action-outside-lock", `${name} at the top of a file runs outside any lock`);
    return;
  }
  if (isAsync(home)) {
    findings.add(call.getStart(), "action-outside-lock", `${name} in an async function: an await loses the lock`);
  }
  const kept = keeper(call);
  if (kept && (ts.isPropertyAccessExpression(kept) || ts.isElementAccessExpression(kept) || isOfModule(kept, file))) {
    findings.add(call.getStart(), "action-kept", `${name} is kept in ${kept.getText()}: an Action ends with its lock`);
  }
}

/** What a value is assigned to, or pushed onto; null when it only goes into a local name or out as a result. */
function keeper(call) {
  let node = call;
  while (ts.isParenthesizedExpression(node.parent) || ts.isConditionalExpression(node.parent)) {
    node = node.parent;
  }
  const { parent } = node;
  const assigns = ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.EqualsToken;
  if (assigns && parent.right === node) {
    return parent.left;
  }
  const calls = ts.isCallExpression(parent) && ts.isPropertyAccessExpression(parent.expression);
  const keeps = calls && parent.arguments.includes(node) && KEEPERS.has(parent.expression.name.text);
  return keeps && isOfModule(parent.expression.expression, call.getSourceFile()) ? parent.expression.expression : null;
}

/** Whether a name is declared at the top of its file. */
function isOfModule(node, file) {
  if (!ts.isIdentifier(node)) {
    return false;
  }
  return file.statements.some(
    (statement) =>
      ts.isVariableStatement(statement) &&
      statement.declarationList.declarations.some((one) => isNamed(one.name, node.text)),
  );
}

/** A number where Premiere's typings want one of ppro.Constants: those differ between releases. */
function checkArguments(call, name, findings, typings) {
  const positions = typings.enumParameters.get(name);
  call.arguments.forEach((argument, index) => {
    if (positions && positions.has(index) && isNumber(argument)) {
      findings.add(argument.getStart(), "inlined-enum", `${name} takes one of ppro.Constants here, not a number`);
    }
  });
}

function checkComparison(node, findings, typings) {
  const equals = [ts.SyntaxKind.EqualsEqualsEqualsToken, ts.SyntaxKind.ExclamationEqualsEqualsToken];
  if (!equals.includes(node.operatorToken.kind)) {
    return;
  }
  for (const [one, other] of [[node.left, node.right], [node.right, node.left]]) {
    const call = stripped(one);
    const member = ts.isCallExpression(call) && ts.isPropertyAccessExpression(call.expression);
    const called = member ? call.expression.name.text : "";
    if (typings.enumResults.has(called) && isNumber(other)) {
      findings.add(node.getStart(), "inlined-enum", `compare ${called} with one of ppro.Constants, not with a number`);
    }
  }
}

function stripped(node) {
  while (ts.isParenthesizedExpression(node) || ts.isAwaitExpression(node)) {
    node = node.expression;
  }
  return node;
}

function isNumber(node) {
  return ts.isNumericLiteral(node) || (ts.isPrefixUnaryExpression(node) && ts.isNumericLiteral(node.operand));
}

function isAsync(node) {
  return (ts.getModifiers(node) || []).some((modifier) => modifier.kind === ts.SyntaxKind.AsyncKeyword);
}

function isNamed(node, name) {
  return ts.isIdentifier(node) && node.text === name;
}

function enclosing(node) {
  for (let above = node.parent; above; above = above.parent) {
    if (ts.isFunctionLike(above)) {
      return above;
    }
  }
  return null;
}

module.exports = { checkHostCalls };
