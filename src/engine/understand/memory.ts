import type { SpokenCall } from "./grammar.ts";
import type { Question } from "./question.ts";

/** A call that the driver asked for, and what has become known of it. */
export interface Made extends SpokenCall {
  /** Counts the calls of a dialogue, from 1. */
  readonly id: number;
  readonly turn: number;
  /** The driver's own words for it, as far as they are an order: "open the window". */
  readonly order: string | undefined;
  /** Which way it changed something: its first amount went up, or down. */
  readonly direction?: 1 | -1;
  readonly isUndo: boolean;
}

/** How to put back what the calls of one turn changed, in the order in which they were made. */
export interface Undo {
  readonly turn: number;
  readonly calls: readonly SpokenCall[];
}

/** What was said, and from which sentence on the driver did not hear it. */
export interface Said {
  readonly text: string;
  readonly unheard?: string;
}

/** What a dialogue remembers. All of it is bounded; of more, the oldest is forgotten. */
export interface Memory {
  /** Whose outputs may still come. */
  readonly made: readonly Made[];
  /** The calls that the next words may go on from, the last one last. */
  readonly recent: readonly Made[];
  readonly question: Question | undefined;
  readonly undo: readonly Undo[];
  readonly said: Said | undefined;
  /** Something has begun to move, and nobody has said yet that it has stopped. */
  readonly moving: boolean;
}

export const NOTHING: Memory = {
  made: [],
  recent: [],
  question: undefined,
  undo: [],
  said: undefined,
  moving: false,
};

const MAX_MADE = 64;
const MAX_UNDO = 8;

export function withCalls(memory: Memory, calls: readonly Made[]): Memory {
  const made = [...memory.made, ...calls].slice(-MAX_MADE);
  return { ...memory, made, recent: calls.filter(({ isUndo }) => !isUndo), question: undefined };
}

/** What an output tells of its call. */
export interface Consequences {
  readonly undo: readonly SpokenCall[];
  readonly direction: 1 | -1 | undefined;
  readonly question: Question | undefined;
  readonly moving: boolean;
}

export function withOutput(
  memory: Memory,
  call: Made | undefined,
  { undo, direction, question, moving }: Consequences,
): Memory {
  const next = { ...memory, moving: memory.moving || moving, question: question ?? memory.question };
  if (call === undefined) return next;
  const known = (one: Made): Made => (one.id === call.id && direction !== undefined ? { ...one, direction } : one);
  return {
    ...next,
    made: memory.made.filter(({ id }) => id !== call.id),
    recent: memory.recent.map(known),
    undo: call.isUndo || undo.length === 0 ? memory.undo : withUndo(memory.undo, call.turn, undo),
  };
}

function withUndo(known: readonly Undo[], turn: number, calls: readonly SpokenCall[]): readonly Undo[] {
  const last = known.at(-1);
  if (last?.turn !== turn) return [...known, { turn, calls }].slice(-MAX_UNDO);
  return [...known.slice(0, -1), { turn, calls: [...last.calls, ...calls] }];
}

/** After a while without a word the next one is the beginning of something new. What can be put back stays. */
export const withoutContext = (memory: Memory): Memory => ({
  ...memory,
  recent: [],
  question: undefined,
  moving: false,
  said: memory.said && { text: memory.said.text },
});
