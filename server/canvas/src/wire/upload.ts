import type { UploadBegun } from "./api.gen";
import { send, tell } from "./http";
import { asProblem } from "./problem";

const BYTES = { "Content-Type": "application/octet-stream", "X-TakeBridge": "1" };
const JSON_BODY = { "Content-Type": "application/json" };
const TRIES = 5;

/**
 * Send a file to the bridge, part by part from where the last one ended; gives the upload's id. `progress` hears how many
 * bytes are safe. Throws the bridge's Problem; a part that was lost is sent again a few times.
 */
export async function uploadFile(file: File, progress: (bytes: number) => void, stop: AbortSignal): Promise<string> {
  const announced = JSON.stringify({ name: file.name.slice(-200), bytes: file.size });
  const begun = (await (await send("POST", "/api/uploads", announced, JSON_BODY)).json()) as UploadBegun;
  const place = `/api/uploads/${encodeURIComponent(begun.id)}`;
  let { offset } = begun;
  for (let tries = 0; offset < file.size; ) {
    stop.throwIfAborted();
    const part = file.slice(offset, offset + begun.part_bytes);
    try {
      const answer = await send("PATCH", `${place}?offset=${offset}`, part, BYTES);
      ({ offset } = (await answer.json()) as { offset: number });
      tries = 0;
    } catch (thrown) {
      const problem = asProblem(thrown);
      const elsewhere = problem.details["offset"];
      if (problem.code !== "unreachable" && typeof elsewhere !== "number") throw problem;
      if (++tries > TRIES) throw problem;
      if (typeof elsewhere === "number") offset = elsewhere;
      else await new Promise((resolve) => setTimeout(resolve, 500 * tries));
    }
    progress(offset);
  }
  await tell("POST", `${place}/finish`);
  return begun.id;
}
