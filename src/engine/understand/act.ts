import { CANNOT, HELP, isBuiltIn, NEVER_MIND } from "./compile.ts";
import type { DialogueState } from "./dialogue-state.ts";
import type { SpokenCall } from "./grammar.ts";
import type { Made, Memory } from "./memory.ts";
import { ordersOf } from "./orders.ts";
import { GO_ON, HELP_WITH, NEITHER, REPEAT, STOP, UNDO } from "./pseudo-calls.ts";
import type { Question } from "./question.ts";
import { resolve } from "./resolve.ts";
import { examplesAbout } from "./topics.ts";
import { helpOf, word } from "./wording.ts";

/** What understood words come to: sentences, calls, and what is remembered. */
export interface Acted {
  readonly says: readonly string[];
  readonly calls: readonly Made[];
  readonly memory: Memory;
  /** Worth a word before the car has answered. */
  readonly isOrder: boolean;
  /** What the driver is asked with it. */
  readonly question?: Question;
}

/** The client's tool that stops whatever moves. */
const HALT: SpokenCall = { name: "motion_stop", args: {} };

const MAX_CALLS = 16;

/** Takes all that one utterance asks for, in order; undefined, and nothing is done, when a piece of it means nothing now. */
export function actOn(state: DialogueState, text: string, asked: readonly SpokenCall[]): Acted | undefined {
  const orders = ordersOf(text, asked, state.language.grammar);
  const begun: Acted = { says: [], calls: [], memory: state.memory, isOrder: false };
  const acted = asked.reduce<Acted | undefined>((so, call, index) => so && take(state, so, call, orders[index]), begun);
  return acted === undefined || acted.calls.length > MAX_CALLS ? undefined : acted;
}

function take(state: DialogueState, acted: Acted, call: SpokenCall, order: string | undefined): Acted | undefined {
  const { memory } = acted;
  const { language, wording, examples, turns } = state;
  switch (call.name) {
    case CANNOT:
      return saying(acted, word(wording.cannot, turns, { help: helpOf(wording, examples, turns) }));
    case HELP:
      return saying(acted, helpOf(wording, examples, turns));
    case HELP_WITH:
      return saying(acted, helpOf(wording, examplesAbout(String(call.args["topic"]), language.grammar), turns));
    case REPEAT:
      return saying(acted, memory.said?.text ?? "I haven't said anything yet.");
    case GO_ON:
      return memory.said?.unheard === undefined ? undefined : saying(acted, memory.said.unheard);
    case NEVER_MIND:
    case NEITHER:
      return { ...acted, isOrder: true, memory: { ...memory, question: undefined, recent: [] } };
    case STOP:
      return stop(state, acted);
    case UNDO:
      return undo(state, acted);
  }
  const calls = [...memory.recent, ...acted.calls];
  const wish = isBuiltIn(call.name) ? resolve(call, { calls, question: memory.question }, language.stock) : call;
  return wish && calling(state, { ...acted, isOrder: true }, wish, { order });
}

const saying = (acted: Acted, text: string): Acted => ({ ...acted, says: [...acted.says, text] });

function calling(
  { count, turns }: DialogueState,
  acted: Acted,
  { name, args }: SpokenCall,
  { order, isUndo = false }: { readonly order?: string | undefined; readonly isUndo?: boolean } = {},
): Acted {
  const call: Made = { id: count + acted.calls.length + 1, turn: turns, name, args, order, isUndo };
  return { ...acted, calls: [...acted.calls, call] };
}

/** Said over a reply, and with nothing on the move, it means us. */
function stop(state: DialogueState, acted: Acted): Acted {
  const { moving, said } = acted.memory;
  if (said?.unheard !== undefined && !moving) return acted;
  const still = { ...acted, memory: { ...acted.memory, moving: false } };
  if (state.language.offers(HALT)) return calling(state, still, HALT);
  return saying(still, unable(state, "I can't stop that."));
}

/** Makes the calls that the client named for it, the last change first. */
function undo(state: DialogueState, acted: Acted): Acted {
  const last = acted.memory.undo.at(-1);
  const calls = (last?.calls ?? []).filter((call) => state.language.offers(call));
  if (last === undefined || calls.length < last.calls.length)
    return saying(acted, unable(state, "I can't put that back."));
  const rest = { ...acted, isOrder: true, memory: { ...acted.memory, undo: acted.memory.undo.slice(0, -1) } };
  return calls.toReversed().reduce<Acted>((so, call) => calling(state, so, call, { isUndo: true }), rest);
}

const unable = ({ wording, turns }: DialogueState, say: string): string => word(wording.refused, turns, { say });
