"use strict";
// The truth of the fake: projects with bins, sequences and clips in integer ticks, and what can be undone.

const { projectOf } = require("./film.js");

/** Ids in the order things come to be, so that the same acts give the same ids. */
function createIds() {
  const counts = new Map();
  return (kind) => {
    const n = (counts.get(kind) || 0) + 1;
    counts.set(kind, n);
    if (kind === "guid") return `00000000-0000-4000-8000-${n.toString(16).padStart(12, "0")}`;
    return kind === "track" ? String(n) : `${kind}-${n}`;
  };
}

/** Ticks as decimal strings, so that JSON can say them. */
const plain = (value) =>
  JSON.parse(JSON.stringify(value, (_key, one) => (typeof one === "bigint" ? String(one) : one)));

/** @param {any} film */
function createWorld(film) {
  const next = createIds();
  const state = { projects: {}, active: "" };
  const undone = [];
  const undos = [];
  const events = new Set();

  /** Open the project a film describes and make it the active one. */
  function open(described) {
    const project = projectOf(described, next);
    state.projects[project.guid] = project;
    state.active = project.guid;
    return project;
  }

  if (film) open(film);

  const project = (guid = state.active) => state.projects[guid];

  /** Tell those who listen; `target` is the guid of a project or sequence, or a track as "guid/video/0". */
  function tell(name, target, facts = {}) {
    for (const listener of [...events]) listener({ name, target, ...facts });
  }

  /** Change a project as one undo step; false, and nothing is changed, when `edit` answers false or throws CutError. */
  function change(guid, label, edit) {
    const before = structuredClone(state.projects[guid]);
    let ok;
    try {
      ok = edit(state.projects[guid]) !== false;
    } catch (error) {
      state.projects[guid] = before;
      if (error instanceof CutError) return false;
      throw error;
    }
    if (!ok) {
      state.projects[guid] = before;
      return false;
    }
    undos.push({ guid, label, before });
    undone.length = 0;
    settle(state.projects[guid], before);
    return true;
  }

  function dirty(guid) {
    state.projects[guid].dirty = true;
    tell("dirty", guid);
  }

  /** Tell of a project that is otherwise now; its active sequence must be one it has. */
  function settle(now, before) {
    now.opened = now.opened.filter((guid) => now.sequences[guid]);
    if (!now.sequences[now.active]) now.active = now.opened[now.opened.length - 1] || "";
    dirty(now.guid);
    if (api.onEdit) api.onEdit(before, now);
  }

  /** Take the newest step back; its label, or "" when there is none. */
  function undo() {
    const step = undos.pop();
    if (!step) return "";
    undone.push({ guid: step.guid, label: step.label, before: state.projects[step.guid] });
    const before = state.projects[step.guid];
    state.projects[step.guid] = step.before;
    settle(step.before, before);
    return step.label;
  }

  function redo() {
    const step = undone.pop();
    if (!step) return "";
    undos.push({ guid: step.guid, label: step.label, before: state.projects[step.guid] });
    const before = state.projects[step.guid];
    state.projects[step.guid] = step.before;
    settle(step.before, before);
    return step.label;
  }

  /** Change a project in a way that cannot be undone: older states of it change alike. */
  function always(guid, edit) {
    edit(state.projects[guid]);
    for (const step of [...undos, ...undone]) {
      if (step.guid === guid) edit(step.before);
    }
  }

  /** Open a sequence and make it the active one. */
  function activate(guid, sequence) {
    always(guid, (one) => {
      if (!one.sequences[sequence]) return;
      if (!one.opened.includes(sequence)) one.opened.push(sequence);
      one.active = sequence;
    });
    tell("sequence-activated", sequence, { project: guid });
    return true;
  }

  /** Close a sequence's tab; the one opened before becomes active. */
  function close(guid, sequence) {
    if (!state.projects[guid].opened.includes(sequence)) return false;
    const was = state.projects[guid].active;
    always(guid, (one) => {
      one.opened = one.opened.filter((open) => open !== sequence);
      if (one.active === sequence) one.active = one.opened[one.opened.length - 1] || "";
    });
    tell("sequence-closed", sequence, { project: guid });
    const now = state.projects[guid].active;
    if (now && now !== was) tell("sequence-activated", now, { project: guid });
    return true;
  }

  /** Delete a sequence and its item, for good. */
  function deleteSequence(guid, sequence) {
    const { item } = state.projects[guid].sequences[sequence];
    close(guid, sequence);
    always(guid, (one) => {
      delete one.sequences[sequence];
      one.order = one.order.filter((other) => other !== sequence);
      if (one.items[item]) removeItem(one, item);
    });
    dirty(guid);
    return true;
  }

  const api = {
    always,
    activate,
    close,
    deleteSequence,
    open,
    state,
    next,
    project,
    change,
    undo,
    redo,
    tell,
    dirty,
    listen(listener) {
      events.add(listener);
      return () => events.delete(listener);
    },
    /** Labels of what can be undone, oldest first. */
    undoLabels: () => undos.map((step) => step.label),
    /** What the agent did that Premiere would not take. */
    faults: [],
    /** How often each member was called. */
    calls: new Map(),
    /** Why the host died, or "". */
    crashed: "",
    sequence: (guid) => {
      const owner = project();
      return owner ? owner.sequences[guid || owner.active] : undefined;
    },
    /** Everything, as plain JSON; ticks are decimal strings. */
    truth: () => ({ ...plain(state), undo: undos.map((step) => step.label) }),
  };
  return api;
}

/** Take an item, and what is in it, out of its bin. */
function removeItem(project, id) {
  const item = project.items[id];
  for (const child of [...item.children]) removeItem(project, child);
  const parent = project.items[item.parent];
  parent.children = parent.children.filter((child) => child !== id);
  delete project.items[id];
}

/** An edit the host refuses; nothing is changed then. */
class CutError extends Error {}

module.exports = { CutError, createWorld, plain, removeItem };
