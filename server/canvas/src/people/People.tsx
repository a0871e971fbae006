import { useEffect } from "react";
import { ProblemNotice } from "../ui/Notice";
import { Invites } from "./Invites";
import { PageHead } from "./PageHead";
import { Panels } from "./Panels";
import css from "./People.module.css";
import { PersonRow } from "./PersonRow";
import { usePeople } from "./usePeople";

/** Who may do what here: people, their devices, invites that wait, panels in editors. */
export function People() {
  const { found, problem, load } = usePeople();
  useEffect(() => {
    document.title = "People · TakeBridge";
  }, []);
  return (
    <div className={css.page}>
      <PageHead title="People" back />
      <main className={css.main}>
        {problem && <ProblemNotice problem={problem} action={{ title: "Try again", run: () => void load() }} />}
        {found && (
          <>
            <section aria-label="People">
              <ul className={css.people}>
                {found.people.map((person) => (
                  <PersonRow key={person.id} person={person} changed={load} />
                ))}
              </ul>
            </section>
            <Invites invites={found.invites} changed={load} />
            {found.panels && <Panels panels={found.panels} changed={load} />}
          </>
        )}
      </main>
    </div>
  );
}
