"use strict";
// What a person does in Premiere, with no regard for anyone who works beside. Clips are named by track ("V1", "A2") and
// number or name; times are frames of the sequence, from its first.

const cutting = require("./cutting.js");
const { effectOf } = require("./film.js");

/** @param {any} host */
function createPerson(host) {
  const { world } = host;
  const active = (project = world.project()) => project.sequences[project.active];
  const ticks = (frames) => (BigInt(Math.round(frames * 1000)) * active().frame) / 1000n;

  function track(project, name) {
    const type = name[0] === "A" ? "audio" : "video";
    const found = active(project)[type][Number(name.slice(1)) - 1];
    if (!found) throw new Error(`The sequence has no track ${name}.`);
    return found;
  }

  /** A clip of a track, by its number from 0 or its name. */
  function clip(project, name, which = 0) {
    const { items } = track(project, name);
    const found = typeof which === "number" ? items[which] : items.find((piece) => piece.name === which);
    if (!found) throw new Error(`Track ${name} has no clip ${which}.`);
    return found;
  }

  /** One undo step of the person's. */
  function does(label, edit) {
    if (!world.change(world.state.active, label, edit)) throw new Error(`Premiere refused: ${label}.`);
  }

  /** Change pieces in a sequence by their ids. */
  const cut = (label, name, which, edit) =>
    does(label, (project) => edit(project, active(project), clip(project, name, which)));

  function item(project, name) {
    const found = Object.values(project.items).find((one) => one.name === name || one.path === name || one.id === name);
    if (!found) throw new Error(`The project has no item ${name}.`);
    return found;
  }

  const always = (edit) => {
    world.always(world.state.active, edit);
    world.dirty(world.state.active);
  };

  /** Change an item for good, in all states of the project that have it. */
  const alwaysItem = (name, edit) => {
    const { id } = item(world.project(), name);
    always((project) => void (project.items[id] && edit(project.items[id], project)));
  };

  return {
    select(...clips) {
      const project = world.project();
      const ids = clips.map(([name, which]) => clip(project, name, which).id);
      world.always(project.guid, (one) => active(one) && (active(one).selection = [...ids]));
      world.tell("selection", project.active, { project: project.guid });
    },
    selectItems(...names) {
      world.itemSelection = names.map((name) => item(world.project(), name).id);
      world.tell("items-selected", world.state.active);
    },
    trim(name, which, head, tail) {
      cut("Trim", name, which, (project, sequence, piece) => {
        if (head) cutting.setStart(project, sequence, piece.id, piece.start + ticks(head));
        if (tail) cutting.setEnd(project, sequence, piece.id, piece.end - ticks(tail));
      });
    },
    slip(name, which, frames) {
      cut("Slip", name, which, (_project, _sequence, piece) => {
        piece.in += ticks(frames);
        piece.out += ticks(frames);
      });
    },
    move(name, which, frames) {
      cut("Move", name, which, (_project, sequence, piece) => cutting.move(world, sequence, piece.id, ticks(frames)));
    },
    razor(name, which, frames) {
      cut("Razor", name, which, (_project, sequence, piece) =>
        cutting.razor(world, sequence, piece.id, piece.start + ticks(frames)),
      );
    },
    rename(name, which, to) {
      cut("Rename", name, which, (_project, _sequence, piece) => void (piece.name = to));
    },
    disable(name, which, disabled = true) {
      cut("Enable", name, which, (_project, _sequence, piece) => void (piece.disabled = disabled));
    },
    delete(name, which, ripple = false) {
      cut("Delete", name, which, (_project, sequence, piece) =>
        cutting.remove(sequence, [piece.id], { types: ["video", "audio"], linked: false, ripple }),
      );
    },
    setSpeed(name, which, speed) {
      cut("Speed", name, which, (_project, _sequence, piece) => {
        piece.speed = speed;
        piece.out = piece.in + ((piece.end - piece.start) * BigInt(Math.round(speed * 1000))) / 1000n;
      });
    },
    dropEffect(name, which, effect) {
      cut("Add Effect", name, which, (_project, _sequence, piece) => void piece.effects.push(effectOf(effect)));
    },
    setParameter(name, which, component, parameter, value) {
      cut("Change Parameter", name, which, (_project, _sequence, piece) => {
        const found = piece.effects.find((effect) => effect.name === component);
        found.params.find((one) => one.name === parameter).value = value;
      });
    },
    animate(name, which, component, parameter, ...at) {
      cut("Add Keyframes", name, which, (_project, _sequence, piece) => {
        const found = piece.effects.find((effect) => effect.name === component);
        found.params.find((one) => one.name === parameter).keyframes = at.map((frame) => ({ at: ticks(frame) }));
      });
    },
    transition(name, which) {
      cut("Apply Transition", name, which, (project, sequence, piece) => {
        const half = sequence.frame * 6n;
        track(project, name).transitions.push({
          id: world.next("transition"),
          matchName: "AE.ADBE Cross Dissolve New",
          start: piece.start - half,
          end: piece.start + half,
        });
      });
    },
    unlink(name, which) {
      cut("Unlink", name, which, (_project, sequence, piece) => {
        const { link } = piece;
        for (const one of [...sequence.video, ...sequence.audio].flatMap((each) => each.items))
          if (link && one.link === link) one.link = "";
      });
    },
    undo: () => world.undo(),
    redo: () => world.redo(),
    openSequence: (name) => world.activate(world.state.active, item(world.project(), name).sequence),
    closeSequence: (name) =>
      world.close(world.state.active, name ? item(world.project(), name).sequence : world.project().active),
    deleteSequence: (name) => world.deleteSequence(world.state.active, item(world.project(), name).sequence),
    duplicateSequence(name) {
      const source = item(world.project(), name).sequence;
      host.copySequence(world.state.active, source);
    },
    /** Open another project, described as a film; it becomes the active one. */
    openProject(film) {
      const { guid } = world.open(film);
      world.tell("project-opened", guid);
      world.tell("project-activated", guid);
    },
    closeProject() {
      const guid = world.state.active;
      delete world.state.projects[guid];
      world.state.active = Object.keys(world.state.projects).pop() || "";
      world.tell("project-closed", guid);
    },
    renameItem: (name, to) => does("Rename Item", (project) => void (item(project, name).name = to)),
    takeOffline: (name) => alwaysItem(name, (found) => void (found.online = false)),
    relink: (name, path) => alwaysItem(name, (found) => void (found.path = path)),
    deleteItem: (name) => alwaysItem(name, (found, project) => host.removeItem(project, found.id)),
    moveItem(name, bin) {
      does("Move Item", (project) => {
        const [found, target] = [item(project, name), item(project, bin)];
        const old = project.items[found.parent];
        old.children = old.children.filter((id) => id !== found.id);
        found.parent = target.id;
        target.children.push(found.id);
      });
    },
    lockTrack(name, locked = true) {
      always((project) => void (track(project, name).locked = locked));
      world.tell(
        name[0] === "A" ? "audio-locked" : "video-locked",
        `${world.project().active}/${track(world.project(), name).id}`,
      );
    },
    muteTrack(name, muted = true) {
      always((project) => void (track(project, name).muted = muted));
      const type = name[0] === "A" ? "audio" : "video";
      world.tell(`${type}-info`, `${world.project().active}/${track(world.project(), name).id}`);
    },
    playhead: (frames) =>
      world.always(world.state.active, (project) => active(project) && (active(project).playhead = ticks(frames))),
    mark(from, to) {
      does("Mark In and Out", (project) =>
        Object.assign(active(project), { in: from === null ? null : ticks(from), out: to === null ? null : ticks(to) }),
      );
    },
    addMarker(frame, name, comments = "") {
      does("Add Marker", (project) => {
        active(project).markers.push({
          guid: world.next("guid"),
          name,
          comments,
          type: "Comment",
          color: 0,
          start: ticks(frame),
          duration: 0n,
          url: "",
          target: "",
        });
      });
    },
    editMarker(name, changes) {
      does(
        "Edit Marker",
        (project) =>
          void Object.assign(
            active(project).markers.find((one) => one.name === name),
            changes,
          ),
      );
    },
    deleteMarker(name) {
      does(
        "Delete Marker",
        (project) => void (active(project).markers = active(project).markers.filter((one) => one.name !== name)),
      );
    },
    save: () =>
      world.always(world.state.active, (project) => Object.assign(project, { dirty: false, saves: project.saves + 1 })),
    /** A dialog is open: the host answers nothing until it is closed. */
    openDialog: () => world.wire.stop(),
    closeDialog: () => world.wire.go(),
    /** Let calls fail from now on, or again not: importFails, relinkFails, exportFails, renderFails, encoder. */
    quirk: (name, value = true) => void (host.quirks[name] = value),
    /** Do something right before the next call of a member, such as "Project.lockedAccess". */
    when(member, act, times = 1) {
      const known = member.split(".");
      if (known.length !== 2) throw new Error("A member is named like Project.lockedAccess.");
      world.hooks.add(member, act, times);
    },
  };
}

module.exports = { createPerson };
