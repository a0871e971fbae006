import { Dialog } from "../ui/Dialog";
import { Switch } from "../ui/Field";
import css from "./KeysSheet.module.css";
import { keyLabel, setLetters, useVerbRegistry, type Verb } from "./keys";

/** Every key that does something here, by group, and the switch that turns single letters off. */
export function KeysSheet({ onClose }: { onClose(): void }) {
  const { verbs, letters } = useVerbRegistry();
  const groups = new Map<string, Verb[]>();
  for (const verb of verbs.values()) {
    if (verb.keys?.length) groups.set(verb.group, [...(groups.get(verb.group) ?? []), verb]);
  }
  return (
    <Dialog title="Keys" onClose={onClose} wide>
      <div className={css.groups}>
        {[...groups].map(([group, list]) => (
          <section key={group}>
            <h3>{group}</h3>
            <dl className={css.keys}>
              {list.map((verb) => (
                <div key={verb.id} className={css.row}>
                  <dt>{verb.title}</dt>
                  <dd>
                    {verb.keys?.map((chord) => (
                      <kbd key={chord}>{keyLabel(chord)}</kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <Switch isSelected={letters} onChange={setLetters}>
        Single letters are keys
      </Switch>
    </Dialog>
  );
}
