import { Plus, Search } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import { DropZone, Input, SearchField } from "react-aria-components";
import { useVerbs } from "../app/keys";
import { useMay, useSession } from "../app/session";
import { open, useOverlay } from "../app/slots";
import { Bar } from "../ui/Bar";
import { Button } from "../ui/Button";
import { Select, Switch } from "../ui/Field";
import field from "../ui/Field.module.css";
import { Notice, ProblemNotice } from "../ui/Notice";
import page from "../ui/Page.module.css";
import { ReferenceCard } from "./ReferenceCard";
import css from "./References.module.css";
import { matching, REFERENCE_TYPE } from "./referenceList";
import { roleChoices } from "./roles";
import { Targets } from "./Targets";
import { pastedFiles } from "./UploadDialog";
import { UseDialog } from "./UseDialog";
import { wholeOf } from "./upload/queue";
import { useUploads } from "./upload/useUploads";
import { useFilm } from "./useFilm";
import { useReferences } from "./useShots";

const ANY = "any";

/** What the film is made from: every reference, where it is used, and the way in for new ones. */
export function ReferencesView() {
  const session = useSession();
  const mayEdit = useMay("editor");
  const { film } = useFilm();
  const { data, problem, again } = useReferences(film?.id ?? null);
  const [text, setText] = useState("");
  const [role, setRole] = useState(ANY);
  const [unused, setUnused] = useState(false);
  const [using, setUsing] = useState<string | null>(null);
  const [dragged, setDragged] = useState<string | null>(null);
  const roles = useMemo(() => roleChoices(session.kinds), [session.kinds]);
  const shown = useMemo(() => matching(data ?? [], text, role === ANY ? "" : role, unused), [data, text, role, unused]);
  const idle = (data ?? []).filter((one) => one.used_by.length === 0).length;

  useEffect(() => {
    const hear = (event: ClipboardEvent) => {
      const typing = event.target instanceof Element && event.target.closest("input, textarea, [contenteditable=true]");
      if (typing || useOverlay.getState().overlay || !mayEdit) return;
      const files = pastedFiles(event);
      if (!files.length) return;
      event.preventDefault();
      open({ kind: "upload", files });
    };
    document.addEventListener("paste", hear);
    return () => document.removeEventListener("paste", hear);
  }, [mayEdit]);
  useVerbs([
    {
      id: "references.add",
      title: "Bring in files",
      keys: ["Shift+A"],
      group: "References",
      enabled: mayEdit,
      run: () => open({ kind: "upload" }),
    },
  ]);

  if (problem && !data)
    return <ProblemNotice problem={problem} action={{ title: "Try again", run: () => void again() }} />;
  return (
    <section className={page.view} aria-label="References">
      <div className={page.bar}>
        <SearchField aria-label="Search references" value={text} onChange={setText} className={page.search ?? ""}>
          <Search size={14} aria-hidden />
          <Input className={field.input ?? ""} placeholder="Search by title, role or use" />
        </SearchField>
        <div className={css.role}>
          <Select
            label="Role"
            quiet
            choices={[{ id: ANY, title: "Any role" }, ...roles]}
            value={role}
            onChange={setRole}
          />
        </div>
        <Switch isSelected={unused} onChange={setUnused}>
          Only unused
        </Switch>
        <p className={page.facts} role="status">
          {factsOf(shown.length, data?.length ?? 0, idle)}
        </p>
        <Underway />
        <Button look="primary" isDisabled={!mayEdit} onPress={() => open({ kind: "upload" })}>
          <Plus size={14} aria-hidden />
          Bring in files
        </Button>
      </div>
      <div className={css.body}>
        <DropZone
          className={css.library ?? ""}
          aria-label="Library"
          isDisabled={!mayEdit}
          getDropOperation={(types) => (types.has(REFERENCE_TYPE) ? "cancel" : "copy")}
          onDrop={async (event) => {
            const files = event.items.filter((one) => one.kind === "file");
            if (files.length) open({ kind: "upload", files: await Promise.all(files.map((one) => one.getFile())) });
          }}
        >
          {!data ? (
            <p className={css.waiting} role="status">
              Reading the references.
            </p>
          ) : shown.length ? (
            <ul className={css.cards} aria-label="References">
              {shown.map((one) => (
                <ReferenceCard
                  key={one.node}
                  reference={one}
                  roles={roles}
                  onUse={() => setUsing(one.node)}
                  onDrag={setDragged}
                />
              ))}
            </ul>
          ) : data.length ? (
            <Notice
              title="No reference is like that."
              action={{
                title: "Show all",
                run: () => {
                  setText("");
                  setRole(ANY);
                  setUnused(false);
                },
              }}
            />
          ) : (
            <Notice
              title="There are no references yet."
              action={mayEdit ? { title: "Bring in files", run: () => open({ kind: "upload" }) } : undefined}
            >
              Pictures of characters, places and things, a style, a voice: drop them here, or paste a picture. Wire them
              into shots so that they stay the same from shot to shot.
            </Notice>
          )}
        </DropZone>
        {(data?.length ?? 0) > 0 && <Targets dragged={dragged} />}
      </div>
      {using && <UseDialog source={using} onClose={() => setUsing(null)} />}
    </section>
  );
}

function factsOf(shown: number, all: number, unused: number): string {
  const count = shown === all ? `${all} ${all === 1 ? "reference" : "references"}` : `${shown} of ${all} references`;
  return unused ? `${count}, ${unused} unused` : count;
}

/** How far uploads are that go on behind the dialog. */
function Underway() {
  const { items } = useUploads();
  const waiting = items.filter((one) => one.standing !== "done" && one.standing !== "chosen");
  if (!waiting.length) return null;
  const { sent, bytes } = wholeOf(items);
  const share = bytes ? sent / bytes : 0;
  const refused = waiting.filter((one) => one.standing === "refused").length;
  return (
    <Button look="quiet" onPress={() => open({ kind: "upload" })}>
      <span className={css.underway}>
        <Bar parts={[{ share, look: "plain" }]} label="Uploads" value={share} />
      </span>
      {refused === waiting.length ? `${refused} refused` : `${waiting.length} on the way, ${Math.floor(share * 100)} %`}
    </Button>
  );
}
