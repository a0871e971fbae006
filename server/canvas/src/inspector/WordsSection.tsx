import { useRef, useState } from "react";
import { useMe, useSession, useView } from "../app/session";
import type { Node, NodeKind, Take } from "../canvas/model";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { TextField } from "../ui/Field";
import { done } from "../ui/toasts";
import { api, got } from "../wire/http";
import { asProblem, type Problem } from "../wire/problem";
import { useAsked } from "./asking";
import { type Draft, setDraft, useDrafts } from "./fields/drafts";
import { useEditing } from "./fields/editing";
import css from "./inspector.module.css";
import { askText } from "./questions";
import { nameOf } from "./reasons";
import { Section } from "./Section";
import { Words } from "./why/Words";

const WORDS = ["script", "text", "style"];

/** The output people may write into themselves (services/texts.py), if the kind has one. */
export function portOfWords(kind: NodeKind): string | undefined {
  const otherParts = kind.outputs.some((port) => port.parts && !port.types.includes("text"));
  return otherParts ? undefined : kind.outputs.find((port) => WORDS.includes(port.name))?.name;
}

interface Props {
  node: Node;
  port: string;
  fixed: string;
}

/** The words of a brief, a script, a style. Saving makes a take and pins it; what is typed stays until then. */
export function WordsSection({ node, port, fixed }: Props) {
  const [large, setLarge] = useState(false);
  const session = useSession();
  const take = useView((view) => (node.pin ? view.seen?.doc.takes[node.pin] : undefined));
  const there = take && port in take.outputs;
  const count = there ? take.outputs[port]?.facts["words"] : 0;
  return (
    <Section title={port === "style" ? "Style in words" : "Words"} aside={count ? `${count} words` : "none yet"}>
      <Writing node={node} port={port} take={there ? take : undefined} fixed={fixed} />
      <Button look="quiet" onPress={() => setLarge(true)}>
        Open large
      </Button>
      {large && (
        <Dialog title={nameOf(node, session.kinds[node.kind])} wide onClose={() => setLarge(false)}>
          <div className={css.large}>
            <Writing node={node} port={port} take={there ? take : undefined} fixed={fixed} />
          </div>
        </Dialog>
      )}
    </Section>
  );
}

function Writing({ node, port, take, fixed }: Props & { take: Take | undefined }) {
  const session = useSession();
  const { data, problem } = useAsked(take ? `${session.id} ${take.id} ${port}` : null, () =>
    askText(session.id, take?.id ?? "", port),
  );
  // While another take's words are on their way the field stays: somebody may be typing in it.
  const shown = useRef<{ take: Take | undefined; saved: string } | null>(null);
  if (!take) shown.current = { take, saved: "" };
  else if (data) shown.current = { take, saved: data.text };
  if (problem) return <p className={css.warn}>{`${problem.message} ${problem.hint}`}</p>;
  if (!shown.current) return <p className={css.hint}>Reading take {take?.seq}.</p>;
  return <Editor node={node} port={port} {...shown.current} fixed={fixed} />;
}

interface EditorProps extends Props {
  take: Take | undefined;
  saved: string;
}

/** A draft of words remembers the take it began from: `seen` in the request. */
const baseOf = (draft: Draft | undefined, take: Take | undefined): string => draft?.base ?? take?.id ?? "";

function Editor({ node, port, take, saved, fixed }: EditorProps) {
  const session = useSession();
  const me = useMe();
  const field = `${session.id}/${node.id}/words ${port}`;
  const draft = useDrafts((all) => all.drafts[field]);
  const editing = useEditing(node.id, "words");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [saving, setSaving] = useState(false);
  const text = draft?.text ?? saved;
  const dirty = draft !== undefined && draft.text !== saved;
  const other = dirty && baseOf(draft, take) !== (take?.id ?? "") ? take : undefined;
  const type = (words: string) => {
    setProblem(null);
    setDraft(field, words === saved ? undefined : { text: words, base: baseOf(draft, take) });
  };
  const save = async () => {
    setSaving(true);
    setProblem(null);
    try {
      const params = { path: { canvas_id: session.id, node_id: node.id } };
      const body = { text, seen: take?.id ?? null, author: me.name };
      const made = await got(api.POST("/api/canvases/{canvas_id}/nodes/{node_id}/text", { params, body }));
      setDraft(field, undefined);
      done(`Saved as take ${(made as unknown as Take).seq}.`);
    } catch (thrown) {
      setProblem(asProblem(thrown));
    } finally {
      setSaving(false);
    }
  };
  const held = editing.by !== "" && !editing.anyway && !dirty;
  return (
    <div className={css.writing}>
      <TextField
        label="Words"
        quiet
        rows={4}
        value={text}
        placeholder={port === "script" ? SCRIPT : "Write what it is about."}
        isReadOnly={Boolean(fixed) || held || saving}
        hint={fixed || undefined}
        wrong={problem ? `${problem.message} ${problem.hint}` : undefined}
        onChange={type}
        onFocus={() => !fixed && !held && editing.begin()}
        onBlur={editing.stop}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
            if (dirty && !other) void save();
          } else event.continuePropagation();
        }}
      />
      {held && (
        <p className={css.hint} role="status">
          {editing.by} is editing these words.{" "}
          <Button look="quiet" onPress={editing.insist}>
            Edit anyway
          </Button>
        </p>
      )}
      {other && (
        <div className={css.notice} role="alert">
          <p>
            {other.author || "Somebody"} saved take {other.seq} while you wrote. Nothing is lost: theirs stays in the
            version tray, yours is here.
          </p>
          <div className={css.buttons}>
            <Button onPress={() => setDraft(field, undefined)}>Use theirs</Button>
            <Button onPress={() => void save()} isDisabled={saving}>
              Save mine as a new take
            </Button>
          </div>
          <p>What yours changes in theirs:</p>
          <div className={css.reading}>
            <Words before={saved} after={text} />
          </div>
        </div>
      )}
      {dirty && !other && (
        <div className={css.line} role="status">
          <span className={css.warn}>Not saved yet.</span>
          <span className={css.buttons}>
            <Button look="quiet" onPress={() => setDraft(field, undefined)}>
              Discard
            </Button>
            <Button onPress={() => void save()} isDisabled={saving || text.trim() === ""}>
              Save as a new take
            </Button>
          </span>
        </div>
      )}
    </div>
  );
}

/** How a script is written, shown where none is yet. */
const SCRIPT = "## INT. KITCHEN – DAY\n### Wide, slow push in\nAnna waits.\n> ANNA: Hello there.";
