import { type FrameAt, useFrame, WIDTH } from "./frames";
import css from "./Picture.module.css";

interface Props {
  readonly picture: FrameAt | null;
  /** Why there is none. */
  readonly why?: string | undefined;
  /** What a person hears: "Your timeline: SH030, first frame". */
  readonly label: string;
  readonly reading: string;
  readonly small?: boolean;
}

/** One very frame of a stored take or of a clip in the editor; words where there is none. Never a film, never an original. */
export function Picture({ picture, why, label, reading, small = false }: Props) {
  const frame = useFrame(picture, reading, small ? WIDTH : 2 * WIDTH);
  const words = picture ? frame?.why : why || "No picture";
  return (
    <span
      className={`${css.picture} ${small ? css.small : ""}`}
      role="img"
      aria-label={words ? `${label}: ${words}` : label}
    >
      {frame?.url ? <img src={frame.url} alt="" draggable={false} /> : <span className={css.why}>{words}</span>}
    </span>
  );
}
