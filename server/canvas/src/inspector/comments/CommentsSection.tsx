import { open } from "../../app/slots";
import { Button } from "../../ui/Button";
import { Section } from "../Section";
import css from "./comments.module.css";
import { useComments, useUnread } from "./store";
import { Threads } from "./Threads";
import { threadsOf } from "./threads";

/** Comments on the selected node, in the column. */
export function CommentsSection({ node }: { node: string }) {
  const { comments } = useComments();
  const fresh = useUnread(node);
  const openOnes = threadsOf(comments ?? [], node).filter((one) => !one.first.resolved_at).length;
  return (
    <Section
      title="Comments"
      aside={
        <>
          {fresh > 0 && (
            <span className={css.fresh}>
              <span aria-hidden>●</span> {fresh} new
            </span>
          )}
          {fresh === 0 && (openOnes > 0 ? `${openOnes} open` : "none open")}
        </>
      }
      shut
    >
      <Threads node={node} />
      <Button look="quiet" onPress={() => open({ kind: "comments", node })}>
        Open large
      </Button>
    </Section>
  );
}
