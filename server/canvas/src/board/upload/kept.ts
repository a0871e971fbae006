/** Uploads this browser has begun, so that after a reload the same file goes on where it stopped. */
interface Kept {
  id: string;
  at: number;
}

const KEY = "takebridge.uploads";
/** The bridge forgets unfinished uploads after a week. */
const WEEK = 7 * 24 * 3600_000;

/** The same file: its name, size and time of change; its words are not read for this. */
const nameOf = (canvas: string, file: Pick<File, "name" | "size" | "lastModified">): string =>
  JSON.stringify([canvas, file.name, file.size, file.lastModified]);

function all(now = Date.now()): Record<string, Kept> {
  try {
    const said = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Record<string, Kept>;
    return Object.fromEntries(Object.entries(said).filter(([, one]) => one.id && now - one.at < WEEK));
  } catch {
    return {};
  }
}

function write(kept: Record<string, Kept>): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // A browser that keeps nothing: an upload cannot go on after a reload, that is all.
  }
}

export const keptUpload = (canvas: string, file: Pick<File, "name" | "size" | "lastModified">): string | undefined =>
  all()[nameOf(canvas, file)]?.id;

export function rememberUpload(canvas: string, file: Pick<File, "name" | "size" | "lastModified">, id: string): void {
  write({ ...all(), [nameOf(canvas, file)]: { id, at: Date.now() } });
}

export function forget(canvas: string, file: Pick<File, "name" | "size" | "lastModified">): void {
  const { [nameOf(canvas, file)]: _, ...left } = all();
  write(left);
}
