/** The three ways a take comes onto the timeline, and which of them an editor offers (docs/panel-api.md). Pure. */
import type { PutRequest } from "../wire/api.gen";

export type How = NonNullable<PutRequest["how"]>;

export interface HowChoice {
  readonly id: How;
  readonly title: string;
  readonly words: string;
  readonly whyNot: string;
}

const NEEDS: Readonly<Record<How, readonly string[]>> = {
  take: ["clip.add_take", "clip.pull", "clip.swap"],
  replace: ["clip.replace", "clip.place"],
  above: ["clip.place"],
};

/** The ways, each with why an editor with these verbs does not offer it. Without any verbs known nothing is ruled out. */
export function hows(capabilities: ReadonlySet<string>, product: string): readonly HowChoice[] {
  const why = (how: How) =>
    capabilities.size === 0 || NEEDS[how].some((verb) => capabilities.has(verb)) ? "" : `${product} does not offer it.`;
  const native = capabilities.size === 0 || capabilities.has("clip.add_take") || capabilities.has("clip.pull");
  return [
    {
      id: "take",
      title: native ? "As a take of the clip" : "Stacked above the clip",
      words: native
        ? "It joins the clip as the editor's own take and is selected; the media it shows now stays as another take."
        : "This editor has no takes of its own: the clip stays below.",
      whyNot: why("take"),
    },
    {
      id: "replace",
      title: "In the clip's place",
      words: "The clip gives way to the take, on the same frames.",
      whyNot: why("replace"),
    },
    {
      id: "above",
      title: "On a track above",
      words: "It lies over the same frames on a free video track; the clip stays.",
      whyNot: why("above"),
    },
  ];
}
