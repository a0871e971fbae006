import { useSession, useView } from "../../app/session";
import { mediaKind, type Node, type NodeKind, type Take } from "../../canvas/model";
import { Poster } from "../../ui/Media";
import type { Change } from "../../wire/api.gen";
import { useAsked } from "../asking";
import { shown } from "../fields/specs";
import { askNamed, askText } from "../questions";
import { changeName, nameOf, quoted } from "../reasons";
import { Words } from "./Words";
import css from "./why.module.css";

interface Props {
  change: Change;
  node: Node;
  kind: NodeKind | undefined;
}

/** One difference: words as words, pictures side by side, values as values. */
export function ChangeShown({ change, node, kind }: Props) {
  const name = changeName(change.path, kind);
  const input = /^inputs\.[^[]+\[\d+\]$/.test(change.path);
  return (
    <section className={css.change} aria-label={name}>
      <h3>{name.charAt(0).toUpperCase() + name.slice(1)}</h3>
      {input ? <Inputs change={change} node={node} /> : <Value change={change} />}
    </section>
  );
}

const LONG = 60;

function Value({ change: { path, before, after } }: { change: Change }) {
  const name = path.replace(/^params\./, "");
  if (path === "model") return <Models before={before} after={after} />;
  if (path.endsWith(".best")) return <Sides left={framesOf(before)} right={framesOf(after)} />;
  const texts = typeof before === "string" && typeof after === "string";
  if (texts && (before.length > LONG || after.length > LONG || /\s/.test(before + after))) {
    return (
      <div className={css.words}>
        <Words before={before} after={after} />
      </div>
    );
  }
  return <Sides left={shown(name, before)} right={shown(name, after)} />;
}

/** `48-120`, end exclusive, for people: frames 48 to 119. */
function framesOf(best: Change["before"]): string {
  const match = /^(\d+)-(\d+)$/.exec(String(best ?? ""));
  return match ? `frames ${match[1]} to ${Number(match[2]) - 1}` : "all frames";
}

function Models({ before, after }: Pick<Change, "before" | "after">) {
  const { data } = useAsked(`${before} ${after}`, async () => {
    const found = await Promise.all([before, after].map((id) => (id ? askNamed(String(id)) : null)));
    return found.map((one, index) => {
      const id = index === 0 ? before : after;
      const title = one?.cards.find((card) => card.profile["id"] === id)?.profile["title"];
      return String(title ?? id ?? "none");
    });
  });
  return <Sides left={data?.[0] ?? String(before ?? "none")} right={data?.[1] ?? String(after ?? "none")} />;
}

function Sides({ left, right }: { left: string; right: string }) {
  return (
    <div className={css.sides}>
      <del className={css.value}>{left}</del>
      <span className={css.arrow} aria-hidden>
        →
      </span>
      <span className={css.value}>{right}</span>
    </div>
  );
}

/** An input: what it gave then and what it gives now; words are compared as words. */
function Inputs({ change, node }: { change: Change; node: Node }) {
  const before = useView((view) => view.seen?.doc.takes[String(change.before)]);
  const after = useView((view) => view.seen?.doc.takes[String(change.after)]);
  const part = usePart(change.path, node);
  const isText = (take: Take | undefined) => take !== undefined && textPort(take, part) !== undefined;
  return (
    <>
      <div className={css.sides}>
        <Side take={before} id={change.before} text={isText(before)} />
        <span className={css.arrow} aria-hidden>
          →
        </span>
        <Side take={after} id={change.after} text={isText(after)} />
      </div>
      {(isText(before) || isText(after)) && <Texts before={before} after={after} part={part} />}
    </>
  );
}

/** The output that is wired into this place now. */
function usePart(path: string, node: Node): string {
  const match = /^inputs\.([^[]+)\[(\d+)\]/.exec(path);
  return (
    useView((view) => {
      const into = Object.values(view.seen?.doc.wires ?? {})
        .filter((wire) => wire.dst_node === node.id && wire.dst_port === match?.[1])
        .sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1));
      return into[Number(match?.[2] ?? 0)]?.src_port;
    }) ?? ""
  );
}

function textPort(take: Take, part: string): string | undefined {
  const wanted = take.outputs[part];
  if (wanted) return mediaKind(wanted) === "text" ? part : undefined;
  return Object.keys(take.outputs).length === 1
    ? Object.keys(take.outputs).find((port) => mediaKind(take.outputs[port] ?? { content: "", facts: {} }) === "text")
    : undefined;
}

function Side({ take, id, text }: { take: Take | undefined; id: Change["before"]; text: boolean }) {
  const session = useSession();
  const source = useView((view) => (take ? view.seen?.doc.nodes[take.node_id] : undefined));
  if (id === null) return <div className={css.none}>Nothing was wired here</div>;
  const name = source ? nameOf(source, session.kinds[source.kind]) : "a removed node";
  const words = take ? `Take ${take.seq} of ${quoted(name)}` : "A take that is not on this canvas";
  return (
    <div className={css.side}>
      {!text && <Poster take={take} label={words} className={css.picture} />}
      <span>{words}</span>
    </div>
  );
}

function Texts({ before, after, part }: { before: Take | undefined; after: Take | undefined; part: string }) {
  const session = useSession();
  const { data, problem } = useAsked(`${before?.id} ${after?.id} ${part}`, () =>
    Promise.all([before, after].map((take) => textOf(session.id, take, part))),
  );
  if (problem) return <p>{`${problem.message} ${problem.hint}`}</p>;
  if (!data) return <p role="status">Reading.</p>;
  return (
    <div className={css.words}>
      <Words before={data[0] ?? ""} after={data[1] ?? ""} />
    </div>
  );
}

async function textOf(canvas: string, take: Take | undefined, part: string): Promise<string> {
  const port = take && textPort(take, part);
  return take && port ? (await askText(canvas, take.id, port)).text : "";
}
