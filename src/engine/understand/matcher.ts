import type { Action, State } from "./automaton.ts";
import type { SpokenCall } from "./grammar.ts";
import type { Trie, Value } from "./trie.ts";

/** What one way of reading has come to. */
interface Account {
  /** The actions on the way, the last first. */
  readonly trace: Trace | undefined;
  readonly calls: number;
  readonly courtesies: number;
}

interface Trace {
  readonly action: Action;
  readonly before: Trace | undefined;
}

export interface Reading extends Account {
  readonly state: State;
}

/** A slot whose phrase has begun, and could go on where the words end. */
export interface Hanging extends Account {
  readonly phrases: Trie;
  readonly slot: string;
  readonly next: State;
}

/** All ways to read some words as the beginning of a sentence. */
export interface Readings {
  readonly open: readonly Reading[];
  readonly hanging: readonly Hanging[];
}

/** More wishes than this in one breath are not one utterance. */
const MAX_CALLS = 4;

/** Reads the words from left to right; time grows with words × readings, never with the paths through the grammar. */
export function read(start: State, words: readonly string[]): Readings {
  const columns: Map<State, Reading>[] = Array.from({ length: words.length + 1 }, () => new Map<State, Reading>());
  const hanging: Hanging[] = [];
  columns[0]?.set(start, { state: start, trace: undefined, calls: 0, courtesies: 0 });

  columns.forEach((column, at) => {
    for (const reading of column.values()) {
      for (const { actions, courtesy, next } of reading.state.on(words[at] ?? "")) {
        keep(columns[at + 1], next, follow(reading, actions, courtesy));
      }
      for (const step of reading.state.slots) {
        const begun = follow(reading, step.actions);
        if (begun === undefined) continue;
        for (const { phrases, to } of prefixes(step.phrases, words, at)) {
          if (phrases.value !== undefined) keep(columns[to], step.next, fill(begun, step.slot, phrases.value));
          if (to === words.length && phrases.children.size > 0) hanging.push({ ...step, ...begun, phrases });
        }
      }
    }
  });
  return { open: [...(columns.at(-1)?.values() ?? [])], hanging };
}

/** The calls of the best reading that is a whole sentence; the wake word alone asks for nothing and is none. */
export function bestCalls({ open }: Readings): readonly SpokenCall[] | undefined {
  const whole = open.flatMap((reading) =>
    reading.state.steps.flatMap((step) =>
      step.type === "end" && reading.calls > 0 ? (follow(reading, step.actions) ?? []) : [],
    ),
  );
  const [first, ...others] = whole;
  if (first === undefined) return undefined;
  return callsOf(others.reduce((best, other) => (isBetter(other, best) ? other : best), first));
}

/** Takes the actions of a step; undefined when they contradict what the same call was told before. */
export function follow<From extends Account>(
  from: From,
  actions: readonly Action[],
  courtesy = false,
): From | undefined {
  let { trace, calls } = from;
  for (const action of actions) {
    if (action.type === "call") calls += 1;
    else if ((argumentOf(trace, action.slot) ?? action.value) !== action.value) return undefined;
    trace = { action, before: trace };
  }
  return calls > MAX_CALLS ? undefined : { ...from, trace, calls, courtesies: from.courtesies + (courtesy ? 1 : 0) };
}

export const fill = <From extends Account>(from: From, slot: string, value: Value): From | undefined =>
  follow(from, [{ type: "argument", slot, value }]);

export function callsOf(account: Account): readonly SpokenCall[] {
  const calls: SpokenCall[] = [];
  for (const action of actionsOf(account)) {
    const last = calls.at(-1);
    if (action.type === "call") calls.push({ name: action.name, args: {} });
    else if (last !== undefined)
      calls[calls.length - 1] = { ...last, args: { ...last.args, [action.slot]: action.value } };
  }
  return calls;
}

function* prefixes(phrases: Trie, words: readonly string[], at: number): Generator<{ phrases: Trie; to: number }> {
  let node: Trie | undefined = phrases;
  for (let to = at; node !== undefined; to += 1) {
    if (to > at) yield { phrases: node, to };
    node = node.children.get(words[to] ?? "");
  }
}

function keep(column: Map<State, Reading> | undefined, state: State, account: Account | undefined): void {
  if (column === undefined || account === undefined) return;
  const known = column.get(state);
  if (known === undefined || isBetter(account, known)) column.set(state, { ...account, state });
}

/** One long command before two short ones, words of a template before courtesies, earlier templates before later ones. */
function isBetter(a: Account, b: Account): boolean {
  if (a.calls !== b.calls) return a.calls < b.calls;
  if (a.courtesies !== b.courtesies) return a.courtesies < b.courtesies;
  const others = ordersOf(b);
  const difference = ordersOf(a)
    .map((order, index) => order - (others[index] ?? order))
    .find((less) => less !== 0);
  return difference !== undefined && difference < 0;
}

const ordersOf = (account: Account): readonly number[] =>
  actionsOf(account).flatMap((action) => (action.type === "call" ? [action.order] : []));

/** What the call that is being read has been told already. */
function argumentOf(trace: Trace | undefined, slot: string): Value | undefined {
  if (trace?.action.type !== "argument") return undefined;
  return trace.action.slot === slot ? trace.action.value : argumentOf(trace.before, slot);
}

function actionsOf({ trace }: Account): readonly Action[] {
  const actions: Action[] = [];
  for (let at = trace; at !== undefined; at = at.before) actions.push(at.action);
  return actions.reverse();
}
