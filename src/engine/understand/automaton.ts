import { GrammarError } from "./grammar-error.ts";
import { brinkOf, partsOf, withJoint } from "./incomplete.ts";
import type { SpokenSlot, Template } from "./template.ts";
import type { Trie, Value } from "./trie.ts";

/** What a step notes down on the way: that a call begins, or what one of its arguments is. */
export type Action =
  | { readonly type: "call"; readonly name: string; readonly order: number }
  | { readonly type: "argument"; readonly slot: string; readonly value: Value };

interface StepBase {
  readonly actions: readonly Action[];
  /** How likely it is, next to an ordinary step from the same place. */
  readonly weight?: number;
}

/** `courtesy` words belong to no command: "please", "and then". */
export type Step =
  | (StepBase & { readonly type: "word"; readonly word: string; readonly courtesy: boolean; readonly next: State })
  | (StepBase & { readonly type: "slot"; readonly slot: string; readonly phrases: Trie; readonly next: State })
  | (StepBase & { readonly type: "end" })
  /** Here the sentence lacks nothing but one argument, named with its tool. It is no end: what is said so far is no wish. */
  | (StepBase & { readonly type: "break"; readonly lacks: string });

export type WordStep = Extract<Step, { type: "word" }>;
export type SlotStep = Extract<Step, { type: "slot" }>;

/** A place in a sentence, and every step that leads on from it, the preferred ones first. No step is empty. */
export class State {
  readonly steps: readonly Step[];
  #byWord: ReadonlyMap<string, readonly WordStep[]> | undefined;
  #slots: readonly SlotStep[] | undefined;

  constructor(steps: readonly Step[]) {
    this.steps = steps;
  }

  get slots(): readonly SlotStep[] {
    return (this.#slots ??= this.steps.filter((step) => step.type === "slot"));
  }

  on(word: string): readonly WordStep[] {
    return (this.#byWord ??= byWord(this.steps)).get(word) ?? [];
  }
}

export interface Command {
  readonly name: string;
  readonly template: Template;
  /** Whether it may be broken off before its last argument, to be asked for that. */
  readonly breaks?: boolean;
}

/** What may be said around a command, all of it without an effect. */
export interface Courtesies {
  readonly wake: Template;
  readonly before: Template;
  readonly after: Template;
  readonly join: Template;
}

const MAX_STEPS = 1_000_000;

/** Few wishes come in pairs, and "and quieter" must not win over "a quarter" by a hair. */
const JOIN_WEIGHT = 0.01;
/** Most wishes come without "would you": where a template begins with the same words, they are its own. */
const COURTESY_WEIGHT = 0.2;

/**
 * Everything that can be said, from the first word on: [wake] [before] command [join [before] command]… [after], or the
 * wake word alone.
 * Built from right to left, so that each template knows what follows it and no empty step is ever needed.
 * Throws a GrammarError when it grows beyond all measure.
 */
export function buildAutomaton(
  commands: readonly Command[],
  around: Courtesies,
  phrasesOf: (slot: SpokenSlot) => Trie,
): State {
  let built = 0;
  const state = (steps: readonly Step[]): State => {
    built += steps.length;
    if (built > MAX_STEPS) throw new GrammarError(["the templates have too many variants; use fewer optional parts"]);
    return new State(steps);
  };

  const before = (template: Template, next: State, courtesy = false): State => {
    switch (template.type) {
      case "word":
        return state([{ type: "word", word: template.word, courtesy, actions: [], next }]);
      case "list":
      case "number":
        return state([{ type: "slot", slot: template.slot, phrases: phrasesOf(template), actions: [], next }]);
      case "set":
        return state(next.steps.map(doing({ type: "argument", slot: template.slot, value: template.value })));
      case "sequence":
        return template.parts.reduceRight((rest, part) => before(part, rest, courtesy), next);
      case "choice":
        return state(template.parts.flatMap((part) => before(part, next, courtesy).steps));
      case "optional":
        return state([...before(template.part, next, courtesy).steps, ...next.steps]);
    }
  };

  // A sentence may go round: a join leads to the next wish, whose steps are known last. Hence a join must end in a word.
  const wishSteps: Step[] = [];
  const wish = new State(wishSteps);
  const end = state([{ type: "end", actions: [] }]);
  const close = state([
    ...end.steps,
    ...before(around.after, end, true).steps.map(weighing(COURTESY_WEIGHT)),
    ...before(around.join, wish, true).steps.map(weighing(JOIN_WEIGHT)),
  ]);
  const breaking = (template: Template, name: string): State => {
    const brink = brinkOf(template);
    if (brink === undefined) return before(template, close);
    const breakOff: Step = { type: "break", lacks: `${name} ${brink.slot}`, actions: [] };
    return partsOf(template).reduceRight((rest, part, index) => {
      const next = before(part, rest);
      return index >= brink.from && index <= brink.to ? state([...next.steps, breakOff]) : next;
    }, close);
  };
  const command = state(
    commands.flatMap(({ name, template, breaks = false }, order) => {
      const variants = breaks ? withJoint(template).map((one) => breaking(one, name)) : [before(template, close)];
      return variants.flatMap(({ steps }) => steps.map(doing({ type: "call", name, order })));
    }),
  );
  const politely = before(around.before, command, true).steps.map(weighing(COURTESY_WEIGHT));
  wishSteps.push(...command.steps, ...politely);
  const named = state([...wishSteps, ...end.steps]);
  return state([...wishSteps, ...before(around.wake, named, true).steps]);
}

const doing =
  (action: Action) =>
  (step: Step): Step => ({ ...step, actions: [action, ...step.actions] });

const weighing =
  (weight: number) =>
  (step: Step): Step => ({ ...step, weight });

function byWord(steps: readonly Step[]): ReadonlyMap<string, readonly WordStep[]> {
  const index = new Map<string, WordStep[]>();
  for (const step of steps) {
    if (step.type !== "word") continue;
    const same = index.get(step.word);
    if (same === undefined) index.set(step.word, [step]);
    else same.push(step);
  }
  return index;
}
