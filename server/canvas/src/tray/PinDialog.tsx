import { useView } from "../app/session";
import { pinned, type Take } from "../canvas/model";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { Poster } from "../ui/Media";
import { useActs } from "./acts";
import css from "./Questions.module.css";

interface Props {
  node: string;
  take: string;
  who: string;
  onClose(): void;
}

/** Two people chose at once: both takes side by side, and the choice again. Nothing was changed meanwhile. */
export function PinDialog({ node, take, who, onClose }: Props) {
  const doc = useView((view) => view.seen?.doc);
  const acts = useActs();
  const at = doc?.nodes[node];
  const mine = doc?.takes[take];
  const theirs = doc && at ? pinned(doc, at) : undefined;
  if (!at || !mine) return null;
  const they = who || "Somebody else";
  const did = theirs ? `pinned take ${theirs.seq}` : "took the pin away";
  return (
    <Dialog
      title={`${they} ${did} meanwhile`}
      role="alertdialog"
      onClose={onClose}
      foot={
        <>
          <Button onPress={onClose}>{theirs ? `Keep take ${theirs.seq}` : "Leave it so"}</Button>
          <Button
            look="primary"
            onPress={() => {
              onClose();
              void acts.pin(take);
            }}
          >
            Pin take {mine.seq} anyway
          </Button>
        </>
      }
    >
      <p className={css.words}>
        {they} {did} of “{at.title}” while you chose take {mine.seq}. Both takes are kept either way.
      </p>
      <div className={css.pair}>
        {theirs && <Face take={theirs} words={`Take ${theirs.seq}, pinned now`} />}
        <Face take={mine} words={`Take ${mine.seq}, your choice`} />
      </div>
    </Dialog>
  );
}

function Face({ take, words }: { take: Take; words: string }) {
  return (
    <figure className={css.face}>
      <Poster take={take} label="" className={css.poster} />
      <figcaption>{words}</figcaption>
    </figure>
  );
}
