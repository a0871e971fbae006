import type { Kinds } from "../canvas/model";
import type { Choice } from "../ui/Field";

/** What a reference may stand for, as its kind says. */
export function roleChoices(kinds: Kinds): Choice[] {
  const spec = kinds["reference"]?.params.find((one) => one.name === "role");
  return (spec?.choices ?? []).map((one, index) => ({
    id: String(one),
    title: sentence(spec?.words[index] || String(one).replaceAll("_", " ")),
  }));
}

const sentence = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);
