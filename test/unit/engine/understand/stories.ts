import {
  type DialogueInput,
  type DialogueOutput,
  nextTurn,
  openDialogue,
} from "../../../../src/engine/understand/dialogue.ts";
import type { DialogueState } from "../../../../src/engine/understand/dialogue-state.ts";
import { type Language, openLanguage } from "../../../../src/engine/understand/language.ts";
import { readWording } from "../../../../src/engine/understand/wording.ts";
import { enginePhrases, TOOLS, toolSpecs } from "../../../../src/tools/index.ts";
import { LISTS } from "../../../../src/tools/lists.ts";
import type { Phrases } from "../../../../src/tools/tool.ts";

const given = (kind: keyof Phrases) =>
  Object.fromEntries(
    Object.entries(enginePhrases(TOOLS)).flatMap(([name, phrases]) =>
      phrases[kind] === undefined ? [] : [[name, phrases[kind]]],
    ),
  );

/** The language of the tools that we ship. */
export const carLanguage = (): Language =>
  openLanguage({
    phrases: given("en"),
    after: given("en-x-after"),
    topics: given("en-x-topic"),
    lists: LISTS,
    wakeWord: "jarvis",
    tools: new Map(
      toolSpecs(TOOLS).map(({ name, parameters }) => [name, Object.keys(parameters["properties"] as object)]),
    ),
  });

/** Typed words, or an input as it is. */
export type Line = string | DialogueInput | { readonly results: readonly object[] };

/** A conversation in which nothing is acknowledged: what is said and called at each line. */
export function conversation(language: Language) {
  let state: DialogueState = openDialogue(language, readWording({ ack: [] }));
  return {
    get state() {
      return state;
    },
    /** Results answer the calls that are still open, in their order. */
    next(line: Line): readonly DialogueOutput[] {
      const turn = nextTurn(state, inputOf(line, state));
      state = turn.state;
      return turn.output;
    },
  };
}

function inputOf(line: Line, { memory: { made } }: DialogueState): DialogueInput {
  if (typeof line === "string") return { type: "typed", text: line };
  if ("type" in line) return line;
  const outputs = line.results.map((output, index) => {
    const { id, name } = made[index] ?? { id: 0, name: "" };
    return { callId: `call-${id}`, name, call: id, output };
  });
  return { type: "tool-outputs", outputs };
}

/** "window_set percent=100 which=driver", or the words in quotes. */
export const shown = (outputs: readonly DialogueOutput[]): string =>
  outputs
    .map((output) => {
      if (output.type === "say") return `"${output.text}"`;
      const args = Object.entries(output.args).map(([slot, value]) => `${slot}=${String(value)}`);
      return [output.name, ...args.sort()].join(" ");
    })
    .join(", ");
