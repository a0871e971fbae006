import { Link } from "wouter";
import { canvasPath } from "../app/routes";
import { Poster } from "../ui/Media";
import css from "./Home.module.css";
import { useGlance } from "./useHome";

/** A canvas: its title, how much is on it, and a picture of it. */
export function CanvasCard({ id, title, look }: { id: string; title: string; look: boolean }) {
  const glance = useGlance(id, look);
  const nodes = glance && `${glance.nodes} ${glance.nodes === 1 ? "node" : "nodes"}`;
  const takes = glance && `${glance.takes} ${glance.takes === 1 ? "take" : "takes"}`;
  return (
    <li>
      <Link href={canvasPath(id)} className={css.card}>
        {glance?.take ? (
          <Poster take={glance.take} label="" className={css.poster} />
        ) : (
          <span className={css.poster} aria-hidden>
            {glance ? "○" : ""}
          </span>
        )}
        <span className={css.cardTitle}>{title || "Untitled"}</span>
        <span className={css.quiet}>{glance ? `${nodes} · ${takes}` : look ? " " : "Open to see it"}</span>
      </Link>
    </li>
  );
}
