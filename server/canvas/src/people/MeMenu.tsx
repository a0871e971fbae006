import { CircleUser } from "lucide-react";
import { useState } from "react";
import { MenuTrigger, Popover } from "react-aria-components";
import { useLocation } from "wouter";
import { setLetters, useVerbRegistry, useVerbs } from "../app/keys";
import { useMe } from "../app/session";
import { open } from "../app/slots";
import { setTheme, type Theme, useTheme } from "../app/theme";
import { IconButton } from "../ui/Button";
import { Confirm } from "../ui/Confirm";
import { Dialog } from "../ui/Dialog";
import { type Items, MenuList } from "../ui/Menu";
import menu from "../ui/Menu.module.css";
import { attempt } from "../ui/toasts";
import { tell } from "../wire/http";
import css from "./People.module.css";
import { RenameDialog } from "./RenameDialog";
import { ROLE_WORDS } from "./roles";

const THEMES: readonly { id: Theme; title: string }[] = [
  { id: "system", title: "As the system" },
  { id: "dark", title: "Dark" },
  { id: "light", title: "Light" },
];

type Shown = "rename" | "out" | "about" | null;

/** Oneself: name and role, how the page looks, keys, signing out. */
export function MeMenu() {
  const me = useMe();
  const { theme } = useTheme();
  const { letters } = useVerbRegistry();
  const [, navigate] = useLocation();
  const [shown, setShown] = useState<Shown>(null);
  const role = ROLE_WORDS[me.role];
  useVerbs(
    THEMES.map((one) => ({
      id: `me.theme.${one.id}`,
      title: `Colours: ${one.title.toLowerCase()}`,
      group: "Everywhere",
      enabled: theme !== one.id,
      run: () => setTheme(one.id),
    })),
  );
  const items: Items = [
    { id: "rename", title: "Change your name …", run: () => setShown("rename") },
    { id: "people", title: "People and invites", run: () => navigate("/people") },
    null,
    ...THEMES.map((one) => ({
      id: one.id,
      title: `${theme === one.id ? "● " : "○ "}${one.title}`,
      run: () => setTheme(one.id),
    })),
    null,
    { id: "keys", title: "Keys", chord: "?", run: () => open({ kind: "keys" }) },
    {
      id: "letters",
      title: letters ? "Switch single-letter keys off" : "Switch single-letter keys on",
      run: () => setLetters(!letters),
    },
    null,
    { id: "about", title: "About TakeBridge", run: () => setShown("about") },
    { id: "out", title: "Sign out …", run: () => setShown("out") },
  ];
  const signOut = async () => {
    const done = await attempt(() => tell("DELETE", "/api/session").then(() => true));
    if (done) location.assign("/");
  };
  return (
    <>
      <MenuTrigger>
        <IconButton label={`${me.name}, ${role.title.toLowerCase()}`}>
          <CircleUser size={18} aria-hidden />
        </IconButton>
        <Popover className={menu.popover ?? ""} placement="bottom end">
          <div className={css.me}>
            <strong>{me.name}</strong>
            <span className={css.quiet}>
              {role.title}. {role.about}
              {me.role === "viewer" ? "." : ", and all that the roles below may."}
            </span>
          </div>
          <MenuList label="You" items={items} />
        </Popover>
      </MenuTrigger>
      {shown === "rename" && <RenameDialog id={me.id} name={me.name} onClose={() => setShown(null)} />}
      {shown === "about" && (
        <Dialog title="About TakeBridge" onClose={() => setShown(null)}>
          <dl className={css.facts}>
            <dt>Version</dt>
            <dd>{me.version}</dd>
            <dt>Bridge</dt>
            <dd>{me.bridge || "–"}</dd>
            <dt>Page</dt>
            <dd>{me.page.slice(0, 12) || "–"}</dd>
          </dl>
        </Dialog>
      )}
      {shown === "out" && (
        <Confirm
          title="Sign out?"
          act="Sign out"
          danger={false}
          keep="Stay"
          onAct={signOut}
          onClose={() => setShown(null)}
        >
          <p>
            Nothing you did is lost. To come back you need a new link
            {me.role === "owner" ? ", or “takebridge open”" : ""}.
          </p>
        </Confirm>
      )}
    </>
  );
}
