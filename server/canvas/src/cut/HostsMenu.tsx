import { useEffect, useState } from "react";
import { Button as AriaButton, Dialog, DialogTrigger, Popover } from "react-aria-components";
import { Link } from "wouter";
import { useVerbs } from "../app/keys";
import { canvasPath } from "../app/routes";
import { useMay, useSession } from "../app/session";
import { Button } from "../ui/Button";
import menu from "../ui/Menu.module.css";
import { attempt, done } from "../ui/toasts";
import type { ExchangeReport, HostFacts } from "../wire/api.gen";
import { api } from "../wire/http";
import { useCut, useCutDesk } from "./desk";
import css from "./HostsMenu.module.css";
import { count, hostWords, NO_HOST, short } from "./words";

const MARKS: Readonly<Record<HostFacts["state"], { glyph: string; tint: string; word: string }>> = {
  ready: { glyph: "●", tint: "var(--fresh)", word: "Connected" },
  busy: { glyph: "◔", tint: "var(--stale)", word: "Busy" },
  silent: { glyph: "△", tint: "var(--stale)", word: "Silent" },
};

/** Which editors are connected and what they are at, in the top bar. */
export function HostsMenu() {
  const desk = useCutDesk();
  const hosts = useCut((view) => view.hosts);
  const exchange = useCut((view) => view.exchange);
  const [open, setOpen] = useState(false);
  useVerbs([{ id: "cut.hosts", title: "Show connected editors", group: "Everywhere", run: () => setOpen(true) }]);
  useEffect(() => {
    if (open) void desk.loadHosts();
  }, [open, desk]);
  if (!hosts) return null;
  const meant = hosts.find((host) => host.meant) ?? hosts[0];
  return (
    <DialogTrigger isOpen={open} onOpenChange={setOpen}>
      <AriaButton className={css.trigger ?? ""} aria-label={`Editors: ${triggerWords(meant)}`}>
        <Mark host={meant} />
        <span className={css.short}>{triggerWords(meant)}</span>
      </AriaButton>
      <Popover className={menu.popover ?? ""} placement="bottom end">
        <Dialog aria-label="Editors" className={css.sheet ?? ""}>
          {({ close }) => (
            <>
              <Hosts hosts={hosts} />
              <Folders exchange={exchange} />
              <Foot close={close} />
            </>
          )}
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}

/** `Resolve · REEL 2`; the state's word as well where it is not well. */
export function triggerWords(host: HostFacts | undefined): string {
  if (!host) return "No editor";
  const state = host.state === "ready" ? "" : ` · ${MARKS[host.state].word}`;
  return `${short(host.product)} · ${host.timeline || "No timeline is open"}${state}`;
}

function Mark({ host }: { host: HostFacts | undefined }) {
  const mark = host ? MARKS[host.state] : { glyph: "○", tint: "var(--stale)" };
  return (
    <span className={css.mark} style={{ color: mark.tint }} aria-hidden>
      {mark.glyph}
    </span>
  );
}

function Hosts({ hosts }: { hosts: readonly HostFacts[] }) {
  const desk = useCutDesk();
  const live = hosts.filter((host) => host.host !== "folder");
  if (live.length === 0) {
    return (
      <section className={css.none}>
        <p>{NO_HOST}</p>
        <Button onPress={() => void desk.loadHosts()}>Check again</Button>
      </section>
    );
  }
  return (
    <ul className={css.hosts} aria-label="Connected editors">
      {live.map((host) => (
        <HostRow key={host.session} host={host} />
      ))}
    </ul>
  );
}

function HostRow({ host }: { host: HostFacts }) {
  const mayEdit = useMay("editor");
  const [busy, setBusy] = useState(false);
  const ping = async () => {
    setBusy(true);
    const params = { path: { session: host.session } };
    const answered = await attempt(() => api.POST("/api/hosts/{session}/ping", { params }));
    setBusy(false);
    if (answered) done(`${short(host.product)} answers.`);
  };
  return (
    <li className={css.host}>
      <div className={css.line}>
        <Mark host={host} />
        <strong>
          {host.product} {host.version}
        </strong>
        <span className={css.state}>{MARKS[host.state].word}</span>
        {host.meant && <span className={css.meant}>Asked first</span>}
      </div>
      <p className={css.words}>{hostWords(host)}</p>
      <Button isDisabled={busy || !mayEdit} onPress={() => void ping()}>
        {busy ? "Asking…" : "Ping"}
      </Button>
    </li>
  );
}

/** The exchange folder and Final Cut's own, as far as the bridge watches any. */
function Folders({ exchange }: { exchange: ExchangeReport | null }) {
  const found = exchange?.folder ? [exchange, ...exchange.more] : [];
  return (
    <section className={css.folders} aria-label="Folders">
      {found.length === 0 && (
        <p className={css.words}>No folder is watched. Editors without an agent exchange files through one.</p>
      )}
      {found.map((one) => (
        <div key={one.folder} className={css.host}>
          <div className={css.line}>
            <span className={css.mark} style={{ color: one.problem ? "var(--failed)" : "var(--locked)" }} aria-hidden>
              {one.problem ? "✕" : "■"}
            </span>
            <strong>{one.product}</strong>
            <span className={css.state}>{one.problem ? "Problem" : "Watched"}</span>
          </div>
          <p className={css.words}>
            {one.problem || `${count(one.timelines.length, "timeline")} in ${one.folder}.`}
            {one.unreadable.length > 0 && ` ${count(one.unreadable.length, "file")} cannot be read.`}
          </p>
        </div>
      ))}
    </section>
  );
}

function Foot({ close }: { close(): void }) {
  const session = useSession();
  return (
    <p className={css.foot}>
      <Link href={canvasPath(session.id, "cut")} onClick={close}>
        Open the cut
      </Link>
    </p>
  );
}
