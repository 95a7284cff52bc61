import type { EngineConfig } from "./engine-event.ts";
import { compileGrammar } from "./understand/compile.ts";
import { type DialogueState, openDialogue } from "./understand/dialogue.ts";
import type { GrammarSpec } from "./understand/grammar.ts";
import { phrasesFromSchema } from "./understand/schema-phrases.ts";
import { readWording } from "./understand/wording.ts";

/** A configuration made ready for use. */
export interface Understanding {
  /** For the recogniser. */
  readonly grammar: GrammarSpec;
  readonly dialogue: DialogueState;
  /** Whole sentences that are said without thinking: worth rendering beforehand. */
  readonly reflexes: readonly string[];
}

/** For clients that give none: a name that the recogniser knows how to pronounce. */
export const DEFAULT_NAME = "jarvis";

/** Throws a GrammarError that names every mistake. `turns` carries on where an earlier dialogue was. */
export function understand({ tools, extension }: EngineConfig, turns = 0): Understanding {
  const grammar = grammarOf(tools, extension);
  const wording = readWording(extension?.wording);
  return {
    grammar,
    dialogue: openDialogue(compileGrammar(grammar), wording, turns),
    reflexes: Object.values(wording)
      .flat()
      .filter((text) => !text.includes("{")),
  };
}

/** The client's own English phrases; for tools without any, phrases made of their names and schemas. */
function grammarOf(tools: EngineConfig["tools"], extension: EngineConfig["extension"]): GrammarSpec {
  const own = tools.flatMap(({ name }) => {
    const phrases = extension !== undefined && Object.hasOwn(extension.phrases, name) ? extension.phrases[name] : {};
    return phrases?.["en"] === undefined ? [] : [[name, phrases["en"]] as const];
  });
  const phrases = Object.fromEntries(own);
  const made = phrasesFromSchema(tools.filter(({ name }) => !Object.hasOwn(phrases, name)));
  return {
    phrases: { ...made.phrases, ...phrases },
    lists: { ...made.lists, ...extension?.lists },
    wakeWord: extension?.wakeWord ?? DEFAULT_NAME,
  };
}
