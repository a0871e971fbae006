import createClient from "openapi-fetch";
import type { ErrorBody, paths } from "./api.gen";
import { learnTime } from "./clock";
import { Problem, unreachable } from "./problem";

/** Every unsafe request says that it comes from a page of ours (guard.py): a form of another page cannot. */
const HEADERS = { "X-TakeBridge": "1" };

type Refused = (problem: Problem) => void;
const refused = new Set<Refused>();

/** Hear of every refusal, for instance to show that the session has ended. Returns how to stop. */
export function onRefusal(listener: Refused): () => void {
  refused.add(listener);
  return () => refused.delete(listener);
}

/** Turn an answer that is no success into a thrown Problem. */
export async function refuse(response: Response): Promise<never> {
  const body = (await response.json().catch(() => null)) as ErrorBody | null;
  const problem = body?.code
    ? new Problem(body, response.status)
    : new Problem({ code: "internal", message: `The bridge answered ${response.status}.` }, response.status);
  for (const listener of refused) listener(problem);
  throw problem;
}

/** What a request that is under way answers. Throws a Problem. */
export async function answered<T>(coming: Promise<Response>): Promise<T> {
  const response = await orSay(coming);
  return (response.ok ? await response.json() : await refuse(response)) as T;
}

const fetchOrSay = (input: Request): Promise<Response> => orSay(fetch(input));

async function orSay(coming: Promise<Response>): Promise<Response> {
  try {
    const response = await coming;
    learnTime(response);
    return response;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw unreachable();
  }
}

/** The typed client. Its methods answer `{data}`; a refusal is thrown as a Problem. */
export const api = createClient<paths>({ baseUrl: location.origin, headers: HEADERS, fetch: fetchOrSay });
api.use({
  async onResponse({ response }) {
    if (!response.ok) await refuse(response);
    return response;
  },
});

/** The data of an answer that has one: `const canvas = await got(api.GET("/api/canvases/{canvas_id}", …))`. */
export async function got<T>(answer: Promise<{ data?: T }>): Promise<T> {
  const { data } = await answer;
  return data as T;
}

/** A request to a route by its path, for bodies that are no JSON. Throws a Problem. */
export async function send(
  method: string,
  path: string,
  body?: BodyInit,
  headers: HeadersInit = {},
  signal: AbortSignal | null = null,
): Promise<Response> {
  const request = new Request(new URL(path, location.origin), {
    method,
    body: body ?? null,
    headers: { ...HEADERS, ...headers },
    signal,
  });
  const response = await fetchOrSay(request);
  return response.ok ? response : refuse(response);
}

/** A request whose answer has no words that matter. Throws a Problem. */
export async function tell(...asked: Parameters<typeof send>): Promise<void> {
  await drained(await send(...asked));
}

/**
 * Read an answer to its end. Chromium keeps a file open for every answer whose body nobody reads, as long as the page
 * lives; a page may have 16,384, and then asks for nothing any more.
 */
export async function drained(response: Response): Promise<Response> {
  await response.arrayBuffer();
  return response;
}
