import { contrastsIn } from "./contrast.ts";
import type { GrammarSpec } from "./grammar.ts";
import type { NumberRange } from "./numbers.ts";
import { AFTER, ALSO, ANSWER, INSTEAD, MORE, NEITHER, OTHER, UNASKED } from "./pseudo-calls.ts";
import { optionEntries, type Question } from "./question.ts";
import { DELTA, entriesFor, generalLists, relatedTo, type Stock } from "./stock.ts";
import type { SlotShape, ToolShape } from "./tool-shape.ts";

/** What decides which pieces of sentences make sense now. */
export interface Situation {
  /** The tools of the last calls, the last first. */
  readonly tools: readonly string[];
  readonly question: Question | undefined;
}

type Fragments = Pick<GrammarSpec, "phrases" | "lists">;

const AT = "[for|in|on|at|to]";
const LEAD =
  "([no|oh|sorry|wait|actually] (i (meant|mean|said)|make (it|that)|not that [one]|rather)|no [no|wait|sorry]|sorry|wait|actually)";
const SET_IT = "(set|put|turn|change|bring) (it|that|them) [up|down|back] to";
const MORE_PHRASES = [
  "(more|some more|even more|still more|further|keep going|again|once more|one more time){step=again}",
  "(a bit|a little|a little bit|slightly|a touch) (more|further){step=bit}",
  "(much|a lot|way) (more|further){step=lot}",
  "([a bit|a little|a little bit|slightly|even] less|[that's|that was] [a bit|a little] too much|not (so|that|quite so) much|back a (bit|little)){step=back}",
  "all the way{step=end}",
];
const AGREE = "(yes|yeah|yep|okay|sure|thanks|thank you)";
const DECLINE = "(no|no thanks|neither|none|none of (them|those|these)|nothing|cancel [that|it])";

/** The phrases that go before everything else in this situation, and the lists they need; none where nothing was said. */
export function fragmentsOf({ tools, question }: Situation, stock: Stock): Fragments {
  const own = tools.flatMap((tool) => stock.shapes.get(tool) ?? []);
  const related = [...new Set(tools.flatMap((tool) => relatedTo(tool, stock.shapes)))];
  const replacing = own.map((shape) => replacements(shape, stock));
  const asked = question === undefined ? NONE : answers(question, stock);
  const unasked = question === undefined ? [AGREE, "(no|nope)"] : [AGREE];
  return {
    phrases: Object.fromEntries([
      ...(tools.length > 0 ? [[UNASKED, unasked]] : []),
      ...Object.entries(asked.phrases),
      ...replacing.flatMap(({ phrases }) => Object.entries(phrases)),
      ...related.flatMap((tool) => (stock.after.has(tool) ? [[AFTER + tool, stock.after.get(tool) ?? []]] : [])),
      ...(related.some((tool) => stock.shapes.get(tool)?.slots.has(DELTA)) ? [[MORE, MORE_PHRASES]] : []),
    ]) as GrammarSpec["phrases"],
    lists: Object.assign({}, asked.lists, ...replacing.map(({ lists }) => lists)) as GrammarSpec["lists"],
  };
}

const NONE: Fragments = { phrases: {}, lists: {} };

/** "and the passenger too", "no, twenty": a slot of the last call said anew. */
function replacements(shape: ToolShape, stock: Stock): Fragments {
  const slots = [...shape.slots].map(([slot, about]) => wordsFor(shape, slot, about, stock));
  const places = slots.filter(({ isName }) => isName).map(({ said }) => said);
  const where = places.length === 0 ? "" : `[(for|in|on|at) ${oneOf(places)}]`;
  const also = places.flatMap((said) => [
    `and [also] ${AT} ${said} [too|as well|also]`,
    `also ${AT} ${said}`,
    `${AT} ${said} (too|as well|also)`,
    `[and] ([do] the same|same|what about|how about) ${AT} ${said} [too|as well|also]`,
  ]);
  const instead = slots.flatMap(({ said, isName, numbers }) => [
    ...(said === "" ? [] : [`${LEAD} ${isName ? AT : "[to]"} ${said} [instead]`, `${said} instead`]),
    ...numbers.flatMap((number) => [`(${LEAD} [to|at|level]|${SET_IT}) ${number} ${where} [instead]`]),
  ]);
  const others = slots.filter(({ contrasts }) => contrasts.length > 0);
  return {
    phrases: Object.fromEntries([
      ...(also.length > 0 ? [[ALSO + shape.name, also]] : []),
      ...(instead.length > 0 ? [[INSTEAD + shape.name, instead]] : []),
      ...others.map(({ slot, other }) => [
        `${OTHER}${shape.name}:${slot}`,
        [`${LEAD} [the] {word:${other}} [one|side]`, `and [also] [the] {word:${other}} [one|side] [too|as well]`],
      ]),
    ]) as GrammarSpec["phrases"],
    lists: Object.assign({}, ...slots.map(({ lists }) => lists)) as GrammarSpec["lists"],
  };
}

interface SlotWords {
  readonly slot: string;
  /** The template of everything but numbers; empty where there is nothing but numbers. */
  readonly said: string;
  /** It names things ("the rear window"), not amounts. */
  readonly isName: boolean;
  readonly numbers: readonly string[];
  readonly contrasts: readonly unknown[];
  readonly other: string;
  readonly lists: GrammarSpec["lists"];
}

function wordsFor(shape: ToolShape, slot: string, about: SlotShape, stock: Stock): SlotWords {
  // Amounts of change are said without their direction: "no, two degrees" would have to guess it.
  const named = slot === DELTA ? [] : [...about.lists, ...generalLists(about, stock)];
  const inline = `codriver_${shape.name}_${slot}`.replace(/\W/g, "_");
  const names = [...named, ...(about.words.length > 0 ? [inline] : [])];
  const entries = slot === DELTA ? about.words : entriesFor(about, stock);
  const contrasts = contrastsIn(entries);
  const words = [...new Set(contrasts.map(({ word }) => word))];
  const other = `${inline}_other`;
  const isName = entries.length > 0 && entries.every(({ value }) => typeof value === "string");
  const said = oneOf(names.map((list) => `{${slot}:${list}}`));
  return {
    slot,
    said: names.length === 0 ? "" : isName ? `[the] ${said} [one|ones]` : said,
    isName,
    numbers: slot === DELTA ? [] : about.ranges.map((range) => `{${slot}:${rangeText(range)}} ${unitsOf(about)}`),
    contrasts,
    other,
    lists: {
      ...(about.words.length > 0 && { [inline]: about.words }),
      ...(words.length > 0 && { [other]: words.map((word) => ({ say: word, value: word })) }),
    },
  };
}

function answers(question: Question, stock: Stock): Fragments {
  const decline = { [NEITHER]: [DECLINE] };
  if (question.type === "choice") {
    const template = "[to|i (mean|want)|take|the one (at|in|on)] [the|number] {option:codriver_options} [one]";
    return {
      phrases: { [ANSWER + question.tool]: [template], ...decline },
      lists: { codriver_options: optionEntries(question.options) },
    };
  }
  const shape = stock.shapes.get(question.tool);
  const about = shape?.slots.get(question.slot);
  if (shape === undefined || about === undefined) return NONE;
  const { said, numbers, lists } = wordsFor(shape, question.slot, about, stock);
  const templates = [
    ...numbers.map((number) => `[to|at|make it|level|set it to] ${number}`),
    ...(said === "" ? [] : [`${AT} ${said}`]),
  ];
  return { phrases: { [ANSWER + question.tool]: templates, ...decline }, lists };
}

const oneOf = (parts: readonly string[]): string => (parts.length === 1 ? (parts[0] ?? "") : `(${parts.join("|")})`);

const rangeText = ({ min, max, step }: NumberRange): string => `number(${min}..${max},${step})`;

const unitsOf = ({ units }: SlotShape): string => units.map((unit) => `[${unit}]`).join(" ");
