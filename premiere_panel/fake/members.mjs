// Writes members.json: every type of the installed Premiere typings with its members, how many arguments each takes,
// whether it answers at once or by a promise, and the version it came with.  Run by hand: `npm run members`.
// With --check it writes nothing and ends with 1 when the file is out of date.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const TARGET = fileURLToPath(new URL("members.json", import.meta.url));
const TYPINGS = new URL("../node_modules/@adobe/premierepro/", import.meta.url);
const FIRST = "25.6";

/** What a version added, as Adobe's release notes tell; the typings themselves say no versions. */
const ADDED = {
  26.2: [
    "premierepro.ProjectConverter",
    "ProjectConverterStatic.exportAsOpenTimelineIO",
    "ProjectConverterStatic.exportAsFinalCutProXML",
    "ProjectStatic.isProject",
    "Project.closeSequence",
    "ClipProjectItem.getOriginatingProjectPath",
  ],
  26.3: [
    "premierepro.AAFExportOptions",
    "premierepro.ObjectMaskUtils",
    "AAFExportOptions.*",
    "AudioTrack.createSetNameAction",
    "CaptionTrack.createSetNameAction",
    "ClipProjectItem.createSubClipAction",
    "Constants.AAFExportAudioFormat",
    "EncoderManager.launchEncoder",
    "EncoderManager.setEmbeddedXMPEnabled",
    "EncoderManager.setSidecarXMPEnabled",
    "EncoderManager.startBatchEncode",
    "Marker.guid",
    "ObjectMaskUtilsStatic.*",
    "Project.createSequenceWithPresetPath",
    "ProjectConverterStatic.AAF_EXPORT_AUDIO_FORMAT_AIFF",
    "ProjectConverterStatic.AAF_EXPORT_AUDIO_FORMAT_WAV",
    "ProjectConverterStatic.exportAAF",
    "SourceMonitorStatic.setPosition",
    "TranscriptStatic.hasTranscript",
    "TranscriptStatic.querySupportedLanguages",
    "VideoTrack.createSetNameAction",
  ],
};
/** Methods that answered by a promise before this version, and at once since. */
const AT_ONCE_SINCE = { "Sequence.setSelection": "26.3" };

/** Versions by the name a member has in ADDED. */
function versions() {
  const found = new Map();
  for (const [version, names] of Object.entries(ADDED)) {
    for (const name of names) found.set(name, version);
  }
  return found;
}

const SINCE = versions();

/** The version a member came with; every name in ADDED that is used is taken off `unused`. */
function sinceOf(type, name, unused) {
  for (const key of [`${type}.${name}`, `${type}.*`]) {
    if (SINCE.has(key)) {
      unused.delete(key);
      return SINCE.get(key);
    }
  }
  return FIRST;
}

/** One parameter: its name, type as written, and whether it may be left out. */
function parameterOf(source, parameter) {
  const type = parameter.type ? parameter.type.getText(source).replace(/\s+/g, " ").replace(/^\| /, "") : "any";
  const optional = Boolean(parameter.questionToken);
  return { name: parameter.name.getText(source), type, ...(optional ? { optional } : {}) };
}

function methodOf(source, type, name, node) {
  const result = node.type ? node.type.getText(source).replace(/\s+/g, " ") : "any";
  const since = AT_ONCE_SINCE[`${type}.${name}`];
  return {
    kind: "method",
    result,
    async: /^Promise</.test(result),
    ...(since ? { atOnceSince: since } : {}),
    parameters: node.parameters.map((parameter) => parameterOf(source, parameter)),
  };
}

function memberOf(ts, source, type, node) {
  const name = node.name.getText(source);
  if (ts.isMethodSignature(node)) return [name, methodOf(source, type, name, node)];
  const readonly = Boolean(node.modifiers?.some((modifier) => modifier.kind === ts.SyntaxKind.ReadonlyKeyword));
  return [name, { kind: "property", type: node.type.getText(source), readonly }];
}

/** All members of a type literal; `creates` when it can be called or made with new. */
function typeOf(ts, source, declaration, unused) {
  const type = declaration.name.text;
  const table = { creates: null, members: {} };
  for (const node of declaration.type.members ?? []) {
    if (ts.isConstructSignatureDeclaration(node)) {
      table.creates = node.parameters.map((parameter) => parameterOf(source, parameter));
    } else if (!ts.isCallSignatureDeclaration(node)) {
      const [name, member] = memberOf(ts, source, type, node);
      table.members[name] = { ...member, since: sinceOf(type, name, unused) };
    }
  }
  return table;
}

function constantsOf(ts, declaration, unused) {
  const found = {};
  for (const node of declaration.body.statements.filter(ts.isEnumDeclaration)) {
    const members = node.members.map((member) => member.name.getText());
    found[node.name.text] = { since: sinceOf("Constants", node.name.text, unused), members };
  }
  return found;
}

/** The whole table of one typings file. */
export function tableOf(ts, text, version) {
  const source = ts.createSourceFile("premierepro.d.ts", text, ts.ScriptTarget.ES2020, true);
  const unused = new Set(SINCE.keys());
  const table = { typings: version, first: FIRST, exports: {}, types: {}, constants: {} };
  for (const node of source.statements) {
    if (ts.isModuleDeclaration(node)) table.constants = constantsOf(ts, node, unused);
    if (!ts.isTypeAliasDeclaration(node)) continue;
    const found = typeOf(ts, source, node, unused);
    if (node.name.text === "premierepro") table.exports = found.members;
    else table.types[node.name.text] = found;
  }
  if (unused.size) throw new Error(`The typings do not have: ${[...unused].join(", ")}.`);
  return table;
}

/** Whether the typings and the compiler are installed. */
export function installed() {
  return existsSync(new URL("package.json", TYPINGS)) && existsSync(new URL("../../typescript/package.json", TYPINGS));
}

/** The table of the typings that are installed. */
export function installedTable() {
  const { version } = JSON.parse(readFileSync(new URL("package.json", TYPINGS), "utf8"));
  const text = readFileSync(new URL("src/premierepro.d.ts", TYPINGS), "utf8");
  return tableOf(require("typescript"), text, version);
}

const listed = (entries, line) => entries.map(line).join(",\n");

/** The file's text for a table: one member a line. */
export function textOf(table) {
  const { exports, types, constants, ...head } = table;
  const entry = ([name, value]) => `      ${JSON.stringify(name)}: ${JSON.stringify(value)}`;
  const type = ([name, { creates, members }]) =>
    `    ${JSON.stringify(name)}: {"creates": ${JSON.stringify(creates)}, "members": {\n` +
    `${listed(Object.entries(members), entry)}\n    }}`;
  const parts = [
    ...Object.entries(head).map(([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)}`),
    `  "exports": {\n${listed(Object.entries(exports), entry)}\n  }`,
    `  "constants": {\n${listed(Object.entries(constants), entry)}\n  }`,
    `  "types": {\n${listed(Object.entries(types), type)}\n  }`,
  ];
  return `{\n${parts.join(",\n")}\n}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = textOf(installedTable());
  if (!process.argv.includes("--check")) writeFileSync(TARGET, text);
  else if (readFileSync(TARGET, "utf8") !== text) process.exitCode = 1;
}
