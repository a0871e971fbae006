import { useSession, useView } from "../app/session";
import { Dialog } from "../ui/Dialog";
import css from "./comments/comments.module.css";
import { Threads } from "./comments/Threads";
import { nameOf } from "./reasons";

interface Props {
  node: string;
  take?: string | undefined;
  frame?: number | undefined;
  onClose(): void;
}

/** Comments on a node; what is written is about the take and frame it was opened for. */
export function CommentsDialog({ node: id, take, frame, onClose }: Props) {
  const session = useSession();
  const node = useView((view) => view.seen?.doc.nodes[id]);
  return (
    <Dialog title={`Comments on ${nameOf(node, node && session.kinds[node.kind])}`} onClose={onClose}>
      <div className={css.dialog}>
        <Threads node={id} take={take} frame={frame} autoFocus />
      </div>
    </Dialog>
  );
}
