import { useEffect, useRef, useState } from "react";
import { DropZone, FileTrigger } from "react-aria-components";
import { useMay, useSession, useView } from "../app/session";
import { showInGraph } from "../app/slots";
import { Bar } from "../ui/Bar";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { Select } from "../ui/Field";
import { roleChoices } from "./roles";
import css from "./Upload.module.css";
import { UploadRow } from "./UploadRow";
import { wholeOf } from "./upload/queue";
import { useUploads } from "./upload/useUploads";
import { bytesWords } from "./upload/words";

const ROLE_KEY = "takebridge.upload.role";

interface Props {
  files?: readonly File[] | undefined;
  feeds?: string | undefined;
  onClose(): void;
}

/** Bring in pictures, clips and sounds. Closing leaves what is underway going on; the references say how far it is. */
export function UploadDialog({ files, feeds, onClose }: Props) {
  const session = useSession();
  const may = useMay("editor");
  const { queue, items } = useUploads();
  const into = useView((view) => (feeds ? view.seen?.doc.nodes[feeds]?.title : undefined));
  const choices = roleChoices(session.kinds);
  const [role, setRole] = useState(() => {
    const kept = localStorage.getItem(ROLE_KEY);
    return choices.some((one) => one.id === kept) ? (kept ?? "") : (choices[0]?.id ?? "");
  });
  const given = useRef(false);
  useEffect(() => {
    if (given.current || !may) return;
    given.current = true;
    if (files?.length) queue.add(files, role);
  }, [files, queue, role, may]);
  const add = (more: Iterable<File>) => may && queue.add([...more], role);
  usePasted(add);

  const chosen = items.filter((one) => one.standing === "chosen");
  const whole = wholeOf(items);
  const done = items.filter((one) => one.standing === "done");
  const choose = (next: string) => {
    setRole(next);
    localStorage.setItem(ROLE_KEY, next);
    for (const item of chosen) queue.change(item.key, { role: next });
  };
  return (
    <Dialog
      title="Bring in pictures, clips and sounds"
      onClose={onClose}
      foot={
        <>
          {done.length > 0 && (
            <Button
              look="quiet"
              onPress={() => {
                onClose();
                showInGraph(done.map((one) => one.node));
                queue.clear();
              }}
            >
              Show on the canvas
            </Button>
          )}
          <Button
            onPress={() => {
              if (!chosen.length && done.length === items.length) queue.clear();
              onClose();
            }}
          >
            {items.length > 0 && items.length === done.length ? "Done" : "Close"}
          </Button>
          <Button look="primary" isDisabled={chosen.length === 0 || !may} onPress={() => queue.start({ feeds })}>
            {chosen.length > 1 ? `Bring in ${chosen.length} files` : "Bring in"}
          </Button>
        </>
      }
    >
      <div className={css.dialog}>
        {!may && <p className={css.wrong}>Bringing in files needs the role editor.</p>}
        {into && <p>They go into “{into}”.</p>}
        <DropZone
          className={css.zone ?? ""}
          isDisabled={!may}
          getDropOperation={() => "copy"}
          onDrop={async (event) => {
            const dropped = event.items.filter((one) => one.kind === "file");
            add(await Promise.all(dropped.map((one) => one.getFile())));
          }}
        >
          <p>Drop files here, or paste a picture.</p>
          <FileTrigger allowsMultiple onSelect={(list) => list && add(list)}>
            <Button isDisabled={!may}>Choose files</Button>
          </FileTrigger>
          <p className={css.hint}>
            Pictures, clips, sounds; up to 8 GiB each. What is cut off goes on where it stopped.
          </p>
        </DropZone>
        <div className={css.role}>
          <Select label="They stand for" choices={choices} value={role} onChange={choose} isDisabled={!may} />
        </div>
        {items.length > 0 && (
          <ul className={css.list} aria-label="Files">
            {items.map((item) => (
              <UploadRow key={item.key} item={item} queue={queue} roles={choices} />
            ))}
          </ul>
        )}
        {whole.bytes > 0 && items.length > 1 && (
          <div className={css.whole}>
            <Bar
              parts={[{ share: whole.sent / whole.bytes, look: "plain" }]}
              label="All files"
              value={whole.sent / whole.bytes}
            />
            <span>
              {bytesWords(whole.sent)} of {bytesWords(whole.bytes)}
            </span>
          </div>
        )}
        <p className="visually-hidden" role="status">
          {done.length > 0 ? `${done.length} of ${items.length} files are on the canvas.` : ""}
        </p>
      </div>
    </Dialog>
  );
}

/** Hear pictures pasted while the dialog is open, wherever the focus is. */
function usePasted(add: (files: File[]) => void): void {
  const latest = useRef(add);
  latest.current = add;
  useEffect(() => {
    const hear = (event: ClipboardEvent) => {
      const files = pastedFiles(event);
      if (!files.length) return;
      event.preventDefault();
      latest.current(files);
    };
    document.addEventListener("paste", hear);
    return () => document.removeEventListener("paste", hear);
  }, []);
}

/** The files of a paste; a picture without a name of its own gets one. */
export function pastedFiles(event: ClipboardEvent): File[] {
  const files = [...(event.clipboardData?.files ?? [])];
  return files.map((file) =>
    /^image\.\w+$/.test(file.name)
      ? new File([file], `Pasted picture.${file.name.split(".").pop()}`, {
          type: file.type,
          lastModified: file.lastModified,
        })
      : file,
  );
}
