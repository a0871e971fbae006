import { Pause } from "lucide-react";
import { useJobs, useMay, useMe, useSession } from "../app/session";
import { ago } from "../canvas/words";
import { Button } from "../ui/Button";
import { type Items, Menu } from "../ui/Menu";
import { attempt } from "../ui/toasts";
import type { PauseFacts } from "../wire/api.gen";
import { api, got } from "../wire/http";
import { useTitles } from "./CapsEditor";
import { useDesk, useDeskView } from "./desk";
import css from "./QueueDrawer.module.css";

type Scope = "all" | "canvas" | "provider";

/** What is stopped from starting, by whom, and the menu that stops more. Running jobs are never touched. */
export function Pauses() {
  const session = useSession();
  const desk = useDesk();
  const me = useMe();
  const may = useMay("editor");
  const titles = useTitles();
  const pauses = useDeskView((view) => view.pauses);
  const providers = useDeskView((view) => view.providers);
  const jobs = useJobs((all) => all?.byId);
  const act = async (verb: "pause" | "resume", scope: Scope, key: string) => {
    const body = { scope, key, author: me.name };
    const answer = await attempt(() => got(api.POST(`/api/queue/${verb}`, { body })));
    if (answer) desk.seen({ pauses: answer });
  };
  const is = (scope: Scope, key: string) => pauses.some((one) => one.scope === scope && one.key === key);
  const used = new Set(Object.values(jobs ?? {}).map((job) => job.provider));
  const named = Object.keys(providers).filter((name) => used.has(name) || busy(providers[name]));
  const item = (scope: Scope, key: string, title: string) => ({
    id: `${scope} ${key}`,
    title,
    disabled: is(scope, key),
    run: () => void act("pause", scope, key),
  });
  const items: Items = [
    item("canvas", session.id, "This canvas"),
    item("all", "", "Everything"),
    ...(named.length ? [null] : []),
    ...named.map((name) => item("provider", name, `Provider ${name}`)),
  ];
  const words = (one: PauseFacts) => {
    if (one.scope === "all") return "Everything";
    if (one.scope === "provider") return `Provider ${one.key}`;
    return one.key === session.id ? "This canvas" : `Canvas “${titles[one.key] ?? one.key}”`;
  };
  return (
    <>
      <Menu
        label="Pause"
        items={items}
        trigger={
          <Button isDisabled={!may}>
            <Pause size={14} aria-hidden />
            Pause …
          </Button>
        }
      />
      {pauses.map((one) => (
        <span key={`${one.scope} ${one.key}`} className={css.pause} role="status">
          <span title={one.at}>
            ❚❚ {words(one)} paused by <bdi>{one.author || "somebody"}</bdi>, {ago(one.at)}
          </span>
          <Button isDisabled={!may} onPress={() => void act("resume", one.scope as Scope, one.key)}>
            Resume
          </Button>
        </span>
      ))}
    </>
  );
}

const busy = (provider: { waiting: number; running: number } | undefined): boolean =>
  provider !== undefined && provider.waiting + provider.running > 0;
