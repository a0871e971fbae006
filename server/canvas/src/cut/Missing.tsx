import { useState } from "react";
import { showInGraph } from "../app/slots";
import { Button } from "../ui/Button";
import type { CutView } from "../wire/api.gen";
import css from "./CutView.module.css";
import { count } from "./words";

const AT_FIRST = 3;

/** Shots of this timeline whose clip is not on it any more. */
export function Missing({ cut }: { cut: CutView }) {
  const [all, setAll] = useState(false);
  if (cut.missing.length === 0) return null;
  return (
    <section className={css.missing} aria-label="Shots that are not on the timeline">
      <strong>{count(cut.missing.length, "shot")} not on the timeline any more:</strong>
      {cut.missing.slice(0, all ? undefined : AT_FIRST).map((one) => (
        <Button
          key={one.link.id}
          look="quiet"
          isDisabled={!one.node}
          onPress={() => one.node && showInGraph([one.node])}
        >
          {one.link.shot}
        </Button>
      ))}
      {!all && cut.missing.length > AT_FIRST && (
        <Button look="quiet" onPress={() => setAll(true)}>
          {cut.missing.length - AT_FIRST} more
        </Button>
      )}
    </section>
  );
}
