import { useEffect, useState } from "react";
import { ListBox, ListBoxItem, Text } from "react-aria-components";
import { useMay, useMe, useSession, useView } from "../app/session";
import { showInGraph } from "../app/slots";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { TextField } from "../ui/Field";
import { FileSlot, filesFor } from "../ui/FileSlot";
import { ProblemNotice } from "../ui/Notice";
import { done } from "../ui/toasts";
import type { TemplateInfo } from "../wire/api.gen";
import { api, got } from "../wire/http";
import { asProblem, type Problem } from "../wire/problem";
import css from "./Dialogs.module.css";
import { around, boxOf, GAP_Y } from "./geometry";
import { stage } from "./stage";

/** Whole graphs to begin with: choose one, fill its slots, put it on this canvas. */
export function TemplatesDialog({ onClose }: { onClose(): void }) {
  const session = useSession();
  const me = useMe();
  const mayEdit = useMay("editor");
  const doc = useView((view) => view.seen?.doc);
  const [templates, setTemplates] = useState<readonly TemplateInfo[] | Problem | null>(null);
  const [name, setName] = useState("");
  const [filled, setFilled] = useState<Readonly<Record<string, string>>>({});
  const [uploads, setUploads] = useState<Readonly<Record<string, string>>>({});
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    got(api.GET("/api/templates")).then(
      (list) => {
        setTemplates(list);
        setName(list.find((one) => one.name === "stills-to-animatic")?.name ?? list[0]?.name ?? "");
      },
      (thrown) => setTemplates(asProblem(thrown)),
    );
  }, []);
  if (templates instanceof Error) {
    return (
      <Dialog title="Templates" onClose={onClose}>
        <ProblemNotice problem={templates} />
      </Dialog>
    );
  }
  const template = templates?.find((one) => one.name === name);
  const insert = async () => {
    const whole = around(Object.values(doc?.nodes ?? {}).map((node) => boxOf(node, session.kinds)));
    const middle = stage()?.middle() ?? { x: 0, y: 0 };
    const at = whole ? [whole.x, whole.y + whole.height + 4 * GAP_Y] : [middle.x, middle.y];
    const given = Object.entries(filled).filter(
      ([slot, value]) => value.trim() && template?.slots.some((one) => one.name === slot),
    );
    const body = {
      canvas_id: session.id,
      inputs: Object.fromEntries(given),
      media: Object.fromEntries(Object.entries(uploads).map(([slot, upload]) => [slot, { upload }])),
      at: at.map(Math.round) as [number, number],
      author: me.name,
    };
    setBusy(true);
    setProblem(null);
    try {
      const put = await got(api.POST("/api/templates/{name}", { params: { path: { name } }, body }));
      onClose();
      done(`“${put.title}” is on the canvas.${waitingWords(put.notes ?? [])}`);
      await session.reload();
      showInGraph(Object.values(put.nodes));
    } catch (thrown) {
      setProblem(asProblem(thrown));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      title="Templates"
      onClose={onClose}
      wide
      foot={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button look="primary" isDisabled={!template || busy || !mayEdit} onPress={() => void insert()}>
            {template ? `Add “${template.title}”` : "Add"}
          </Button>
        </>
      }
    >
      <div className={css.templates}>
        <ListBox
          aria-label="Templates"
          className={css.list ?? ""}
          selectionMode="single"
          disallowEmptySelection
          selectedKeys={name ? [name] : []}
          onSelectionChange={(keys) => {
            setName(String([...keys][0] ?? ""));
            setUploads({});
          }}
          items={templates ?? []}
          renderEmptyState={() => <p>{templates ? "There are no templates." : "Templates come here."}</p>}
        >
          {(one) => (
            <ListBoxItem id={one.name} textValue={one.title} className={css.option ?? ""}>
              <Text slot="label">{one.title}</Text>
            </ListBoxItem>
          )}
        </ListBox>
        <div className={css.slots}>
          {template && <p>{template.about}</p>}
          {template?.slots.map((slot) =>
            slot.kind === "text" ? (
              <TextField
                key={`${name} ${slot.name}`}
                label={slot.title}
                hint={slot.about}
                rows={4}
                value={filled[slot.name] ?? ""}
                onChange={(value) => setFilled((before) => ({ ...before, [slot.name]: value }))}
              />
            ) : (
              <FileSlot
                key={`${name} ${slot.name}`}
                label={slot.title}
                hint={slot.about ?? ""}
                accept={filesFor(slot.kind)}
                onUpload={(upload) =>
                  setUploads(({ [slot.name]: _, ...others }) => (upload ? { ...others, [slot.name]: upload } : others))
                }
              />
            ),
          )}
          {problem && (
            <p role="alert" className={css.wrong}>
              {problem.message} {problem.hint}
            </p>
          )}
          <p className={css.quiet}>
            Nothing is generated by adding it. Slots left empty get a stand-in, which can be replaced later.
          </p>
        </div>
      </div>
    </Dialog>
  );
}

/** What does not fit yet: one thing whole, more as their number, for each node says its own. */
function waitingWords(notes: readonly string[]): string {
  if (notes.length < 2) return notes.map((note) => ` ${note}`).join("");
  return ` ${notes.length} wires wait for something that is not there yet; their nodes say what.`;
}
