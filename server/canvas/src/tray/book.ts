import type { Doc, StateFacts, Take } from "../canvas/model";
import { type Around, type Entry, entryOf } from "./entries";

interface Page {
  readonly around: Around;
  readonly tray: readonly Take[];
  readonly inTimeline: ReadonlySet<string>;
  readonly guides: ReadonlySet<string>;
  readonly entries: readonly Entry[];
}

const NOTHING: readonly Entry[] = [];

/**
 * The entries of a canvas, kept from one change to the next: what did not change keeps its entry, and when nothing
 * did, the whole list is the same value. Ten thousand takes are then looked at node by node, not made anew.
 */
export class EntryBook {
  private pages = new Map<string, Page>();
  private wires: Doc["wires"] | null = null;
  private guides: ReadonlySet<string> = new Set();
  private shown: readonly (readonly Entry[])[] = [];
  private all: readonly Entry[] = NOTHING;

  /** Every take of these nodes (null: of all), with the facts of where it is used. */
  of(
    doc: Doc,
    states: Readonly<Record<string, StateFacts>>,
    inTimeline: ReadonlySet<string>,
    only: readonly string[] | null,
  ): readonly Entry[] {
    this.guided(doc);
    const pages = new Map<string, Page>();
    const shown: (readonly Entry[])[] = [];
    for (const id of only ?? Object.keys(doc.nodes)) {
      const tray = doc.traysOf[id];
      const node = doc.nodes[id];
      if (!node || !tray) continue;
      const { title, pin, locked } = node;
      const around: Around = { title, pin, locked, expected: states[id]?.expected_fp ?? null };
      const page = paged(this.pages.get(id), { around, tray, inTimeline, guides: this.guides });
      pages.set(id, page);
      shown.push(page.entries);
    }
    this.pages = pages;
    const same = shown.length === this.shown.length && shown.every((entries, index) => entries === this.shown[index]);
    if (!same) this.all = shown.flat();
    this.shown = shown;
    return this.all;
  }

  /** The takes that wires of their own carry; the same set until a wire says otherwise. */
  private guided(doc: Doc): void {
    if (doc.wires === this.wires) return;
    this.wires = doc.wires;
    const guides = new Set<string>();
    for (const wire of Object.values(doc.wires)) if (wire.take) guides.add(wire.take);
    const same = guides.size === this.guides.size && [...guides].every((take) => this.guides.has(take));
    if (!same) this.guides = guides;
  }
}

/** A node's entries: the page before while nothing changed, else with every entry of it that stayed the same. */
function paged(before: Page | undefined, now: Omit<Page, "entries">): Page {
  const { around, tray, inTimeline, guides } = now;
  const known = before && sameAround(before.around, around);
  if (known && before.tray === tray && before.inTimeline === inTimeline && before.guides === guides) return before;
  const old = new Map(before?.entries.map((entry) => [entry.id, entry]));
  const entries = tray.map((take) =>
    kept(old.get(take.id), entryOf(take, around, inTimeline.has(take.id), guides.has(take.id))),
  );
  const same = before?.entries.length === entries.length && entries.every((entry, at) => entry === before.entries[at]);
  return { ...now, entries: same ? before.entries : entries };
}

function kept(old: Entry | undefined, made: Entry): Entry {
  const same = old && (Object.keys(made) as (keyof Entry)[]).every((name) => old[name] === made[name]);
  return same ? old : made;
}

const sameAround = (a: Around, b: Around) =>
  a.title === b.title && a.pin === b.pin && a.locked === b.locked && a.expected === b.expected;
