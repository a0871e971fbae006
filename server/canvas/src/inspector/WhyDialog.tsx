import { useKind, useMay, useSession, useView } from "../app/session";
import { open } from "../app/slots";
import type { Node } from "../canvas/model";
import { stateMark } from "../canvas/words";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { State } from "../ui/State";
import { attempt } from "../ui/toasts";
import { useAsked } from "./asking";
import { askTray, askWhy } from "./questions";
import { nameOf } from "./reasons";
import { keepAsIs, setLocked } from "./verbs";
import { ChangeShown } from "./why/ChangeShown";
import css from "./why/why.module.css";

/** Why a take is out of date: what it was made from then, and what stands there now. */
export function WhyDialog({ node: id, onClose }: { node: string; onClose(): void }) {
  const session = useSession();
  const node = useView((view) => view.seen?.doc.nodes[id]);
  const state = useView((view) => view.seen?.states[id]);
  const kind = useKind(node?.kind ?? "");
  const take = useView((view) => (node?.pin ? view.seen?.doc.takes[node.pin] : undefined));
  const asked = useAsked(node ? `${session.id} ${id} ${node.pin} ${state?.expected_fp}` : null, () =>
    askWhy(session.id, id),
  );
  const name = nameOf(node, kind);
  const brought = take && take.recipe === null;
  return (
    <Dialog
      title={`Why ${name} is ${state?.status === "accepted" ? "kept as is" : "out of date"}`}
      wide
      onClose={onClose}
      foot={node && <Choices node={node} onClose={onClose} />}
    >
      <div className={css.changes}>
        {state && (
          <p className={css.legend}>
            <State mark={stateMark(state.status)} />
            {take && ` Take ${take.seq} was made from what stands on the left. On the right is what is there now.`}
          </p>
        )}
        {asked.problem && <p role="alert">{`${asked.problem.message} ${asked.problem.hint}`}</p>}
        {!asked.data && !asked.problem && <p role="status">Comparing.</p>}
        {asked.data?.length === 0 && (
          <p>
            {brought
              ? "This take was brought in, so nobody knows what it was made from. Keep it as is, or generate one."
              : "Nothing differs any more: the take fits what is there now."}
          </p>
        )}
        {node && asked.data?.map((change) => <ChangeShown key={change.path} change={change} node={node} kind={kind} />)}
      </div>
    </Dialog>
  );
}

/** What can be done about it, the free choices first. */
function Choices({ node, onClose }: { node: Node; onClose(): void }) {
  const session = useSession();
  const mayEdit = useMay("editor");
  const state = useView((view) => view.seen?.states[node.id]);
  const { data: tray } = useAsked(`${session.id} ${node.id} ${node.pin} ${state?.expected_fp}`, () =>
    askTray(session.id, node.id),
  );
  const fits = useView((view) => (tray?.revert ? view.seen?.doc.takes[tray.revert] : undefined));
  const stale = state?.status === "stale";
  const then = (work: Promise<unknown>) => void work.then((done) => done !== undefined && onClose());
  const back = () =>
    fits && then(attempt(() => session.commit([{ op: "pin", node: node.id, take: fits.id, expected: node.pin }])));
  return (
    <>
      {!mayEdit && <span className={css.legend}>Changing this needs the role editor.</span>}
      <Button isDisabled={!mayEdit} onPress={() => then(setLocked(session, [node.id], !node.locked))}>
        {node.locked ? "Unlock" : "Lock"}
      </Button>
      {stale && state && node.pin && (
        <Button isDisabled={!mayEdit} onPress={() => then(keepAsIs(session, node, state).then(() => true))}>
          Keep as is
        </Button>
      )}
      {fits && (
        <Button look="primary" isDisabled={!mayEdit} onPress={back}>
          Go back to take {fits.seq}: it fits, and costs nothing
        </Button>
      )}
      {!node.locked && (
        <Button
          look={fits ? "plain" : "primary"}
          isDisabled={!mayEdit}
          onPress={() => open({ kind: "plan", scope: { kind: "node", nodes: [node.id] } })}
        >
          Generate again
        </Button>
      )}
    </>
  );
}
