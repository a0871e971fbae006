import { Ellipsis } from "lucide-react";
import { useState } from "react";
import { Link } from "wouter";
import { canvasPath } from "../app/routes";
import { useMay } from "../app/session";
import type { Take } from "../canvas/model";
import { ago } from "../canvas/words";
import { IconButton } from "../ui/Button";
import { Poster } from "../ui/Media";
import { Menu } from "../ui/Menu";
import type { CanvasSummary } from "../wire/api.gen";
import css from "./Home.module.css";
import { RenameCanvas } from "./RenameCanvas";

const count = (many: number, one: string) => `${many} ${one}${many === 1 ? "" : "s"}`;

/** A canvas: its title, how much is on it, who changed it last, and a picture of it. */
export function CanvasCard({ canvas }: { canvas: CanvasSummary }) {
  const may = useMay("editor");
  const [renaming, setRenaming] = useState(false);
  const { poster, title, unfinished } = canvas;
  return (
    <li className={css.place}>
      <Link href={canvasPath(canvas.canvas)} className={css.card}>
        {poster ? (
          <Poster take={poster as unknown as Take} label="" className={css.poster} />
        ) : (
          <span className={css.poster} aria-hidden>
            ○
          </span>
        )}
        <bdi className={css.cardTitle} title={title}>
          {title || "Untitled"}
        </bdi>
        <span className={css.quiet}>
          {count(canvas.nodes, "node")} · {count(canvas.takes, "take")}
          {unfinished > 0 && ` · ${count(unfinished, "job")} not finished`}
        </span>
        <span className={css.quiet} title={canvas.changed_at}>
          {ago(canvas.changed_at)}
          {canvas.changed_by && (
            <>
              {" by "}
              <bdi>{canvas.changed_by}</bdi>
            </>
          )}
        </span>
      </Link>
      {may && (
        <span className={css.more}>
          <Menu
            label={`More about ${title || "Untitled"}`}
            items={[{ id: "rename", title: "Rename …", run: () => setRenaming(true) }]}
            trigger={
              <IconButton label={`More about ${title || "Untitled"}`}>
                <Ellipsis size={16} aria-hidden />
              </IconButton>
            }
          />
        </span>
      )}
      {renaming && <RenameCanvas id={canvas.canvas} title={title} onClose={() => setRenaming(false)} />}
    </li>
  );
}
