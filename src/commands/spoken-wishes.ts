import type { Config } from "../config/schema.ts";
import type { GrammarSpec } from "../engine/understand/grammar.ts";
import { enginePhrases, TOOLS } from "../tools/index.ts";
import { LISTS } from "../tools/lists.ts";

/** All that a driver may say, as the embedded recogniser needs to know it. */
export function spokenWishes({ wake }: Config): GrammarSpec {
  const phrases = Object.entries(enginePhrases(TOOLS)).map(([name, { en }]) => [name, en] as const);
  return { phrases: Object.fromEntries(phrases), lists: LISTS, wakeWord: wake.word };
}
