import { useState } from "react";
import { ago } from "../canvas/words";
import { Button } from "../ui/Button";
import { Confirm } from "../ui/Confirm";
import { attempt } from "../ui/toasts";
import type { PanelFacts } from "../wire/api.gen";
import { api, got } from "../wire/http";
import css from "./People.module.css";

/** Panels in editors that were paired: they act as the owner. */
export function Panels({ panels, changed }: { panels: readonly PanelFacts[]; changed(): Promise<void> }) {
  const [asked, setAsked] = useState<PanelFacts | null>(null);
  const revoke = async (one: PanelFacts) => {
    await attempt(() => got(api.DELETE("/api/panels/{panel}", { params: { path: { panel: one.id } } })));
    await changed();
  };
  return (
    <section aria-label="Panels" className={css.stack}>
      <h2>Panels in editors</h2>
      {panels.length === 0 ? (
        <p className={css.quiet}>No panel is paired. Pair one with “takebridge pair”.</p>
      ) : (
        <ul className={css.people}>
          {panels.map((one) => (
            <li key={one.id} className={css.waiting}>
              <span>
                {one.name || one.editor} · {one.connected ? "● connected" : "○ not connected"}
              </span>
              <span className={css.quiet}>
                paired {ago(one.created_at)}
                {one.last_seen && `, here ${ago(one.last_seen)}`}
              </span>
              <Button look="danger" onPress={() => setAsked(one)} aria-label={`Revoke ${one.name || one.editor}`}>
                Revoke …
              </Button>
            </li>
          ))}
        </ul>
      )}
      {asked && (
        <Confirm
          title={`Revoke ${asked.name || asked.editor}?`}
          act="Revoke it"
          onAct={() => revoke(asked)}
          onClose={() => setAsked(null)}
        >
          <p>
            The panel is closed at once and gets in no more until it is paired again. Nothing on the canvas changes.
          </p>
        </Confirm>
      )}
    </section>
  );
}
