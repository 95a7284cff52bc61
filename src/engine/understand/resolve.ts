import { contrastsIn } from "./contrast.ts";
import type { SpokenCall } from "./grammar.ts";
import type { Made } from "./memory.ts";
import { AFTER, ALSO, ANSWER, INSTEAD, MORE, OTHER } from "./pseudo-calls.ts";
import type { Question } from "./question.ts";
import { DELTA, entriesFor, relatedTo, type Stock } from "./stock.ts";
import { joined, type ToolShape } from "./tool-shape.ts";
import type { Value } from "./trie.ts";

/** What a piece of a sentence is understood by. */
export interface Past {
  /** The calls that it may go on from, the last one last. */
  readonly calls: readonly Made[];
  readonly question: Question | undefined;
}

type Args = SpokenCall["args"];

/** The whole call that a piece of a sentence means now; undefined where it means nothing. */
export function resolve({ name, args }: SpokenCall, past: Past, stock: Stock): SpokenCall | undefined {
  if (name === MORE) return more(String(args["step"]), past, stock);
  if (name.startsWith(ANSWER)) return answered(args, past.question, stock);
  if (name.startsWith(OTHER)) return other(name.slice(OTHER.length), args["word"], past, stock);
  const start = [AFTER, ALSO, INSTEAD].find((prefix) => name.startsWith(prefix));
  return start === undefined ? undefined : continued(name.slice(start.length), args, past, stock);
}

/** From the last call of the tool, or of one about the same thing. */
function continued(tool: string, args: Args, { calls }: Past, { shapes }: Stock): SpokenCall | undefined {
  const shape = shapes.get(tool);
  const about = relatedTo(tool, shapes);
  const last = calls.findLast(({ name }) => name === tool) ?? calls.findLast(({ name }) => about.includes(name));
  if (shape === undefined || last === undefined) return undefined;
  return called(shape, joined(shape, args, last.args));
}

function answered(args: Args, question: Question | undefined, { shapes }: Stock): SpokenCall | undefined {
  if (question?.type === "choice") {
    const option = question.options[Number(args["option"])];
    return option && { name: question.tool, args: option.args };
  }
  const shape = question && shapes.get(question.tool);
  return shape && called(shape, joined(shape, args, question.args));
}

function other(place: string, word: Value | undefined, past: Past, stock: Stock): SpokenCall | undefined {
  const at = place.lastIndexOf(":");
  const [tool, slot] = [place.slice(0, at), place.slice(at + 1)];
  const about = stock.shapes.get(tool)?.slots.get(slot);
  const before = past.calls.findLast(({ name }) => name === tool)?.args[slot];
  if (about === undefined || before === undefined) return undefined;
  const found = contrastsIn(entriesFor(about, stock)).find(
    (contrast) => contrast.word === word && contrast.from === before,
  );
  return found && continued(tool, { [slot]: found.to }, past, stock);
}

/** The last adjustment once more, or the next step in the direction that the last call took. */
function more(step: string, { calls }: Past, { shapes }: Stock): SpokenCall | undefined {
  for (const last of calls.toReversed()) {
    const shape = relatedTo(last.name, shapes)
      .flatMap((tool) => shapes.get(tool) ?? [])
      .find(({ slots }) => slots.has(DELTA));
    if (shape === undefined) continue;
    const direction = directionOf(last);
    if (direction === undefined) return undefined;
    if (step === "end") return toTheEnd(last, direction, shapes);
    const delta = deltaOf(step, last.args[DELTA], direction, shape);
    return delta === undefined ? undefined : called(shape, joined(shape, { [DELTA]: delta }, last.args));
  }
  return undefined;
}

function directionOf({ args, direction }: Made): 1 | -1 | undefined {
  const delta = args[DELTA];
  if (typeof delta !== "number" || delta === 0) return direction;
  return delta > 0 ? 1 : -1;
}

/** Of the steps that templates know the least is a bit, the next is one without a word for its size. */
function deltaOf(step: string, before: Value | undefined, direction: 1 | -1, shape: ToolShape): number | undefined {
  const sign = step === "back" ? -direction : direction;
  const known = shape.slots.get(DELTA)?.fixed ?? [];
  const steps = known.filter((value) => typeof value === "number" && value * sign > 0) as readonly number[];
  const [bit, plain = bit, lot = plain] = pick(steps.toSorted((a, b) => Math.abs(a) - Math.abs(b)));
  const same = typeof before === "number" ? Math.abs(before) * sign : undefined;
  if (step === "again") return same ?? plain;
  return (step === "lot" ? lot : bit) ?? same;
}

const pick = (steps: readonly number[]): readonly (number | undefined)[] => [steps[0], steps[1], steps.at(-1)];

/** As far as the amount goes in this direction, by whichever tool sets it. */
function toTheEnd(last: Made, direction: 1 | -1, shapes: Stock["shapes"]): SpokenCall | undefined {
  for (const tool of relatedTo(last.name, shapes)) {
    const shape = shapes.get(tool);
    for (const [slot, { ranges, fixed }] of shape?.slots ?? []) {
      if (shape === undefined || slot === DELTA || ranges.length === 0) continue;
      const reach = [
        ...ranges.flatMap(({ min, max }) => [min, max]),
        ...fixed.filter((value) => typeof value === "number"),
      ];
      const end = direction > 0 ? Math.max(...reach) : Math.min(...reach);
      const args = joined(shape, { [slot]: end }, last.args);
      if (args !== undefined) return called(shape, args);
    }
  }
  return undefined;
}

const called = ({ name }: ToolShape, args: Args | undefined): SpokenCall | undefined => args && { name, args };
