import { type CSSProperties, type PointerEvent, useEffect, useRef, useState } from "react";
import { face, type MediaKind, type Take } from "../canvas/model";
import { drained } from "../wire/http";
import { knownUrls, type MediaUrls, mediaUrls } from "../wire/media";
import css from "./Media.module.css";

/** Signed addresses of a content, undefined until they are there. */
export function useMedia(content: string | undefined): MediaUrls | undefined {
  const [found, setFound] = useState<{ content: string; urls: MediaUrls } | null>(null);
  useEffect(() => {
    let current = true;
    if (content && !knownUrls(content)) {
      mediaUrls(content).then(
        (urls) => current && setFound({ content, urls }),
        () => undefined, // The place stays without a picture; whoever needs to know why asks for it.
      );
    }
    return () => {
      current = false;
    };
  }, [content]);
  if (!content) return undefined;
  // Never the addresses of what was shown here before.
  return knownUrls(content) ?? (found?.content === content ? found.urls : undefined);
}

interface Sheet {
  url: string;
  count: number;
  columns: number;
  width: number;
  height: number;
}

/** The pointer rests this long before a sheet is loaded: passing over a wall of cards loads nothing. */
const REST_MS = 120;
const CELLS_HEADER = "X-TakeBridge-Cells";
const sheets = new Map<string, Promise<Sheet>>();

async function loadSheet(sprite: string): Promise<Sheet> {
  const response = await drained(await fetch(sprite)); // the picture itself is shown from the browser's cache
  if (!response.ok) throw new Error("no sheet");
  const cells = JSON.parse(response.headers.get(CELLS_HEADER) ?? "{}") as Omit<Sheet, "url">;
  return { ...cells, url: sprite };
}

/** A sheet, loaded once an address. */
function sheetOf(sprite: string): Promise<Sheet> {
  const found = sheets.get(sprite) ?? loadSheet(sprite);
  sheets.set(sprite, found);
  found.catch(() => sheets.delete(sprite));
  if (sheets.size > 200) sheets.delete(sheets.keys().next().value ?? "");
  return found;
}

interface PosterProps {
  take: Take | undefined;
  /** What a person reads: "Take 5 of SH010". Empty where the words beside it say it. */
  label: string;
  /** Show frames under the pointer. */
  scrub?: boolean;
  className?: string | undefined;
}

/** A take's still. Moving over it scrubs through a sheet of small frames: no film is loaded. */
export function Poster({ take, label, scrub = true, className }: PosterProps) {
  const shown = take && face(take);
  const picture = shown && shown.type !== "text" && shown.type !== "other";
  const urls = useMedia(picture ? shown.output.content : undefined);
  const [cell, setCell] = useState<CSSProperties | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const at = useRef(0);

  const move = (event: PointerEvent<HTMLDivElement>) => {
    if (!scrub || !urls || shown?.type !== "video" || event.pointerType === "touch") return;
    const box = event.currentTarget.getBoundingClientRect();
    at.current = Math.min(0.999, Math.max(0, (event.clientX - box.left) / box.width));
    if (cell) void sheetOf(urls.sprite).then((sheet) => setCell(cellStyle(sheet, at.current)));
    else if (timer.current === undefined) {
      timer.current = setTimeout(() => {
        sheetOf(urls.sprite).then(
          (sheet) => timer.current !== undefined && setCell(cellStyle(sheet, at.current)),
          () => undefined,
        );
      }, REST_MS);
    }
  };
  const leave = () => {
    clearTimeout(timer.current);
    timer.current = undefined;
    setCell(null);
  };
  useEffect(() => () => clearTimeout(timer.current), []);

  return (
    <div className={`${css.poster} ${className ?? ""}`} onPointerMove={move} onPointerLeave={leave}>
      {urls ? (
        <img src={urls.poster} alt={label} draggable={false} decoding="async" loading="lazy" />
      ) : (
        <Placeholder kind={shown?.type} label={label} />
      )}
      {cell && <div className={css.cell} style={cell} aria-hidden />}
    </div>
  );
}

function Placeholder({ kind, label }: { kind: MediaKind | undefined; label: string }) {
  const glyph = kind === "text" ? "¶" : kind === "audio" ? "∿" : "";
  return (
    <span className={css.placeholder}>
      {label && <span className="visually-hidden">{label}</span>}
      {glyph}
    </span>
  );
}

/** A background that shows the cell at `part` (0 to 1) of a sheet, filling its box. */
export function cellStyle(sheet: Sheet, part: number): CSSProperties {
  const cell = Math.min(sheet.count - 1, Math.floor(part * sheet.count));
  const rows = Math.ceil(sheet.count / sheet.columns);
  const column = cell % sheet.columns;
  const row = Math.floor(cell / sheet.columns);
  const across = (index: number, of: number) => (of > 1 ? (index / (of - 1)) * 100 : 0);
  return {
    backgroundImage: `url("${sheet.url}")`,
    backgroundSize: `${sheet.columns * 100}% ${rows * 100}%`,
    backgroundPosition: `${across(column, sheet.columns)}% ${across(row, rows)}%`,
    aspectRatio: `${sheet.width} / ${sheet.height}`,
  };
}
