import type { CompiledGrammar } from "./compile.ts";
import type { SpokenCall } from "./grammar.ts";

const JOIN = /^(?:and then|and|then) /;
const BEFORE =
  /^(?:please |(?:can|could|would|will) you (?:please )?|i (?:want|would like) (?:you )?to |i'd like (?:you )?to )+/;
const AFTER = /(?: (?:please|thanks|thank you))+$/;
/** After "I couldn't". */
export const VERB =
  /^(?:set|put|change|adjust|bring|turn|switch|make|open|close|shut|lower|raise|roll|wind|drop|crack|vent|let|lock|unlock|start|stop|cancel|end|quit|exit|delete|clear|navigate|guide|direct|drive|take|go|get|find|show|plan|calculate|play|pause|call|send|warm|heat|cool|mute|unmute|dim|brighten|defrost|defog|enable|disable|activate|deactivate|increase|decrease|reduce|order|add|remove|keep|use|begin|move|crank) /;
const TURNED: Readonly<Record<string, string>> = { my: "your", me: "you", us: "you", our: "your", myself: "yourself" };
const MAX_WORDS = 60;

/**
 * The driver's own words for each of these calls, as they go on after "I couldn't"; undefined for a call whose words are
 * no order, or cannot be told from the others'.
 */
export function ordersOf(
  text: string,
  calls: readonly SpokenCall[],
  grammar: Pick<CompiledGrammar, "parse">,
): readonly (string | undefined)[] {
  const words = text.split(" ");
  const parts = words.length > MAX_WORDS ? undefined : split(words, calls, grammar);
  return calls.map((_, index) => orderIn(parts?.[index] ?? ""));
}

/** One part a call, each of which asks for its call alone. */
function split(
  words: readonly string[],
  calls: readonly SpokenCall[],
  grammar: Pick<CompiledGrammar, "parse">,
): readonly string[] | undefined {
  const [call, ...others] = calls;
  if (call === undefined) return words.length === 0 ? [] : undefined;
  if (others.length === 0) return [words.join(" ").replace(JOIN, "")];
  for (let end = 1; end < words.length; end += 1) {
    const next = words[end];
    if (next !== "and" && next !== "then") continue;
    const part = words.slice(0, end).join(" ").replace(JOIN, "");
    if (!isSame(grammar.parse(part), call)) continue;
    const rest = split(words.slice(end), others, grammar);
    if (rest !== undefined) return [part, ...rest];
  }
  return undefined;
}

const isSame = (found: readonly SpokenCall[] | undefined, call: SpokenCall): boolean =>
  found?.length === 1 && JSON.stringify(found[0]) === JSON.stringify({ name: call.name, args: call.args });

function orderIn(part: string): string | undefined {
  const order = part.replace(BEFORE, "").replace(AFTER, "");
  if (!VERB.test(`${order} `)) return undefined;
  return order
    .split(" ")
    .map((word) => TURNED[word] ?? word)
    .join(" ");
}
