import { useState } from "react";
import { type Role, useMe } from "../app/session";
import { ago } from "../canvas/words";
import { Button } from "../ui/Button";
import { Confirm } from "../ui/Confirm";
import { Select } from "../ui/Field";
import { attempt, done } from "../ui/toasts";
import type { PersonShown } from "../wire/api.gen";
import { api, got } from "../wire/http";
import { LinkDialog } from "./LinkDialog";
import css from "./People.module.css";
import { givable, mayDecide, ROLE_WORDS } from "./roles";

type Session = PersonShown["sessions"][number];

/** One person: role, devices, and what one may do about them. */
export function PersonRow({ person, changed }: { person: PersonShown; changed(): Promise<void> }) {
  const me = useMe();
  const own = person.id === me.id;
  const may = mayDecide(me.role, person.role) && !own;
  const [removing, setRemoving] = useState(false);
  const [ending, setEnding] = useState<Session | null>(null);
  const [link, setLink] = useState<{ link: string; expires_at: string } | null>(null);
  const params = { path: { person: person.id } };

  const change = async (role: string) => {
    if (role === person.role) return;
    const body = { role: role as Exclude<Role, "owner"> };
    const answer = await attempt(() => got(api.PATCH("/api/people/{person}", { params, body })));
    if (answer) done(`${person.name} is ${ROLE_WORDS[answer.role].title.toLowerCase()} now.`);
    await changed();
  };
  const remove = async () => {
    await attempt(() => got(api.DELETE("/api/people/{person}", { params })));
    await changed();
  };
  const end = async (session: Session) => {
    const path = { person: person.id, session: session.id };
    await attempt(() => got(api.DELETE("/api/people/{person}/sessions/{session}", { params: { path } })));
    await changed();
  };
  const relink = async () => {
    const answer = await attempt(() => got(api.POST("/api/people/{person}/link", { params })));
    if (answer) setLink(answer);
  };
  const choices = [...new Set([...givable(me.role), person.role])].map((role) => ({
    id: role,
    title: ROLE_WORDS[role].title,
    about: ROLE_WORDS[role].about,
  }));

  return (
    <li className={css.person}>
      <span className={css.initials} aria-hidden>
        {person.name.slice(0, 2)}
      </span>
      <div className={css.who}>
        <strong>
          {person.name}
          {own && " (you)"}
        </strong>
        <span className={css.quiet} title={person.last_seen}>
          {person.last_seen ? `Here ${ago(person.last_seen)}` : "Was not here yet"}
        </span>
      </div>
      {may ? (
        <Select
          label={`Role of ${person.name}`}
          quiet
          choices={choices}
          value={person.role}
          onChange={(role) => void change(role)}
        />
      ) : (
        <span title={ROLE_WORDS[person.role].about}>{ROLE_WORDS[person.role].title}</span>
      )}
      <span className={css.acts}>
        {may && <Button onPress={() => void relink()}>New sign-in link</Button>}
        {may && (
          <Button look="danger" onPress={() => setRemoving(true)}>
            Remove …
          </Button>
        )}
      </span>
      {person.sessions.length > 0 && (
        <ul className={css.devices} aria-label={`Devices of ${person.name}`}>
          {person.sessions.map((session) => (
            <li key={session.id} className={css.device}>
              <span>{session.device || "A browser"}</span>
              <span className={css.quiet} title={session.created_at}>
                signed in {ago(session.created_at)}, here {ago(session.last_seen)}
              </span>
              {(may || own || me.role === "owner") && (
                <Button onPress={() => setEnding(session)} aria-label={`Sign out ${session.device || "this browser"}`}>
                  Sign out …
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      {removing && (
        <Confirm
          title={`Remove ${person.name}?`}
          act={`Remove ${person.name}`}
          onAct={remove}
          onClose={() => setRemoving(false)}
        >
          <p>
            {person.name} is signed out everywhere at once and gets in no more, unless somebody invites them again. What
            they did stays, under their name.
          </p>
        </Confirm>
      )}
      {ending && (
        <Confirm
          title="Sign this browser out?"
          act="Sign it out"
          onAct={() => end(ending)}
          onClose={() => setEnding(null)}
        >
          <p>
            {ending.device || "The browser"} of {person.name} is signed out at once. Its edits are kept. They need a new
            link to come back.
          </p>
        </Confirm>
      )}
      {link && (
        <LinkDialog
          title={`Sign-in link for ${person.name}`}
          {...link}
          once="It signs them in once."
          onClose={() => setLink(null)}
        />
      )}
    </li>
  );
}
