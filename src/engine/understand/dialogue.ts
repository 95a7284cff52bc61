import { type Acted, actOn } from "./act.ts";
import { CANNOT, isBuiltIn } from "./compile.ts";
import { consequencesOf } from "./consequences.ts";
import type { DialogueState } from "./dialogue-state.ts";
import type { SpokenCall } from "./grammar.ts";
import type { Language, Listening } from "./language.ts";
import { type Memory, NOTHING, withCalls, withOutput, withoutContext } from "./memory.ts";
import { questionFor } from "./question.ts";
import { examplesOf } from "./samples.ts";
import { suggest } from "./suggest.ts";
import { tellAll } from "./telling.ts";
import { readOutcome, sentence } from "./tool-output.ts";
import { normalize } from "./typed.ts";
import { type Blanks, helpOf, type Wording, type WordingKey, word } from "./wording.ts";

export type DialogueInput =
  /**
   * From the recogniser; `rejected` when its score says that something else was said. Talk that was not `addressed` to us
   * (there was no wake word) and asks for nothing gets no answer; by default it was.
   */
  | { readonly type: "heard"; readonly text: string; readonly rejected: boolean; readonly addressed?: boolean }
  /** From a keyboard: any spelling, any punctuation. */
  | { readonly type: "typed"; readonly text: string }
  /** All results of one turn's calls, in the order of the calls. */
  | { readonly type: "tool-outputs"; readonly outputs: readonly ToolOutput[] }
  /** A message from the agent that the driver is to hear: a late failure. */
  | { readonly type: "note"; readonly text: string }
  /** The driver interrupted what was said last, and has not heard this of it. */
  | { readonly type: "cut"; readonly unheard: string }
  /** It has been quiet for so long that the next words are a new beginning. */
  | { readonly type: "pause" };

export interface ToolOutput {
  readonly callId: string;
  readonly name: string;
  /** Of the call that it answers, as `DialogueOutput` counted it. */
  readonly call?: number;
  /** As the client sent it. */
  readonly output: unknown;
}

export type DialogueOutput =
  | { readonly type: "say"; readonly text: string }
  | { readonly type: "call"; readonly name: string; readonly args: SpokenCall["args"]; readonly call: number };

export interface Turn {
  readonly state: DialogueState;
  readonly output: readonly DialogueOutput[];
}

/** Nobody types more in one turn, and reading takes more than linear time. */
const MAX_TYPED = 2_000;
/** Of somebody who goes on: "and unlock the doors". */
const LEADING_JOIN = /^(?:and then|and|then|also|now) /;
const QUESTION = /^(?:what|how|is|are|when|which|where|who)\b/;

/** A dialogue that has not begun. After a new language or wording, `turns` may be carried over. */
export function openDialogue(language: Language, wording: Wording, turns = 0): DialogueState {
  const commands = language.grammar.commands.filter(({ name }) => !isBuiltIn(name));
  const examples = examplesOf({ ...language.grammar, commands });
  return { language, wording, examples, turns, count: 0, memory: NOTHING };
}

/** What can be understood now: everything that always can, and the pieces that make sense after what was said last. */
export function listening({ language, memory: { recent, question } }: DialogueState): Listening {
  const tools = new Set(recent.map(({ name }) => name).reverse());
  return language.listening({ tools: [...tools], question });
}

/** Whether anything is understood now that will not be after a pause. */
export const hasContext = ({ memory: { recent, question, moving, said } }: DialogueState): boolean =>
  recent.length > 0 || question !== undefined || moving || said?.unheard !== undefined;

/** What the engine does about one input. It claims nothing itself: of what the car did it says only what it was told. */
export function nextTurn(state: DialogueState, input: DialogueInput): Turn {
  const turn = answer(state, input);
  const text = turn.output.flatMap((output) => (output.type === "say" ? [output.text] : [])).join(" ");
  const memory: Memory = text === "" ? turn.state.memory : { ...turn.state.memory, said: { text } };
  const isDriver = input.type === "heard" || input.type === "typed";
  return { ...turn, state: { ...turn.state, memory, turns: state.turns + (isDriver ? 1 : 0) } };
}

function answer(state: DialogueState, input: DialogueInput): Turn {
  switch (input.type) {
    case "heard":
      return input.addressed === false ? overhear(state, plainly(input)) : hear(state, plainly(input));
    case "typed":
      return readText(state, input.text);
    case "tool-outputs":
      return learn(state, input.outputs);
    case "note":
      return says(state, sentence(input.text) ?? "");
    case "cut": {
      const { said } = state.memory;
      if (said === undefined || input.unheard === "") return quiet(state);
      return quiet({ ...state, memory: { ...state.memory, said: { text: said.text, unheard: input.unheard } } });
    }
    case "pause":
      return quiet({ ...state, memory: withoutContext(state.memory) });
  }
}

type Heard = DialogueInput & { type: "heard" };

/** Without the recogniser's marks of how a word was pronounced: "the(2)". */
const plainly = (heard: Heard): Heard => ({ ...heard, text: heard.text.replace(/\(\d+\)/g, "") });

function hear(state: DialogueState, { text, rejected }: Heard): Turn {
  if (state.language.grammar.completeness(text) === "nothing") {
    return speak(state, rejected ? "not_understood" : "greeting");
  }
  if (rejected) return speak(state, "cannot");
  return understood(state, text) ?? speak(state, "not_understood");
}

/** Only what asks for something that we can do is taken to be meant for us. */
function overhear(state: DialogueState, { text, rejected }: Heard): Turn {
  if (
    rejected ||
    listening(state)
      .read(text)
      ?.every(({ name }) => name === CANNOT) === true
  )
    return quiet(state);
  return understood(state, text) ?? quiet(state);
}

/** Text that almost fits is never acted on: the driver is told how to put it. */
function readText(state: DialogueState, text: string): Turn {
  if (text.length > MAX_TYPED) return speak(state, "not_understood");
  const { grammar } = state.language;
  const said = normalize(text);
  if (grammar.completeness(said) === "nothing") return speak(state, "greeting");
  const turn = understood(state, said);
  if (turn !== undefined) return turn;
  const near = suggest(grammar, withoutName(said, grammar.wakeWord));
  if (near === undefined) return speak(state, "cannot");
  return speak(state, "not_understood", { help: `You could say: ${near}.` });
}

/** What words of the grammar make happen; undefined when they are not of it, or mean nothing now. */
function understood(state: DialogueState, text: string): Turn | undefined {
  const said = withoutName(text, state.language.grammar.wakeWord);
  const now = listening(state);
  const calls = now.read(said) ?? now.read(said.replace(LEADING_JOIN, ""));
  if (calls !== undefined) {
    const acted = actOn(state, said, calls);
    return acted && turnOf(state, acted, said);
  }
  return incomplete(state, said);
}

/** "… and set the temperature": what is whole is done, and what is missing is asked for. */
function incomplete(state: DialogueState, said: string): Turn | undefined {
  const { language } = state;
  const at = said.lastIndexOf(" and ");
  const missing = language.missing(said) ?? (at < 0 ? undefined : language.missing(said.slice(at + " and ".length)));
  if (missing === undefined) return undefined;
  const first = language.missing(said) === undefined ? said.slice(0, at) : "";
  const calls = first === "" ? [] : listening(state).read(first);
  const acted = calls && actOn(state, first, calls);
  if (acted === undefined) return undefined;
  const question = questionFor(missing, language.stock);
  return turnOf(state, { ...acted, says: [...acted.says, question], question: missing }, said);
}

function turnOf(state: DialogueState, { says: told, calls, memory, isOrder, question }: Acted, said: string): Turn {
  const isAcknowledged = isOrder && question === undefined && !(calls.length > 0 && QUESTION.test(said));
  const ack = isAcknowledged ? speak(state, "ack").output : [];
  const remembered = calls.length > 0 ? withCalls(memory, calls) : memory;
  // Whoever speaks on does not wait for the rest of what was interrupted.
  const heard = remembered.said && { text: remembered.said.text };
  return {
    state: {
      ...state,
      count: state.count + calls.length,
      memory: { ...remembered, said: heard, ...(question && { question }) },
    },
    output: [
      ...say(told.join(" ")),
      ...ack,
      ...calls.map(({ id, name, args }): DialogueOutput => ({ type: "call", name, args, call: id })),
    ],
  };
}

/** Tells what came of the calls, and remembers what the next words may refer to. */
function learn(state: DialogueState, outputs: readonly ToolOutput[]): Turn {
  const { made } = state.memory;
  const offers = (call: SpokenCall): boolean => state.language.offers(call);
  const all = outputs.map(({ call, name, output }) => ({ made: made.find(({ id }) => id === call), name, output }));
  const memory = all.reduce(
    (so, one) => withOutput(so, one.made, consequencesOf(one.output, one.made?.name ?? one.name, offers)),
    state.memory,
  );
  const told = all.map((one) => ({ outcome: readOutcome(one.output), order: one.made?.order }));
  return says({ ...state, memory }, tellAll(told, state.wording, state.turns));
}

function withoutName(text: string, name: string): string {
  const said = text.toLowerCase().replace(/^hey /, "");
  return said.startsWith(`${name.toLowerCase()} `) ? said.slice(name.length + 1) : said;
}

function speak(state: DialogueState, key: WordingKey, blanks: Blanks = {}): Turn {
  const { wording, examples, turns } = state;
  return says(state, word(wording[key], turns, { help: helpOf(wording, examples, turns), ...blanks }));
}

const say = (text: string): readonly DialogueOutput[] => (text === "" ? [] : [{ type: "say", text }]);

const says = (state: DialogueState, text: string): Turn => ({ state, output: say(text) });

const quiet = (state: DialogueState): Turn => ({ state, output: [] });
