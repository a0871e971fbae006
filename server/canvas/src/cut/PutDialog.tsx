import { useEffect, useState } from "react";
import { useMe, useSession, useView } from "../app/session";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { attempt, done } from "../ui/toasts";
import type { CutItem, CutView, PutClip } from "../wire/api.gen";
import { api, got } from "../wire/http";
import css from "./CutView.module.css";
import { useCutDesk } from "./desk";
import { type How, hows } from "./hows";
import { Radios } from "./Radios";
import { Ended } from "./TripResult";
import { count, short, toYou } from "./words";

/** Null: every clip whose pinned take is not what it shows. */
export type PutWhat = CutItem | null;

/** Bring pinned takes onto the timeline, in one of three ways. Asked first: this edits the cut. */
export function PutDialog({ cut, what, onClose }: { cut: CutView; what: PutWhat; onClose(): void }) {
  const session = useSession();
  const desk = useCutDesk();
  const { name } = useMe();
  const verbs = useCapabilities(cut.session);
  const ways = hows(verbs, short(cut.product));
  const [how, setHow] = useState<How>("take");
  const [busy, setBusy] = useState(false);
  const [ended, setEnded] = useState<readonly PutClip[] | null>(null);
  const seq = useView((view) => (what?.pinned ? view.seen?.doc.takes[what.pinned]?.seq : undefined));
  const many = cut.tracks.flatMap((track) => track.clips).filter((item) => item.state === "new take").length;
  const title = what
    ? `Put take ${seq ?? ""} of ${what.link?.shot ?? what.name} on the timeline`
    : `Put ${count(many, "new take")} on the timeline`;
  const failed = ended?.some((one) => one.error) ?? false;
  const chosen = ways.find((one) => one.id === how && !one.whyNot);

  const put = async () => {
    setBusy(true);
    const links = what?.link ? [what.link.id] : [];
    const body = { canvas_id: session.id, links, how, author: name };
    const found = await attempt(() => got(api.POST("/api/clips/put", { body })));
    setBusy(false);
    if (!found) return;
    void desk.load(true);
    setEnded(found);
    if (found.length > 0 && found.every((one) => !one.error)) {
      done(`${count(found.length, "take")} on the timeline, read back.`);
      onClose();
    }
  };
  return (
    <Dialog
      title={title}
      onClose={onClose}
      foot={
        ended ? (
          <>
            {failed && <Button onPress={() => setEnded(null)}>Choose another way</Button>}
            <Button look="primary" onPress={onClose}>
              Close
            </Button>
          </>
        ) : (
          <>
            <Button autoFocus onPress={onClose}>
              Cancel
            </Button>
            <Button look="primary" isDisabled={busy || !chosen || (!what && many === 0)} onPress={() => void put()}>
              {busy ? "Putting it there…" : what ? `Put take ${seq ?? ""} there` : `Put ${count(many, "take")} there`}
            </Button>
          </>
        )
      }
    >
      {ended ? (
        <ul className={css.list} aria-label="What became of it">
          {ended.length === 0 && <li>Nothing had to change.</li>}
          {ended.map((one) => (
            <li key={one.link_id}>
              <Ended mark={one.error ? "not_applied" : "verified"} words="" /> · {toYou(one.sentence)}{" "}
              {one.error && toYou(String(one.error["hint"] ?? ""))}
            </li>
          ))}
        </ul>
      ) : (
        <div className={css.form}>
          <p>
            “{cut.timeline}” in {short(cut.product)}. The take is cut to the clip's slot, read back, and undone where
            the editor does not show it as wanted. The editor's own undo takes it back as well.
          </p>
          <Radios label="How" value={how} choices={ways} onChange={(id) => setHow(id)} />
        </div>
      )}
    </Dialog>
  );
}

/** What an editor offers, by the verbs its agent named. */
export function useCapabilities(session: string): ReadonlySet<string> {
  const [verbs, setVerbs] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => {
    let current = true;
    got(api.GET("/api/status")).then(
      (status) => {
        const host = status.hosts.find((one) => one["session"] === session);
        const named = host?.["capabilities"];
        if (current && Array.isArray(named)) setVerbs(new Set(named.map(String)));
      },
      () => undefined, // Nothing is ruled out then; the bridge says what cannot be done.
    );
    return () => {
      current = false;
    };
  }, [session]);
  return verbs;
}
