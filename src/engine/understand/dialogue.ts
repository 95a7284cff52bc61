import { CANNOT, type CompiledGrammar, HELP, NEVER_MIND } from "./compile.ts";
import type { SpokenCall } from "./grammar.ts";
import { examplesOf } from "./samples.ts";
import { suggest } from "./suggest.ts";
import { type Outcome, readOutcome, sentence } from "./tool-output.ts";
import { normalize, parseTyped } from "./typed.ts";
import { type Blanks, type Wording, type WordingKey, word } from "./wording.ts";

export type DialogueInput =
  /** From the recogniser; `rejected` when its score says that something else was said. */
  | { readonly type: "heard"; readonly text: string; readonly rejected: boolean }
  /** From a keyboard: any spelling, any punctuation. */
  | { readonly type: "typed"; readonly text: string }
  /** All results of one turn's calls, in the order of the calls. */
  | { readonly type: "tool-outputs"; readonly outputs: readonly ToolOutput[] }
  /** A message from the agent that the driver is to hear: a late failure. */
  | { readonly type: "note"; readonly text: string };

export interface ToolOutput {
  readonly callId: string;
  readonly name: string;
  /** As the client sent it. */
  readonly output: unknown;
}

export type DialogueOutput =
  | { readonly type: "say"; readonly text: string }
  | { readonly type: "call"; readonly name: string; readonly args: SpokenCall["args"] };

export interface DialogueState {
  readonly grammar: CompiledGrammar;
  readonly wording: Wording;
  /** What the driver could ask for: orders that read on after "I can". */
  readonly examples: readonly string[];
  /** The driver's turns so far: which variant of the wording, and which examples, come next. */
  readonly turns: number;
}

export interface Turn {
  readonly state: DialogueState;
  readonly output: readonly DialogueOutput[];
}

/** Nobody types more in one turn, and reading takes more than linear time. */
const MAX_TYPED = 2_000;
const EXAMPLES_AT_ONCE = 3;
const QUESTION = /^(?:what|how|is|are|when|which|where|who)\b/;

/** A dialogue that has not begun. After a new grammar or wording, `turns` may be carried over. */
export function openDialogue(grammar: CompiledGrammar, wording: Wording, turns = 0): DialogueState {
  return { grammar, wording, examples: examplesOf(grammar), turns };
}

/** What the engine does about one input. It claims nothing itself: of what the car did it says only what it was told. */
export function nextTurn(state: DialogueState, input: DialogueInput): Turn {
  const isDriver = input.type === "heard" || input.type === "typed";
  return { state: isDriver ? { ...state, turns: state.turns + 1 } : state, output: answer(state, input) };
}

function answer(state: DialogueState, input: DialogueInput): readonly DialogueOutput[] {
  switch (input.type) {
    case "heard":
      return hear(state, input.text, input.rejected);
    case "typed":
      return readText(state, input.text);
    case "tool-outputs":
      return say(input.outputs.map(({ output }, index) => tell(state, readOutcome(output), index)).join(" "));
    case "note":
      return say(sentence(input.text) ?? "");
  }
}

function hear(state: DialogueState, text: string, rejected: boolean): readonly DialogueOutput[] {
  if (state.grammar.completeness(text) === "nothing") return speak(state, rejected ? "not_understood" : "greeting");
  if (rejected) return speak(state, "cannot");
  const calls = state.grammar.parse(text);
  return calls === undefined ? speak(state, "not_understood") : act(state, text, calls);
}

/** Text that almost fits is never acted on: the driver is told how to put it. */
function readText(state: DialogueState, text: string): readonly DialogueOutput[] {
  if (text.length > MAX_TYPED) return speak(state, "not_understood");
  const said = normalize(text);
  if (state.grammar.completeness(said) === "nothing") return speak(state, "greeting");
  const calls = parseTyped(state.grammar, text);
  if (calls !== undefined) return act(state, said, calls);
  const near = suggest(state.grammar, withoutName(said, state.grammar.wakeWord));
  if (near === undefined) return speak(state, "cannot");
  return speak(state, "not_understood", { help: `You could say: ${near}.` });
}

function act(state: DialogueState, text: string, calls: readonly SpokenCall[]): readonly DialogueOutput[] {
  const wanted = calls.filter(({ name }) => name !== HELP && name !== NEVER_MIND && name !== CANNOT);
  if (wanted.length === 0 && calls.some(({ name }) => name === CANNOT)) return speak(state, "cannot");
  const isPlainAnswer = wanted.length > 0 && QUESTION.test(withoutName(text, state.grammar.wakeWord));
  return [
    ...(calls.some(({ name }) => name === HELP) ? say(helpOf(state)) : []),
    ...(isPlainAnswer || calls.every(({ name }) => name === HELP) ? [] : speak(state, "ack")),
    ...wanted.map(({ name, args }): DialogueOutput => ({ type: "call", name, args })),
  ];
}

function tell(state: DialogueState, { type, say: told }: Outcome, index: number): string {
  if (type === "question") return told;
  return word(state.wording[type === "said" ? "result" : type], state.turns + index, { say: told });
}

function withoutName(text: string, name: string): string {
  const said = text.toLowerCase().replace(/^hey /, "");
  return said.startsWith(`${name.toLowerCase()} `) ? said.slice(name.length + 1) : said;
}

const speak = (state: DialogueState, key: WordingKey, blanks: Blanks = {}): readonly DialogueOutput[] =>
  say(word(state.wording[key], state.turns, { help: helpOf(state), ...blanks }));

const say = (text: string): readonly DialogueOutput[] => (text === "" ? [] : [{ type: "say", text }]);

/** Names a few things that can be asked for, others each time; empty when there is nothing to name. */
function helpOf({ wording, examples, turns }: DialogueState): string {
  const count = Math.min(EXAMPLES_AT_ONCE, examples.length);
  const some = Array.from({ length: count }, (_, index) => examples[(turns * count + index) % examples.length] ?? "");
  const last = some.pop();
  if (last === undefined) return "";
  const list = some.length === 0 ? last : `${some.join(", ")} or ${last}`;
  return word(wording.help, turns, { examples: list });
}
