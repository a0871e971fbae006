"use strict";
// The strict surface: what is handed out has exactly the members of the typings, and takes what they say.

const QUIET = new Set(["then", "toJSON", "constructor", "inspect", "nodeType", "$$typeof", "asymmetricMatch"]);

/** The agent did what Premiere would not take, or what only this fake allows. */
class HostFault extends Error {}

/** What an argument may be, by its declared type; other names are types of the host. */
const PLAIN = {
  string: (value) => typeof value === "string",
  number: (value) => typeof value === "number" && !Number.isNaN(value),
  boolean: (value) => typeof value === "boolean",
  object: (value) => typeof value === "object" && value !== null,
};

/**
 * @param {ReturnType<typeof import("./members.js").membersOf>} members
 * @param {{faults: string[], calls: Map<string, number>, before: (name: string) => void,
 *   ask: (name: string, compute: () => any) => Promise<any>, locked: () => boolean}} host
 */
function createStrict(members, host) {
  const kept = new WeakMap();
  const doing = {};

  function fault(message) {
    host.faults.push(message);
    return new HostFault(message);
  }

  /** What a thing of the host stands for; `undefined` for anything else. */
  const inside = (value) => (typeof value === "object" || typeof value === "function" ? kept.get(value) : undefined);

  function fits(value, type) {
    const [name] = type.split("<");
    if (type.endsWith("[]")) return Array.isArray(value) && value.every((one) => fits(one, type.slice(0, -2)));
    if (type.includes(" | ")) return type.split(" | ").some((one) => fits(value, one.trim()));
    if (PLAIN[name]) return PLAIN[name](value);
    if (type.includes("=>")) return typeof value === "function";
    if (name.startsWith("Constants.")) return ["number", "string"].includes(typeof value);
    const thing = value === null || value === undefined ? undefined : inside(value);
    return Boolean(thing && thing.type === name);
  }

  function check(name, entry, args) {
    const needed = entry.parameters.filter((one) => !one.optional).length;
    if (args.length < needed || args.length > entry.parameters.length) {
      throw fault(`${name} takes ${needed} to ${entry.parameters.length} arguments, not ${args.length}.`);
    }
    entry.parameters.slice(0, args.length).forEach((parameter, at) => {
      if (args[at] === undefined && parameter.optional) return;
      if (!fits(args[at], parameter.type)) throw fault(`${name}: ${parameter.name} is not a ${parameter.type}.`);
    });
  }

  function doer(type, name) {
    const found = doing[type] && doing[type][name];
    if (found === undefined) throw fault(`The fake does not do ${type}.${name}.`);
    return found;
  }

  function count(name) {
    host.calls.set(name, (host.calls.get(name) || 0) + 1);
  }

  function method(thing, name, entry) {
    const label = `${thing.type.replace(/Static$/, "")}.${name}`;
    return (...args) => {
      count(label);
      if (!entry.promised) {
        check(label, entry, args);
        host.before(label);
        return doer(thing.type, name)(thing.data, ...args);
      }
      try {
        if (host.locked()) throw fault(`${label} was called inside lockedAccess: nothing can be awaited there.`);
        check(label, entry, args);
        const run = doer(thing.type, name);
        return host.ask(label, () => {
          host.before(label);
          return run(thing.data, ...args);
        });
      } catch (error) {
        return Promise.reject(error);
      }
    };
  }

  function read(thing, methods, name) {
    const entry = members.find(thing.type, name);
    if (entry === undefined) {
      if (QUIET.has(name)) return undefined;
      throw fault(`${thing.type.replace(/Static$/, "")} has no ${name} in the typings.`);
    }
    if (entry === "later") return undefined;
    if (entry.kind === "property") return doer(thing.type, name)(thing.data);
    if (!methods.has(name)) methods.set(name, method(thing, name, entry));
    return methods.get(name);
  }

  function write(thing, name, value) {
    const entry = members.find(thing.type, name);
    if (!entry || entry === "later" || entry.kind !== "property" || entry.readonly) {
      throw fault(`${thing.type.replace(/Static$/, "")}.${name} cannot be set.`);
    }
    if (!fits(value, entry.type)) throw fault(`${thing.type}.${name} is not a ${entry.type}.`);
    doer(thing.type, `set ${name}`)(thing.data, value);
    return true;
  }

  /** What the agent holds in its hands for something of the host. */
  function wrap(type, data) {
    const thing = { type, data };
    const methods = new Map();
    const creates = members.creates(type);
    const target = creates ? function () {} : {};
    const make = (_target, args) => {
      check(`new ${type}`, { parameters: creates }, args);
      return wrap(type, doer(type, "new")(...args));
    };
    const proxy = new Proxy(target, {
      get: (_target, name) => (typeof name === "symbol" ? undefined : read(thing, methods, name)),
      set: (_target, name, value) => write(thing, String(name), value),
      has: (_target, name) => typeof name === "string" && members.names(type).includes(name),
      ...(creates ? { apply: (target, _self, args) => make(target, args), construct: make } : {}),
    });
    kept.set(proxy, thing);
    return proxy;
  }

  return {
    wrap,
    fault,
    inside,
    /** What a thing handed out stands for. */
    dataOf: (value) => inside(value).data,
    /** Say how members are done: {Type: {member(data, ...args), "set member"(data, value), new(...args)}}. */
    add(types) {
      for (const [type, entries] of Object.entries(types)) {
        if (!members.isType(type)) throw new Error(`The typings have no type ${type}.`);
        doing[type] = Object.assign(doing[type] || {}, entries);
      }
    },
    doing,
  };
}

module.exports = { HostFault, createStrict };
