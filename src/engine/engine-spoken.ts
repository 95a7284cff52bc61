import { withDialogue } from "./engine-attention.ts";
import type { ClientRequest, EngineEvent, MessageItem } from "./engine-event.ts";
import { type ClauseSpoken, type EngineState, refuse, type Spoken, tell } from "./engine-state.ts";
import { clausesOf } from "./speak/clauses.ts";
import { nextTurn } from "./understand/dialogue.ts";
import { speakable } from "./understand/speakable.ts";

/** Messages whose timing is remembered; of more, the oldest are taken for heard. */
const MAX_SPOKEN = 16;

export function withSpoken(spoken: readonly Spoken[], messages: readonly MessageItem[]): readonly Spoken[] {
  const fresh = messages.map(({ itemId, text }): Spoken => ({ itemId, text, clauses: [] }));
  return [...spoken, ...fresh].slice(-MAX_SPOKEN);
}

export function afterClause(state: EngineState, { itemId, ms, audibleMs }: ClauseSpoken): EngineState {
  const longer = (one: Spoken): Spoken => ({ ...one, clauses: [...one.clauses, { ms, audibleMs }] });
  return { ...state, spoken: state.spoken.map((one) => (one.itemId === itemId ? longer(one) : one)) };
}

/** Of an item no more than this was heard: what we keep of it is cut to the words before. */
export function truncated(
  state: EngineState,
  { itemId, contentIndex, audioEndMs }: ClientRequest & { type: "truncate-item" },
  eventId: string | undefined,
): EngineState {
  const item = state.spoken.find((one) => one.itemId === itemId);
  if (item === undefined) {
    const problem = state.itemIds.includes(itemId) ? `item ${itemId} was not spoken` : `cannot find item ${itemId}`;
    return refuse(state, "unknown-item", problem, eventId);
  }
  if (contentIndex !== 0)
    return refuse(state, "unknown-item", `item ${itemId} has one part: content_index must be 0`, eventId);
  const [cut, heard] = cutTo(state, item, audioEndMs);
  return tell(cut, { type: "item-truncated", itemId, contentIndex, audioEndMs, text: heard });
}

/** We fell silent in the middle of an item. What was heard of it is assumed where the client does not tell. */
export function afterCut(state: EngineState, event: EngineEvent & { type: "reply-cut" }): EngineState {
  const item = state.spoken.find(({ itemId }) => itemId === event.itemId);
  if (item === undefined || state.config.playback === "told") return tell(state, event);
  return tell(cutTo(state, item, event.heardMs)[0], event);
}

function cutTo(state: EngineState, item: Spoken, ms: number): readonly [EngineState, heard: string] {
  const cut = { ...item, heardMs: Math.min(item.heardMs ?? ms, ms) };
  const { heard, unheard } = heardOf(cut);
  const next = { ...state, spoken: state.spoken.map((one) => (one === item ? cut : one)) };
  if (item !== state.spoken.at(-1)) return [next, heard];
  return [withDialogue(next, nextTurn(next.dialogue, { type: "cut", unheard }).state), heard];
}

/** The words that were heard of it, and what has to be said again: from the clause in which it was cut. */
export function heardOf({ text, clauses: timings, heardMs }: Spoken): {
  readonly heard: string;
  readonly unheard: string;
} {
  if (heardMs === undefined) return { heard: text, unheard: "" };
  const { clauses } = clausesOf(speakable(text));
  let left = heardMs;
  for (const [index, clause] of clauses.entries()) {
    const { ms, audibleMs } = timings[index] ?? { ms: Infinity, audibleMs: Infinity };
    if (left >= audibleMs) {
      left -= ms;
      continue;
    }
    const part = wordsWithin(clause, left / audibleMs);
    const heard = [...clauses.slice(0, index), ...(part === "" ? [] : [part])].join(" ");
    return { heard, unheard: clauses.slice(index).join(" ") };
  }
  return { heard: text, unheard: "" };
}

/** The words that have ended by then, as if every letter took the same time. */
function wordsWithin(clause: string, share: number): string {
  const letters = Math.max(0, share) * clause.length;
  const words = clause.split(" ");
  const ends = words.map((_, index) => words.slice(0, index + 1).join(" ").length);
  return words.slice(0, ends.filter((end) => end <= letters).length).join(" ");
}
