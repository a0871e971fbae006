import { useEffect, useMemo, useState } from "react";
import { useView } from "../app/session";
import { fact } from "../canvas/model";
import { cellStyle, useMedia } from "../ui/Media";
import type { CutItem } from "../wire/api.gen";
import { useFrame } from "./frames";
import css from "./Picture.module.css";

type At = NonNullable<CutItem["picture"]>;

interface Props {
  readonly picture: At | null;
  /** Why there is none. */
  readonly why?: string | undefined;
  /** What a person hears: "Your timeline: SH030, first frame". */
  readonly label: string;
  readonly reading: string;
  readonly small?: boolean;
}

/** One frame of a stored take or of a clip in the editor; words where there is none. Never a film, never an original. */
export function Picture({ picture, why, label, reading, small = false }: Props) {
  const className = `${css.picture} ${small ? css.small : ""}`;
  if (!picture) {
    return (
      <span className={className} role="img" aria-label={`${label}: ${why || "no picture"}`}>
        <span className={css.why}>{why || "No picture"}</span>
      </span>
    );
  }
  return (
    <span className={className} role="img" aria-label={label}>
      {picture.content ? (
        <Stored content={picture.content} frame={picture.frame} />
      ) : (
        <InEditor picture={picture} reading={reading} small={small} />
      )}
    </span>
  );
}

function InEditor({ picture, reading, small }: { picture: At; reading: string; small: boolean }) {
  const { session, clip, record_frame } = picture;
  const frame = useFrame({ session, clip, record_frame, reading }, small ? 160 : 320);
  if (frame?.url) return <img src={frame.url} alt="" draggable={false} />;
  return <span className={css.why}>{frame?.why ?? ""}</span>;
}

/** The cell of the take's sheet that has the frame; its poster until that is there. */
function Stored({ content, frame }: { content: string; frame: number }) {
  const urls = useMedia(content);
  const takes = useView((view) => view.seen?.doc.takes);
  const frames = useMemo(() => {
    for (const take of Object.values(takes ?? {})) {
      for (const output of Object.values(take.outputs)) {
        if (output.content === content) return fact(output.facts, "frame_count");
      }
    }
    return 0;
  }, [takes, content]);
  const sheet = useSheet(frames > 1 ? urls?.sprite : undefined);
  if (sheet) return <span className={css.cell} style={cellStyle(sheet, Math.min(0.9999, frame / frames))} />;
  return urls ? <img src={urls.poster} alt="" draggable={false} decoding="async" /> : null;
}

type Sheet = Parameters<typeof cellStyle>[0];
const sheets = new Map<string, Promise<Sheet | null>>();

async function load(url: string): Promise<Sheet | null> {
  try {
    const answer = await fetch(url);
    const cells = answer.headers.get("X-TakeBridge-Cells");
    return answer.ok && cells ? { ...(JSON.parse(cells) as Omit<Sheet, "url">), url } : null;
  } catch {
    return null;
  }
}

function useSheet(url: string | undefined): Sheet | null {
  const [sheet, setSheet] = useState<Sheet | null>(null);
  useEffect(() => {
    setSheet(null);
    if (!url) return;
    let current = true;
    const asked = sheets.get(url) ?? load(url);
    sheets.set(url, asked);
    if (sheets.size > 100) sheets.delete(sheets.keys().next().value ?? "");
    void asked.then((found) => current && setSheet(found));
    return () => {
      current = false;
    };
  }, [url]);
  return sheet;
}
