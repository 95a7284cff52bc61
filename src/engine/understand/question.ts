import type { ListEntry, SpokenCall } from "./grammar.ts";
import { DELTA, type Stock } from "./stock.ts";
import { normalize } from "./typed.ts";

type Args = SpokenCall["args"];

/** One of several things that a call can have meant. */
export interface Option {
  readonly say: string;
  /** All arguments of the call that is meant then. */
  readonly args: Args;
}

/** What the driver has been asked, and what is called with the answer. */
export type Question =
  | { readonly type: "slot"; readonly tool: string; readonly args: Args; readonly slot: string }
  | { readonly type: "choice"; readonly tool: string; readonly options: readonly Option[] };

const ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"];
const CARDINALS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
const SHORTEST_WORD = 3;

export const MAX_OPTIONS = ORDINALS.length;

/** How each option may be named: its whole name, its number, a word that no other has. The value is its index. */
export function optionEntries(options: readonly Option[]): readonly ListEntry[] {
  const names = options.map(({ say }) => normalize(say));
  const words = names.map((name) => name.split(" ").filter((word) => word.length >= SHORTEST_WORD));
  const entries = names.flatMap((name, index) => {
    const others = new Set(words.filter((_, other) => other !== index).flat());
    const own = (words[index] ?? []).filter((word) => !others.has(word));
    return [name, ...own, ORDINALS[index] ?? "", CARDINALS[index] ?? ""].map((say) => ({ say, value: index }));
  });
  return [...entries, { say: "last", value: options.length - 1 }].filter(({ say }) => say !== "");
}

/** "To how many degrees?", "Which destination?" */
export function questionFor({ tool, slot }: Question & { type: "slot" }, { shapes }: Pick<Stock, "shapes">): string {
  const [unit] = shapes.get(tool)?.slots.get(slot)?.units ?? [];
  if (unit !== undefined) return `To how many ${unit}?`;
  if (slot === DELTA) return "By how much?";
  return `Which ${slot
    .replace(/(\p{Ll})(?=\p{Lu})/gu, "$1 ")
    .replaceAll("_", " ")
    .toLowerCase()}?`;
}
