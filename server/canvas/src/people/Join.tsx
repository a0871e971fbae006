import { useEffect, useState } from "react";
import { useLocation } from "wouter";
import { Button } from "../ui/Button";
import { TextField } from "../ui/Field";
import type { Invitation } from "../wire/api.gen";
import { api, got } from "../wire/http";
import { asProblem, type Problem } from "../wire/problem";
import css from "./People.module.css";
import { mayAll, ROLE_WORDS } from "./roles";
import { isSpent, signIn, takeSecret } from "./session";

/** Asked once a page: a component that is drawn twice must not lose the secret. */
let kept: string | null = null;

/** An invite was opened: under which name does this person come in? */
export function Join({ onJoined }: { onJoined(): void }) {
  const [, navigate] = useLocation();
  const [invite] = useState(() => {
    kept = takeSecret("invite") || kept;
    return kept ?? "";
  });
  const [name, setName] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const [invitation, setInvitation] = useState<Invitation | null>(null);
  useEffect(() => {
    if (!invite) return;
    got(api.POST("/api/session/invite", { body: { invite } })).then(setInvitation, (thrown) => {
      const found = asProblem(thrown);
      if (isSpent(found)) setProblem(found); // of anything else joining will tell, if it is still so then
    });
  }, [invite]);
  const spent = problem !== null && isSpent(problem);
  const join = async () => {
    setBusy(true);
    try {
      await signIn({ invite, name: name.trim() });
      kept = null;
      navigate("/", { replace: true });
      onJoined();
    } catch (thrown) {
      setProblem(asProblem(thrown));
    } finally {
      setBusy(false);
    }
  };
  return (
    <main className={css.door}>
      <div className={css.card}>
        <img src="/favicon.svg" alt="" width={40} height={40} />
        <h1>{spent || !invite ? "This invite does not work" : "You are invited"}</h1>
        {!invite && (
          <p>The link is incomplete: an invite ends with #invite=… Open it again from where it was sent to you.</p>
        )}
        {invite && spent && (
          <>
            <p role="alert">{problem.message}</p>
            <p>An invite works once and for 7 days. Ask whoever sent it for a new one.</p>
          </>
        )}
        {invite && !spent && (
          <form
            className={css.form}
            onSubmit={(event) => {
              event.preventDefault();
              void join();
            }}
          >
            {invitation && (
              <div>
                <p>
                  <bdi>{invitation.by}</bdi> invites you as {ROLE_WORDS[invitation.role].title.toLowerCase()}. You may
                </p>
                <ul className={css.may}>
                  {mayAll(invitation.role).map((one) => (
                    <li key={one}>{one.charAt(0).toLowerCase() + one.slice(1)}</li>
                  ))}
                </ul>
              </div>
            )}
            <p>Everything you do on the canvas carries your name.</p>
            <TextField
              label="Your name"
              value={name}
              onChange={(text) => {
                setName(text);
                setProblem(null);
              }}
              autoFocus
              autoComplete="name"
              maxLength={80}
              wrong={problem ? `${problem.message} ${problem.hint}` : undefined}
            />
            <Button type="submit" look="primary" isDisabled={!name.trim() || busy}>
              Join
            </Button>
          </form>
        )}
        {(!invite || spent) && <Button onPress={() => navigate("/")}>Go to the start</Button>}
      </div>
    </main>
  );
}
