"use strict";

/**
 * The text of a project item's project metadata: XMP whose fields lie in one namespace of Premiere's own, each a
 * property by its name. Only our properties are touched; whatever else the text says stays as it is, byte for byte.
 */

const SPACE = "http://ns.adobe.com/premierePrivateProjectMetaData/1.0/";
const PREFIX = "premierePrivateProjectMetaData";
/** Premiere's own fields are called Column.Intrinsic.… and Column.PropertyText.… */
const COLUMNS = "Column.";
const EMPTY =
  '<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">' +
  '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="">' +
  '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>';

/**
 * The field of a tag: its name in letters, digits, dots and underscores. Anything else is spelled ``_x0020_``.
 * @param {string} name
 */
function fieldOf(name) {
  const coded = name.replace(/_(?=x[0-9A-F]{4}_)|[^A-Za-z0-9_.]/g, code);
  return /^[A-Za-z_]/.test(coded) && !coded.startsWith(COLUMNS) ? coded : code(coded[0]) + coded.slice(1);
}

/** @param {string} unit one UTF-16 unit */
function code(unit) {
  return `_x${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}_`;
}

/**
 * The tag of a field, the other way round.
 * @param {string} field
 */
function nameOf(field) {
  return field.replace(/_x([0-9A-F]{4})_/g, (_all, hex) => String.fromCharCode(parseInt(hex, 16)));
}

/**
 * Say whether a text can stand in XML at all: no control characters but tab and line ends, no half characters.
 * @param {string} value
 */
function isWritable(value) {
  const lone = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?:[^\uD800-\uDBFF]|^)[\uDC00-\uDFFF]/;
  return !/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/.test(value) && !lone.test(value);
}

/** @type {{[char: string]: string}} */
const ESCAPES = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
  "\t": "&#9;",
  "\n": "&#10;",
  "\r": "&#13;",
};

/** @param {string} value */
function escape(value) {
  return value.replace(/[&<>"'\t\n\r]/g, (char) => ESCAPES[char]);
}

/** @type {{[name: string]: string}} */
const NAMED = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** @param {string} text */
function unescape(text) {
  return text.replace(/&(?:#x([0-9a-f]+)|#([0-9]+)|(amp|lt|gt|quot|apos));/gi, (all, hex, digits, name) => {
    if (name) {
      return NAMED[name.toLowerCase()];
    }
    const point = parseInt(hex || digits, hex ? 16 : 10);
    return point <= 0x10ffff ? String.fromCodePoint(point) : all;
  });
}

/**
 * The text of an element's content: of a language alternative its first entry, of CDATA what it holds.
 * @param {string} inside
 */
function contentOf(inside) {
  const entry = /<rdf:li\b[^>]*>([\s\S]*?)<\/rdf:li>/.exec(inside);
  const parts = (entry ? entry[1] : inside).split(/(<!\[CDATA\[[\s\S]*?\]\]>)/);
  return parts
    .map((part) => (part.startsWith("<![CDATA[") ? part.slice(9, -3) : unescape(part.replace(/<[^>]*>/g, ""))))
    .join("");
}

/**
 * The prefixes a text binds to Premiere's namespace.
 * @param {string} xml
 */
function prefixesOf(xml) {
  const found = [...xml.matchAll(/\bxmlns:([A-Za-z_][\w.-]*)\s*=\s*("([^"]*)"|'([^']*)')/g)];
  return [...new Set(found.filter((one) => (one[3] || one[4]) === SPACE).map((one) => one[1]))];
}

/** @param {string} name */
function quoted(name) {
  return name.replace(/[.*+?^${}()|[\]\\-]/g, "\\$&");
}

/**
 * Every field of a metadata text, Premiere's own columns left out, by name. An empty one counts as none.
 * @param {string} xml
 * @returns {Map<string, string>}
 */
function readFields(xml) {
  const found = new Map();
  for (const prefix of prefixesOf(xml)) {
    const name = `${quoted(prefix)}:([A-Za-z_][\\w.-]*)`;
    const elements = new RegExp(`<${name}(?:\\s[^>]*?)?(?:/>|>([\\s\\S]*?)</${quoted(prefix)}:\\1\\s*>)`, "g");
    for (const [, field, inside] of xml.matchAll(elements)) {
      keep(found, field, contentOf(inside || ""));
    }
    const attributes = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`, "g");
    for (const [, field, double, single] of xml.matchAll(attributes)) {
      keep(found, field, unescape(double === undefined ? single : double));
    }
  }
  return found;
}

/**
 * @param {Map<string, string>} found
 * @param {string} field
 * @param {string} value
 */
function keep(found, field, value) {
  if (value !== "" && !field.startsWith(COLUMNS)) {
    found.set(field, value);
  }
}

/**
 * A metadata text with these fields set, each as one element; "" leaves an empty one, which counts as none.
 * @param {string} xml as Premiere gave it; "" or anything without a description makes a new text
 * @param {Map<string, string>} fields
 */
function withFields(xml, fields) {
  const opened = /<rdf:Description\b[^>]*?(\/?)>/.exec(xml);
  if (!opened) {
    return withFields(EMPTY, fields);
  }
  if (opened[1]) {
    const open = `${opened[0].slice(0, -2)}></rdf:Description>`;
    return withFields(xml.slice(0, opened.index) + open + xml.slice(opened.index + opened[0].length), fields);
  }
  const bound = prefixesOf(xml);
  const without = [...fields.keys()].reduce((text, field) => dropField(text, field, bound), xml);
  const binding = `<rdf:Description xmlns:${PREFIX}="${SPACE}"`;
  const ready = bound.length ? without : without.replace("<rdf:Description", binding);
  const end = ready.lastIndexOf("</rdf:Description>");
  return ready.slice(0, end) + elements(fields, bound[0] || PREFIX) + ready.slice(end);
}

/**
 * @param {Map<string, string>} fields
 * @param {string} prefix
 */
function elements(fields, prefix) {
  return [...fields].map(([field, value]) => `<${prefix}:${field}>${escape(value)}</${prefix}:${field}>`).join("");
}

/**
 * A metadata text without a field, be it an element or an attribute.
 * @param {string} xml
 * @param {string} field
 * @param {string[]} prefixes
 */
function dropField(xml, field, prefixes) {
  return prefixes.reduce((text, prefix) => {
    const name = quoted(`${prefix}:${field}`);
    const element = new RegExp(`<${name}(?:\\s[^>]*?)?(?:/>|>[\\s\\S]*?</${name}\\s*>)`, "g");
    const attribute = new RegExp(`\\s${name}\\s*=\\s*(?:"[^"]*"|'[^']*')`, "g");
    return text.replace(element, "").replace(attribute, "");
  }, xml);
}

module.exports = { SPACE, fieldOf, isWritable, nameOf, readFields, withFields };
