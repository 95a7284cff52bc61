import type { EngineConfig } from "./engine-event.ts";
import { openDialogue } from "./understand/dialogue.ts";
import type { DialogueState } from "./understand/dialogue-state.ts";
import { type LanguageSpec, openLanguage } from "./understand/language.ts";
import { phrasesFromSchema } from "./understand/schema-phrases.ts";
import { readWording } from "./understand/wording.ts";

/** A configuration made ready for use. */
export interface Understanding {
  readonly dialogue: DialogueState;
  /** Whole sentences that are said without thinking: worth rendering beforehand. */
  readonly reflexes: readonly string[];
}

/** For clients that give none: a name that the recogniser knows how to pronounce. */
export const DEFAULT_NAME = "jarvis";

/** What our own clients give in English: templates, what may follow on a call, and names of what a tool is about. */
const ENGLISH = { phrases: "en", after: "en-x-after", topics: "en-x-topic" } as const;

/** Throws a GrammarError that names every mistake. `turns` carries on where an earlier dialogue was. */
export function understand({ tools, extension }: EngineConfig, turns = 0): Understanding {
  const wording = readWording(extension?.wording);
  return {
    dialogue: openDialogue(openLanguage(languageOf(tools, extension)), wording, turns),
    reflexes: Object.values(wording)
      .flat()
      .filter((text) => !text.includes("{")),
  };
}

/** The client's own English phrases; for tools without any, phrases made of their names and schemas. */
function languageOf(tools: EngineConfig["tools"], extension: EngineConfig["extension"]): LanguageSpec {
  const given = (language: string): Readonly<Record<string, readonly string[]>> =>
    Object.fromEntries(
      tools.flatMap(({ name }) => {
        const own = extension !== undefined && Object.hasOwn(extension.phrases, name) ? extension.phrases[name] : {};
        return own?.[language] === undefined ? [] : [[name, own[language]] as const];
      }),
    );
  const phrases = given(ENGLISH.phrases);
  const made = phrasesFromSchema(tools.filter(({ name }) => !Object.hasOwn(phrases, name)));
  return {
    phrases: { ...made.phrases, ...phrases },
    lists: { ...made.lists, ...extension?.lists },
    wakeWord: extension?.wakeWord ?? DEFAULT_NAME,
    after: given(ENGLISH.after),
    topics: given(ENGLISH.topics),
    tools: new Map(tools.map(({ name, parameters }) => [name, namesIn(parameters["properties"])])),
  };
}

const namesIn = (properties: unknown): readonly string[] =>
  typeof properties === "object" && properties !== null ? Object.keys(properties) : [];
