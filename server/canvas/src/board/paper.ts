import { send } from "../wire/http";
import { lossesOf } from "./paperWords";

export const PER_PAGE = [1, 2, 4, 6, 9, 12] as const;

export interface Paper {
  pdf: Blob;
  /** What the PDF could not show, a sentence each. */
  losses: readonly string[];
}

/** The storyboard as PDF. Throws the bridge's Problem. */
export async function printed(canvas: string, film: string | null, perPage: number): Promise<Paper> {
  const query = new URLSearchParams({ per_page: String(perPage) });
  if (film) query.set("export", film);
  const answer = await send("GET", `/api/canvases/${encodeURIComponent(canvas)}/storyboard.pdf?${query}`);
  return { pdf: await answer.blob(), losses: lossesOf(answer.headers.get("X-TakeBridge-Losses")) };
}

/** Let the browser keep a file. */
export function keep(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
