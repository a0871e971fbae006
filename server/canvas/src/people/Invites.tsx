import { useState } from "react";
import { useMe } from "../app/session";
import { ago, moment } from "../canvas/words";
import { Button } from "../ui/Button";
import { Confirm } from "../ui/Confirm";
import { Select, TextField } from "../ui/Field";
import { attempt } from "../ui/toasts";
import type { InviteShown } from "../wire/api.gen";
import { api, got } from "../wire/http";
import { LinkDialog } from "./LinkDialog";
import css from "./People.module.css";
import { givable, ROLE_WORDS } from "./roles";

/** Inviting somebody, and the invites that wait. */
export function Invites({ invites, changed }: { invites: readonly InviteShown[] | null; changed(): Promise<void> }) {
  const me = useMe();
  const [role, setRole] = useState("reviewer");
  const [note, setNote] = useState("");
  const [made, setMade] = useState<InviteShown | null>(null);
  const [back, setBack] = useState<InviteShown | null>(null);
  if (!invites)
    return (
      <p className={css.quiet}>Inviting people needs the role producer. Ask a producer or the owner of the bridge.</p>
    );
  const invite = async () => {
    const body = { role: role as InviteShown["role"], note };
    const answer = await attempt(() => got(api.POST("/api/people/invites", { body })));
    if (!answer) return;
    setMade(answer);
    setNote("");
    await changed();
  };
  const withdraw = async (one: InviteShown) => {
    await attempt(() => got(api.DELETE("/api/people/invites/{invite}", { params: { path: { invite: one.id } } })));
    await changed();
  };
  return (
    <section aria-label="Invites" className={css.stack}>
      <h2>Invite somebody</h2>
      <form
        className={css.invite}
        onSubmit={(event) => {
          event.preventDefault();
          void invite();
        }}
      >
        <Select
          label="As"
          choices={givable(me.role).map((one) => ({ id: one, ...ROLE_WORDS[one] }))}
          value={role}
          onChange={setRole}
        />
        <TextField label="For whom (a note for yourself)" value={note} onChange={setNote} maxLength={200} />
        <Button type="submit" look="primary">
          Make an invite
        </Button>
      </form>
      {invites.length > 0 && (
        <ul className={css.people} aria-label="Invites that wait">
          {invites.map((one) => (
            <li key={one.id} className={css.waiting}>
              <span>
                {ROLE_WORDS[one.role].title}
                {one.note && ` · ${one.note}`}
              </span>
              <span className={css.quiet}>
                by {one.by}, {ago(one.created_at)}, counts until {moment(one.expires_at)}
              </span>
              <Button
                onPress={() => setBack(one)}
                aria-label={`Withdraw the invite ${one.note || ROLE_WORDS[one.role].title}`}
              >
                Withdraw …
              </Button>
            </li>
          ))}
        </ul>
      )}
      {made && (
        <LinkDialog
          title={`Invite for ${made.note || ROLE_WORDS[made.role].title.toLowerCase()}`}
          link={made.link}
          expires_at={made.expires_at}
          once="It lets one person in, once."
          onClose={() => setMade(null)}
        />
      )}
      {back && (
        <Confirm
          title="Withdraw this invite?"
          act="Withdraw it"
          onAct={() => withdraw(back)}
          onClose={() => setBack(null)}
        >
          <p>Its link does not work any more. Nobody who is here already is touched.</p>
        </Confirm>
      )}
    </section>
  );
}
