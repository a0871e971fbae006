import type { Doc, Node, StateFacts, Take } from "../canvas/model";
import { type Around, type Entry, TakeEntry } from "./entries";

interface Page {
  readonly around: Around;
  readonly tray: readonly Take[];
  readonly inTimeline: ReadonlySet<string>;
  readonly guides: ReadonlySet<string>;
  readonly entries: readonly TakeEntry[];
}

/** Takes node by node, and how they differ from the list before: whoever knows that one need look at no others. */
export interface Listed {
  readonly pages: readonly (readonly Entry[])[];
  /** The pages that `gone` and `come` were counted from; null: everything is new. */
  readonly since: Listed["pages"] | null;
  readonly gone: readonly Entry[];
  readonly come: readonly Entry[];
}

export const NOTHING: Listed = { pages: [], since: null, gone: [], come: [] };

/**
 * The entries of a canvas, kept from one change to the next: what did not change keeps its entry, and when nothing
 * did, the list is the same value. A change costs a glance at each node and a look at the takes of those it touched.
 */
export class EntryBook {
  private pages = new Map<string, Page>();
  private wires: Doc["wires"] | null = null;
  private guides: ReadonlySet<string> = new Set();
  private listed = NOTHING;

  /** Every take of these nodes (null: of all), with the facts of where it is used. */
  of(
    doc: Doc,
    states: Readonly<Record<string, StateFacts>>,
    inTimeline: ReadonlySet<string>,
    only: readonly string[] | null,
  ): Listed {
    this.guided(doc);
    const { guides } = this;
    const pages = new Map<string, Page>();
    const gone: Entry[] = [];
    const come: Entry[] = [];
    for (const id of only ?? Object.keys(doc.nodes)) {
      const tray = doc.traysOf[id];
      const node = doc.nodes[id];
      if (!node || !tray) continue;
      const before = this.pages.get(id);
      const page = paged(before, node, states[id]?.expected_fp ?? null, { tray, inTimeline, guides });
      pages.set(id, page);
      if (page.entries !== before?.entries) differ(before?.entries ?? [], page.entries, gone, come);
    }
    for (const [id, page] of this.pages) if (!pages.has(id)) gone.push(...page.entries);
    this.pages = pages;
    if (gone.length > 0 || come.length > 0) {
      this.listed = { pages: [...pages.values()].map((page) => page.entries), since: this.listed.pages, gone, come };
    }
    return this.listed;
  }

  /** The entry of a take among the nodes that were asked for. */
  get(doc: Doc, take: string): Entry | undefined {
    const node = doc.takes[take]?.node_id;
    return node === undefined ? undefined : this.pages.get(node)?.entries.find((entry) => entry.id === take);
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
function paged(
  before: Page | undefined,
  node: Node,
  expected: string | null,
  now: Pick<Page, "tray" | "inTimeline" | "guides">,
): Page {
  const { tray, inTimeline, guides } = now;
  const around = before && sameAround(before.around, node, expected) ? before.around : aroundOf(node, expected);
  const same = before?.around === around && before.tray === tray;
  if (same && before.inTimeline === inTimeline && before.guides === guides) return before;
  const old = new Map(before?.entries.map((entry) => [entry.id, entry]));
  const entries = tray.map((take) => {
    const known = old.get(take.id);
    const [lies, guiding] = [inTimeline.has(take.id), guides.has(take.id)];
    const kept = known?.take === take && known.around === around && known.inTimeline === lies;
    return kept && known.guiding === guiding ? known : new TakeEntry(take, around, lies, guiding);
  });
  const unchanged = before?.entries.length === entries.length && entries.every((one, at) => one === before.entries[at]);
  return { ...now, around, entries: unchanged ? before.entries : entries };
}

/** What left and what came, between two pages of a node. */
function differ(before: readonly Entry[], now: readonly Entry[], gone: Entry[], come: Entry[]): void {
  const stays = new Set(now);
  for (const entry of before) if (!stays.delete(entry)) gone.push(entry);
  come.push(...stays);
}

const aroundOf = ({ title, pin, locked }: Node, expected: string | null): Around => ({ title, pin, locked, expected });

const sameAround = (a: Around, node: Node, expected: string | null) =>
  a.title === node.title && a.pin === node.pin && a.locked === node.locked && a.expected === expected;
