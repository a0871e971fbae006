import { useEffect, useState } from "react";
import { useSession, useView } from "../../app/session";

interface Editing {
  /** Who else types into this field; empty when nobody does. */
  by: string;
  /** Oneself does. */
  mine: boolean;
  /** One decided to type all the same. */
  anyway: boolean;
  begin(): void;
  stop(): void;
  insist(): void;
}

/** Who types into a field. Said to the others while one does; nothing enforces it (docs/live.md). */
export function useEditing(node: string, param: string): Editing {
  const session = useSession();
  const by = useView((view) => {
    const other = view.present.find((one) => one.editing?.node === node && one.editing.param === param);
    return other ? other.name || "Somebody" : "";
  });
  const [anyway, setAnyway] = useState(false);
  const [mine, setMine] = useState(false);
  useEffect(() => {
    if (by === "") setAnyway(false);
  }, [by]);
  useEffect(() => {
    if (!mine) return;
    session.say({ editing: { node, param } });
    return () => session.say({ editing: null });
  }, [mine, session, node, param]);
  // Who types already is not held back by somebody who comes later.
  return {
    by: mine ? "" : by,
    mine,
    anyway,
    begin: () => setMine(true),
    stop: () => setMine(false),
    insist: () => setAnyway(true),
  };
}
