"use strict";
// What can be kept in a project: properties of projects and sequences, metadata of items.

const PRIVATE = "premierePrivateProjectMetaData";

const escaped = (text) =>
  text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
const unescaped = (text) =>
  text
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&quot;/g, '"')
    .replace(/&apos;/g, "'")
    .replace(/&#(\d+);/g, (_all, code) => String.fromCodePoint(Number(code)))
    .replace(/&amp;/g, "&");

/** The packet Premiere gives for an item's project metadata. */
function packetOf(item) {
  const fields = { "Column.Intrinsic.Name": item.name, ...item.metadata };
  const lines = Object.entries(fields).map(
    ([name, value]) => `<${PRIVATE}:${name}>${escaped(value)}</${PRIVATE}:${name}>`,
  );
  return (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">' +
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" ' +
    `xmlns:${PRIVATE}="http://ns.adobe.com/premierePrivateProjectMetaData/1.0/">${lines.join("")}</rdf:Description>` +
    '</rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
  );
}

/** Fields a packet says, as elements or attributes of the namespace. @param {string} xml */
function fieldsOf(xml) {
  const found = {};
  const element = new RegExp(`<${PRIVATE}:([\\w.-]+)[^>/]*>([^<]*)</${PRIVATE}:\\1>`, "g");
  const attribute = new RegExp(`\\b${PRIVATE}:([\\w.-]+)="([^"]*)"`, "g");
  for (const pattern of [element, attribute]) {
    for (const [, name, value] of xml.matchAll(pattern)) found[name] = unescaped(value);
  }
  return found;
}

const wellFormed = (xml) => {
  const stack = [];
  for (const [, close, name, self] of xml.matchAll(
    /<(\/?)([A-Za-z_][\w:.-]*)(?:\s+[\w:.-]+="[^"<]*"|\s+[\w:.-]+='[^'<]*')*\s*(\/?)>/g,
  )) {
    if (self) continue;
    if (!close) stack.push(name);
    else if (stack.pop() !== name) return false;
  }
  return stack.length === 0 && /<x:xmpmeta[\s>]/.test(xml);
};

/** @param {any} host */
function factTypes(host) {
  const { world } = host;
  return {
    PropertiesStatic: {
      getProperties(_, owner) {
        const data = host.dataOf(owner);
        host.in(host.project(data), data);
        return host.wrap("Properties", { owner: data });
      },
    },
    Properties: properties(host),
    MetadataStatic: {
      getProjectMetadata: (_, item) => packetOf(host.item(host.dataOf(item))),
      getXMPMetadata: (_, item) => host.item(host.dataOf(item)).xmp,
      createSetXMPMetadataAction: (_, item, xml) => {
        const data = host.dataOf(item);
        return host.action((project) => {
          if (!wellFormed(xml)) return false;
          host.in(project, data).xmp = xml;
          return true;
        });
      },
      createSetProjectMetadataAction: (_, item, xml, updated) => {
        const data = host.dataOf(item);
        return host.action((project) => {
          const fields = fieldsOf(xml);
          if (!wellFormed(xml) || !updated.length || updated.some((name) => !project.schema.includes(name)))
            return false;
          const target = host.in(project, data);
          for (const name of updated) {
            if (name in fields) target.metadata[name] = fields[name];
            else delete target.metadata[name];
          }
          return true;
        });
      },
      addPropertyToProjectMetadataSchema(_, name) {
        if (!/^[A-Za-z_][\w.]*$/.test(name)) return false;
        for (const guid of Object.keys(world.state.projects)) {
          world.always(guid, (project) => void (project.schema.includes(name) || project.schema.push(name)));
        }
        return true;
      },
    },
  };
}

function properties(host) {
  const values = (self) => host.in(host.project(self.owner), self.owner).properties;
  const value = (self, name) => {
    if (!Object.hasOwn(values(self), name)) throw new Error("There is no such property.");
    return values(self)[name].value;
  };
  return {
    hasValue: (self, name) => Object.hasOwn(values(self), name),
    getValue: (self, name) => String(value(self, name)),
    getValueAsInt: (self, name) => Math.trunc(Number(value(self, name))),
    getValueAsFloat: (self, name) => Number(value(self, name)),
    getValueAsBool: (self, name) => Boolean(value(self, name)),
    createSetValueAction: (self, name, kept, flag) => {
      const { PERSISTENT, NON_PERSISTENT } = host.constants.PropertyType;
      if (![PERSISTENT, NON_PERSISTENT].includes(flag))
        throw host.fault("persistenceFlag is none of Constants.PropertyType.");
      return host.action((project) => {
        host.in(project, self.owner).properties[name] = { value: kept, persistent: flag === PERSISTENT };
      });
    },
    createClearValueAction: (self, name) =>
      host.action((project) => {
        const found = host.in(project, self.owner).properties;
        const had = Object.hasOwn(found, name);
        delete found[name];
        return had;
      }),
  };
}

module.exports = { factTypes, fieldsOf, packetOf };
