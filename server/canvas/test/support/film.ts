/**
 * A small film with everything in it that a view can show: takes in several ratings, a node of every state, comments,
 * a job that runs and one that failed, and a linked cut with a conflict in an emulated Resolve.
 *
 *     const film = await makeFilm(stage.bridge);
 *     await withJobs(film);        // one runs without end, one has failed
 *     await withCut(film);         // four linked clips, one conflict
 *
 * Files of takes are numbered: what lies in `canvas_files` beside the data folder is used, the rest is drawn.
 */
import fs from "node:fs";
import path from "node:path";
import type { Bridge } from "./bridge";

export interface Film {
  bridge: Bridge;
  canvas: string;
  /** Of the template: script, hero, place, still_s01a …, and shot_s01a … */
  nodes: Record<string, string>;
}

const SHOTS = ["s01a", "s01b", "s01c", "s02a", "s02b", "s02c"] as const;
const TITLES = ["The burrow", "He wakes", "The stretch", "The yawn", "Evening sky", "Somebody comes"];
const ALTERNATIVES: Readonly<Record<string, readonly number[]>> = {
  s01a: [11],
  s01b: [12],
  s01c: [13, 16],
  s02a: [14, 21],
  s02b: [22],
};
const SCRIPT = [
  "# A morning off",
  "## [s01] EXT. BURROW – DAWN",
  "### [s01a] Wide, locked-off, 4 seconds",
  "Mist in the grass. Two ears, then a paw on the stone.",
  "### [s01b] Mid-shot, slow push in, 3 seconds",
  "He looks out, decides for the day, and smiles.",
  "### [s01c] Wide, static, 4 seconds",
  "Both arms up. The whole meadow makes room for it.",
  "## [s02] EXT. MEADOW – EVENING",
  "### [s02a] Close, handheld, 3 seconds",
  "The yawn of somebody who has nowhere to be.",
  "### [s02b] Sky, slow tilt, 4 seconds",
  "The light goes over the hedge.",
  "### [s02c] Mid-shot, static, 3 seconds",
  "A hand against the sun: somebody is coming up the path.",
].join("\n");

/** Frames of a pushed clip of 48 with its handles of 12. */
const WITH_HANDLES = 72;

let last = 0;
export const ops = (film: Pick<Film, "bridge" | "canvas">, list: readonly object[]) =>
  film.bridge.api("POST", `/api/canvases/${film.canvas}/ops`, { op_id: `film_${process.pid}_${++last}`, ops: list });

/** One more take of a node, of the numbered file. */
export async function give(film: Film, name: string, clip_id: number, frames = 48): Promise<string> {
  const asked = { canvas: film.canvas, node: film.nodes[name], clip_id, frames, author: "Ada" };
  return (await film.bridge.ask<{ take: string }>("take", asked)).take;
}

export async function makeFilm(bridge: Bridge, title = "A morning off"): Promise<Film> {
  const made = await bridge.ask<{ canvas: string; nodes: Record<string, string> }>("template", {
    ...{ name: "stills-to-animatic", inputs: { script: SCRIPT }, run: false },
  });
  const film: Film = { bridge, ...made };
  for (const shot of SHOTS) film.nodes[`shot_${shot}`] = `shot_${shot}_${film.canvas}`;
  film.nodes["film"] = `film_${film.canvas}`;
  await ops(film, [{ op: "set_canvas_title", title }, ...laidOut(film), ...videos(film)]);
  await takes(film);
  await standing(film);
  return film;
}

function laidOut({ nodes }: Film): object[] {
  const at = (name: string, x: number, y: number) => ({ op: "move_node", node: nodes[name], x, y });
  return [
    ...(nodes["note"] ? [{ op: "remove_node", node: nodes["note"] }] : []),
    ...[at("script", 0, 0), at("hero", 0, 300), at("place", 0, 600)],
    ...SHOTS.map((shot, row) => at(`still_${shot}`, 400, row * 300)),
    ...[at("board", 1200, 600), at("export", 1600, 600)],
    { op: "set_title", node: nodes["hero"], title: "The rabbit" },
    { op: "set_title", node: nodes["place"], title: "The meadow" },
    ...SHOTS.map((shot, row) => ({
      ...{ op: "set_title", node: nodes[`still_${shot}`], title: `${shot.toUpperCase()} ${TITLES[row]}: still` },
    })),
  ];
}

function videos({ nodes }: Film): object[] {
  const wire = (id: string, from: [string, string], to: [string, string]) => ({
    ...{ op: "connect", id: `${id}_${nodes["film"]}` },
    ...{ src_node: nodes[from[0]], src_port: from[1], dst_node: nodes[to[0]], dst_port: to[1] },
  });
  const shots = SHOTS.map((shot, row) => ({
    ...{ op: "add_node", id: nodes[`shot_${shot}`], kind: "video", title: `${shot.toUpperCase()} ${TITLES[row]}` },
    ...{ x: 800, y: row * 300, model: "stage/video" },
    params: { prompt: "Locked-off, then a slow push in.", duration_ms: 2000, aspect: "16:9", rate: "24/1" },
  }));
  const film = { op: "add_node", id: nodes["film"], kind: "nle_export", title: "Film for the editor", x: 1200, y: 0 };
  return [
    ...shots,
    { ...film, model: "local/assemble" },
    ...SHOTS.flatMap((shot) => [
      wire(`start_${shot}`, [`still_${shot}`, "image"], [`shot_${shot}`, "start_frame"]),
      wire(`clip_${shot}`, [`shot_${shot}`, "video"], ["film", "clips"]),
    ]),
  ];
}

async function takes(film: Film): Promise<void> {
  await Promise.all([give(film, "hero", 4), give(film, "place", 5)]);
  await Promise.all(SHOTS.map((shot, index) => takesOf(film, shot, index + 1)));
}

async function takesOf(film: Film, shot: string, last: number): Promise<void> {
  const other = ALTERNATIVES[shot] ?? [];
  for (const number of [...other, last]) await give(film, `still_${shot}`, number);
  if (shot === "s02c") return; // waits for its first take
  for (const number of [...other, last]) {
    const take = await give(film, `shot_${shot}`, number);
    await rate(film, take, number === last ? 4 + (last % 2) : 2 + (number % 3));
  }
}

const rate = (film: Film, take: string, rating: number) => ops(film, [{ op: "rate_take", take, rating }]);

/** One of each: locked, out of date, kept as is, may change; and words on a take and on a node. */
async function standing(film: Film): Promise<void> {
  const { bridge, canvas, nodes } = film;
  await ops(film, [
    { op: "set_locked", node: nodes["shot_s01a"], locked: true },
    { op: "set_param", node: nodes["still_s01c"], name: "prompt", value: "Both arms up, ears flat in the wind" },
    { op: "set_param", node: nodes["shot_s02a"], name: "prompt", value: "Handheld, he sways a little" },
  ]);
  await accept(film, "shot_s02a");
  const said = [
    { node: nodes["shot_s01b"], text: "Hold the smile half a second longer.", author: "Ines" },
    { node: nodes["still_s01c"], text: "Ears in the wind, as on the board.", author: "Tom" },
  ];
  for (const words of said) await bridge.api("POST", `/api/canvases/${canvas}/comments`, words);
}

interface Snapshot {
  canvas: { nodes: Record<string, { pin: string | null }> };
  states: Record<string, { status: string; expected_fp: string | null }>;
}

async function accept(film: Film, name: string): Promise<void> {
  const node = film.nodes[name] ?? "";
  const { canvas, states } = await film.bridge.api<Snapshot>("GET", `/api/canvases/${film.canvas}`);
  const fp = states[node]?.expected_fp;
  await ops(film, [{ op: "accept", node, take: canvas.nodes[node]?.pin, fp }]);
}

/** A job that runs without end (the last shot), one that has failed, and a budget; with `taken`, one that made a take. */
export async function withJobs(film: Film, taken = true): Promise<void> {
  const { bridge, nodes } = film;
  await bridge.api("PUT", "/api/ledger/caps", { scope: "day", currency: "USD", limit_micros: 20_000_000 });
  const failed = { ending: "failed", message: "The model refused the prompt (policy).", work_ms: 50, cost: 0 };
  const done = { work_ms: 50, cost: 150_000 };
  const asked: [string, object][] = [
    ["shot_s01b", failed],
    ["shot_s02c", { ending: "never" }],
  ];
  for (const [name, part] of taken ? [["shot_s02b", done] as [string, object], ...asked] : asked) {
    await bridge.ask("provider", { next: [part] });
    const started = await bridge.api<{ job: string }>("POST", "/api/jobs", {
      ...{ canvas_id: film.canvas, node_id: nodes[name], max_micros: 200_000, author: "Ada" },
    });
    await until(bridge, started.job, part === done || part === failed);
  }
}

async function until(bridge: Bridge, job: string, ended: boolean): Promise<void> {
  const late = Date.now() + 30_000;
  for (;;) {
    const { state } = await bridge.api<{ state: string }>("GET", `/api/jobs/${job}`);
    if (ended ? /succeeded|failed|done|complete/.test(state) : /running|submitted|progress/.test(state)) return;
    if (Date.now() > late) throw new Error(`job ${job} is still ${state}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** What a person did in Resolve: a verb of tests/support/web_bridge.py and its words. */
type Edit = readonly [verb: string, words: object];

/** Resolve with four clips, all linked; the canvas has a new take of the second, and of the third, which is deleted. */
export async function withCut(
  film: Film,
  cameras?: string,
  [verb, words]: Edit = ["resolve.delete", { shot: 3 }],
): Promise<void> {
  const { bridge, canvas } = film;
  await bridge.ask(
    "resolve.start",
    cameras ? { spec: timeline(cameras) } : { clips: 4, frames: 48, timeline: "REEL 1" },
  );
  const pushed = await bridge.api<{ nodes: { upscale: string } }[]>("POST", "/api/clips/push", {
    ...{ canvas_id: canvas, mode: "marks", process: ["upscale"], handles: 12 },
  });
  for (const [index, { nodes }] of pushed.entries()) film.nodes[`cut_${index + 1}`] = nodes.upscale;
  await give(film, "cut_2", 2, WITH_HANDLES);
  await give(film, "cut_3", 3, WITH_HANDLES);
  await bridge.api("POST", "/api/roundtrips", { canvas_id: canvas, dry_run: false });
  await bridge.ask(verb, words);
  await give(film, "cut_3", 13, WITH_HANDLES);
  await give(film, "cut_2", 12, WITH_HANDLES);
}

function timeline(cameras: string): object {
  const clips = [1, 2, 3, 4, 5, 6].map((number, index) => ({
    ...{ kind: "clip", path: path.join(cameras, `camera_${number}.mp4`), name: TITLES[index], track: 1 },
    ...{ timeline_start: index * 48, duration: 48, source_start: 24, audio: false },
  }));
  const form = { name: "REEL 1", rate: "24", start_timecode: "01:00:00:00", width: 640, height: 360 };
  return { project: "A morning off", timeline: form, clips, marks: [0, 4 * 48 - 1] };
}

/** Lay prepared files where the bridge's takes are made from. */
export function useFiles(bridge: Bridge, folder: string): void {
  const into = path.join(path.dirname(bridge.home), "canvas_files");
  fs.mkdirSync(into, { recursive: true });
  for (const name of fs.readdirSync(folder)) fs.copyFileSync(path.join(folder, name), path.join(into, name));
}
