import { Crosshair, Workflow } from "lucide-react";
import { useState } from "react";
import { Button as AriaButton } from "react-aria-components";
import { useMay, useSelection, useSession, useView } from "../app/session";
import { showInGraph } from "../app/slots";
import { Button, IconButton } from "../ui/Button";
import { type Choice, Select } from "../ui/Field";
import { Poster } from "../ui/Media";
import tile from "../ui/Tile.module.css";
import type { ReferenceUse } from "../wire/api.gen";
import { setParam, setTitle } from "./edits";
import { InPlace } from "./InPlace";
import css from "./References.module.css";
import { REFERENCE_TYPE } from "./referenceList";
import { portWords } from "./wires";

interface Props {
  reference: ReferenceUse;
  roles: readonly Choice[];
  onUse(): void;
  onDrag(node: string | null): void;
}

const MOST_USES = 6;

/** A reference: its picture, what it is called and stands for, and every place it is used in. */
export function ReferenceCard({ reference, roles, onUse, onDrag }: Props) {
  const { node, title, role, used_by: uses, shots } = reference;
  const session = useSession();
  const mayEdit = useMay("editor");
  const selected = useSelection((one) => one.nodes.includes(node));
  const take = useView((view) => {
    const pin = view.seen?.doc.nodes[node]?.pin;
    return pin ? view.seen?.doc.takes[pin] : undefined;
  });
  const [naming, setNaming] = useState(false);
  const [all, setAll] = useState(false);
  const select = () => useSelection.getState().select([node]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: everything in it has the focus, and selects it by that.
    <li
      className={`${tile.tile} ${css.card}`}
      data-selected={selected || undefined}
      draggable={mayEdit && !naming}
      onDragStart={(event) => {
        event.dataTransfer.setData(REFERENCE_TYPE, node);
        event.dataTransfer.setData("text/plain", title);
        event.dataTransfer.effectAllowed = "link";
        onDrag(node);
      }}
      onDragEnd={() => onDrag(null)}
      onFocus={select}
      onClick={select}
    >
      <div className={tile.picture}>
        <Poster take={take} label={take ? `Picture of ${title}` : `${title}: no picture yet`} className={css.poster} />
        {!take && <span className={tile.missing}>No picture yet</span>}
      </div>
      {uses.length === 0 && <span className={css.unused}>Unused</span>}
      <div className={css.words}>
        {naming ? (
          <InPlace
            label="Title of the reference"
            value={title}
            node={node}
            param="title"
            onCommit={(value) => void setTitle(session, node, value.trim())}
            onEnd={() => setNaming(false)}
          />
        ) : (
          <AriaButton className={tile.title ?? ""} isDisabled={!mayEdit} onPress={() => setNaming(true)}>
            {title}
          </AriaButton>
        )}
        <div className={css.acts}>
          <Select
            label={`What ${title} stands for`}
            quiet
            choices={roles}
            value={role}
            onChange={(next) => void setParam(session, node, "role", next)}
            isDisabled={!mayEdit}
          />
          <IconButton label={`Show ${title} on the canvas`} onPress={() => showInGraph([node])}>
            <Crosshair size={14} aria-hidden />
          </IconButton>
          <Button isDisabled={!mayEdit} onPress={onUse} aria-label={`Use in… ${title}`}>
            <Workflow size={14} aria-hidden />
            Use in…
          </Button>
        </div>
        <Uses reference={reference} all={all} onAll={() => setAll(!all)} />
        {shots.length > 0 && (
          <p className={css.quiet}>
            {shots.length === 1 ? "In 1 shot: " : `In ${shots.length} shots: `}
            {shots
              .slice(0, 8)
              .map((shot) => `${shot.rank + 1} ${shot.title}`)
              .join(", ")}
            {shots.length > 8 ? " …" : ""}
          </p>
        )}
      </div>
    </li>
  );
}

function Uses({ reference, all, onAll }: { reference: ReferenceUse; all: boolean; onAll(): void }) {
  const { used_by: uses, title } = reference;
  if (!uses.length) return <p className={css.quiet}>Wired to nothing yet.</p>;
  return (
    <>
      <ul className={css.uses} aria-label={`${title} is used in`}>
        {(all ? uses : uses.slice(0, MOST_USES)).map((use) => (
          <li key={`${use.node} ${use.port}`}>
            <Button look="quiet" className={css.use} onPress={() => showInGraph([use.node])}>
              <span className={css.useTitle}>{use.title}</span>
              <span className={css.quiet}>{portWords(use.port)}</span>
            </Button>
          </li>
        ))}
      </ul>
      {uses.length > MOST_USES && (
        <Button look="quiet" onPress={onAll} aria-expanded={all}>
          {all ? "Fewer" : `${uses.length - MOST_USES} more`}
        </Button>
      )}
    </>
  );
}
