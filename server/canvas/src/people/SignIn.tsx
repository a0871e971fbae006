import { useState } from "react";
import { Button } from "../ui/Button";
import { Copy } from "../ui/Copy";
import { TextField } from "../ui/Field";
import { asProblem, type Problem } from "../wire/problem";
import css from "./People.module.css";
import { secretOf, signIn } from "./session";

const COMMAND = "takebridge open";

/** Nobody is signed in here: how somebody on this computer gets in, and how a teammate does. */
export function SignIn({ onSignedIn }: { onSignedIn(): void }) {
  const [pasted, setPasted] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const found = secretOf(pasted);
  const submit = async () => {
    if (!found) return;
    if (found.kind === "invite") {
      location.assign(`/join#invite=${found.secret}`);
      return;
    }
    setBusy(true);
    try {
      await signIn({ key: found.secret });
      onSignedIn();
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
        <h1>TakeBridge</h1>
        <p>You are not signed in here.</p>
        <section>
          <h2>On this computer</h2>
          <p>Type this in a terminal. It opens this page and signs you in, once.</p>
          <p className={css.row}>
            <code className={css.code}>{COMMAND}</code>
            <Copy text={COMMAND} label="Copy command" />
          </p>
        </section>
        <section>
          <h2>From another computer</h2>
          <p>Ask whoever runs this bridge, or a producer, for a link. It works once, for you alone.</p>
        </section>
        <form
          className={css.form}
          onSubmit={(event) => {
            event.preventDefault();
            void submit();
          }}
        >
          <TextField
            label="Got a link? Paste it here"
            value={pasted}
            onChange={setPasted}
            wrong={
              pasted.trim() && !found ? "This is no link of a bridge. It ends with #key=… or #invite=…" : undefined
            }
          />
          <Button type="submit" look="primary" isDisabled={!found || busy}>
            Sign in
          </Button>
        </form>
        {problem && (
          <div role="alert" className={css.problem}>
            <strong>{problem.message}</strong> {problem.hint}
          </div>
        )}
      </div>
    </main>
  );
}
