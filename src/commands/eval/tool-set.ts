import { DEFAULT_NAME } from "../../engine/engine-understanding.ts";
import { type CompiledGrammar, compileGrammar, isBuiltIn } from "../../engine/understand/compile.ts";
import type { GrammarSpec, SpokenCall } from "../../engine/understand/grammar.ts";
import { GrammarError } from "../../engine/understand/grammar-error.ts";
import { TOOLS } from "../../tools/index.ts";
import { LISTS } from "../../tools/lists.ts";
import { UsageError } from "../explain.ts";
import { readToolsFile } from "./tools-file.ts";

/** The tools of a file, or our own. */
export function grammarOf(toolsFile: string | undefined): GrammarSpec {
  if (toolsFile !== undefined) return readToolsFile(toolsFile);
  const phrases = Object.fromEntries(TOOLS.map((tool) => [tool.name, tool.phrases.en]));
  return { phrases, lists: LISTS, wakeWord: DEFAULT_NAME };
}

/** Throws a UsageError that names every mistake. */
export function compiled(spec: GrammarSpec): CompiledGrammar {
  try {
    return compileGrammar(spec);
  } catch (error) {
    if (error instanceof GrammarError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

/** The tools of a grammar, without what it understands by itself. */
export const toolsOf = ({ commands }: CompiledGrammar): readonly string[] =>
  [...new Set(commands.map(({ name }) => name))].filter((name) => !isBuiltIn(name));

/** Of what a text asks for, that which would be done. */
export const deedsOf = (calls: readonly SpokenCall[] | undefined): readonly SpokenCall[] =>
  (calls ?? []).filter(({ name }) => !isBuiltIn(name));
