"use strict";

const assert = require("node:assert/strict");
const { test } = require("node:test");
const { foundIn } = require("./planted.js");

const PLANTED = {
  "not-in-uxp": [
    "new TextDecoder();",
    "alert(1);",
    "confirm(1);",
    "prompt(1);",
    "window.alert(1);",
    "eval(\"1\");",
    "new Function(\"return 1\");",
    "Function(\"return 1\");",
    "setTimeout(\"go()\", 1);",
    "fetch(where);",
    "new XMLHttpRequest();",
    "process.exit(1);",
    "Buffer.from(\"\");",
    "const other = eval;",
    "const { length } = fetch;",
  ],
  markup: [
    "one.innerHTML = text;",
    "one[\"innerHTML\"] = text;",
    "one.insertAdjacentHTML(\"a\", text);",
    "document.write(1);",
  ],
  "inline-handler": ["one.setAttribute(\"onclick\", text);"],
  address: [
    "const a = \"http://127.0.0.1:80\";",
    "const a = \"ws://localhost:80\";",
    "const a = \"wss://127.0.0.1\";",
    "const a = \"ws://127.0.0.1.example.org/\";",
    "const a = `https://${host}/`;",
    "const a = `${host}https://example.org`;",
  ],
  require: [
    "require(\"node:fs\");",
    "require(\"http\");",
    "require(name);",
    "require(\"./gone.js\");",
    "require(\"./two\");",
    "require(\"../../outside.js\");",
  ],
  "es-module": ["import a from \"./a.js\";", "export const a = 1;", "export default 1;", "import(\"./two.js\");"],
  style: [
    "one.style.textTransform = \"uppercase\";",
    "one.style.font = \"bold 1px a\";",
    "one.style.transition = \"all\";",
    "one.style.gridTemplateColumns = \"1fr\";",
    "one.style.display = \"grid\";",
    "one.style.setProperty(\"animation-name\", \"a\");",
    "h(\"div\", { style: { animation: \"a\" } });",
    "h(\"div\", { style: { display: \"inline-grid\" } });",
  ],
  syntax: ["const = 1;"],
  quotes: ["const a = 'b';"],
  "long-line": [`const a = "${"b".repeat(110)}";`],
};

for (const [rule, lines] of Object.entries(PLANTED)) {
  for (const line of lines) {
    test(`${rule}: ${line.slice(0, 60)}`, () => {
      const rules = foundIn(`"use strict";\n\n${line}\n`);
      assert.ok(rules.includes(`3 ${rule}`), `found ${JSON.stringify(rules)}`);
    });
  }
}

const INNOCENT = [
  "const a = \"ws://127.0.0.1:\" + port;",
  "const a = `ws://127.0.0.1:${port}/panel`;",
  "// http://example.org in a comment, alert() too",
  "/** @param {Function} call */\nfunction one(call) {\n  call();\n}\none(two);",
  "function confirm(question) {\n  return question;\n}\nconfirm(1);",
  "dialog.confirm(1);",
  "const words = { alert: 1, prompt: \"Ask\" };",
  "const { prompt } = words;\nask(prompt);",
  "one.style.fontSize = \"12px\";",
  "one.style.display = \"flex\";",
  "const font = one.font;",
  "const said = 'She said \"no\"';",
  "require(\"uxp\");",
  "require(\"premierepro\");",
  "require(\"../main.js\");",
  "one.addEventListener(\"click\", go);",
  "setTimeout(go, 1);",
  "const rdf = \"http://www.w3.org/1999/02/22-rdf-syntax-ns#\";",
];

for (const text of INNOCENT) {
  test(`nothing to find: ${text.slice(0, 60)}`, () => {
    assert.deepEqual(foundIn(`${text}\n`), []);
  });
}

test("a file of more than 400 lines", () => {
  assert.deepEqual(foundIn("go();\n".repeat(400)), []);
  assert.deepEqual(foundIn("go();\n".repeat(401)), ["1 long-file"]);
});
