import { useEffect, useMemo, useRef, useState } from "react";
import { useSession } from "../app/session";
import { type Doc, mediaKind, type Take } from "../canvas/model";
import { api, got } from "../wire/http";

const kept = new Map<string, Promise<string>>();
const MOST_KEPT = 2000;
/** Asked for at once: a search through a film may want the words of a thousand takes. */
const TOGETHER = 8;
const NO_WORDS = (): string => "";
const NO_TEXTS: ReadonlyMap<string, string> = new Map();

/** The words of one output of a take; asked for once. */
function textOf(canvas: string, take: string, port: string): Promise<string> {
  const key = `${take} ${port}`;
  const found = kept.get(key);
  if (found) return found;
  const params = { path: { canvas_id: canvas, take_id: take }, query: { port } };
  const asked = got(api.GET("/api/canvases/{canvas_id}/takes/{take_id}/text", { params })).then((said) => said.text);
  kept.set(key, asked);
  asked.catch(() => kept.delete(key));
  if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value ?? "");
  return asked;
}

/** The words of outputs, in order; null until they are there, an empty text for what cannot be read. */
export function useTexts(wanted: readonly { take: string; port: string }[]): readonly string[] | null {
  const { id } = useSession();
  const [texts, setTexts] = useState<{ key: string; words: readonly string[] } | null>(null);
  const key = wanted.map((one) => `${one.take} ${one.port}`).join("\n");
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` stands for what is wanted.
  useEffect(() => {
    let current = true;
    void wordsOf(id, wanted, () => current).then((words) => current && setTexts({ key, words }));
    return () => {
      current = false;
    };
  }, [id, key]);
  return texts?.key === key ? texts.words : null;
}

/** The words of many outputs, a few at a time; stops asking once nobody wants them. */
async function wordsOf(
  canvas: string,
  wanted: readonly { take: string; port: string }[],
  still: () => boolean,
): Promise<readonly string[]> {
  const words: string[] = [];
  for (let first = 0; first < wanted.length && still(); first += TOGETHER) {
    const some = wanted.slice(first, first + TOGETHER);
    words.push(...(await Promise.all(some.map((one) => textOf(canvas, one.take, one.port).catch(() => "")))));
  }
  return words;
}

/** Where the words of a take's prompt lie: the texts among what it was made from. */
export function promptSources(takes: Doc["takes"], take: Take): readonly { take: string; port: string }[] {
  return (take.recipe?.inputs ?? []).flatMap((input) => {
    const source = takes[input.take];
    const port = Object.entries(source?.outputs ?? {}).find(
      ([, output]) => output.content === input.content && mediaKind(output) === "text",
    );
    return port ? [{ take: input.take, port: port[0] }] : [];
  });
}

/** The prompt written at the node itself, as the take was made. */
export const ownPrompt = (take: Take): string => {
  const params = take.recipe?.params ?? {};
  return [params["prompt"], params["avoid"], params["text"]].filter((one) => typeof one === "string").join("\n");
};

/**
 * What was asked for in words, by take, for searching. Only what is written at nodes until `wanted`: then the texts
 * of the wires are fetched as well, every one once. Another function only once other words are known.
 */
export function usePrompts(doc: Doc | undefined, wanted: boolean): (entry: { readonly take: Take }) => string {
  const latest = useRef(doc);
  latest.current = doc;
  const takes = wanted ? doc?.takes : undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the words of takes change with the takes alone.
  const all = useMemo(() => {
    const found = new Map<string, { take: string; port: string }>();
    if (!takes || !doc) return [];
    for (const node of Object.keys(doc.nodes)) {
      for (const take of doc.traysOf[node] ?? []) {
        for (const source of promptSources(takes, take)) found.set(`${source.take} ${source.port}`, source);
      }
    }
    return [...found.values()];
  }, [takes]);
  const texts = useTexts(all);
  const words = useRef(NO_TEXTS);
  if (texts) words.current = new Map(all.map((one, index) => [`${one.take} ${one.port}`, texts[index] ?? ""]));
  // biome-ignore lint/correctness/useExhaustiveDependencies: other words make another function.
  return useMemo(() => {
    if (!wanted) return NO_WORDS;
    const prompts = new WeakMap<object, string>();
    return ({ take }) => {
      const { recipe } = take;
      if (!recipe || !latest.current) return "";
      const known = prompts.get(recipe);
      if (known !== undefined) return known;
      const wired = promptSources(latest.current.takes, take);
      const prompt = [ownPrompt(take), ...wired.map((one) => words.current.get(`${one.take} ${one.port}`) ?? "")];
      prompts.set(recipe, prompt.join("\n"));
      return prompt.join("\n");
    };
  }, [wanted, texts]);
}
