import type { Outcome } from "./tool-output.ts";
import { type Wording, word } from "./wording.ts";

/** What came of one call, and the driver's own words for it where they are known. */
export interface Told {
  readonly outcome: Outcome;
  readonly order: string | undefined;
}

/**
 * What came of all calls of a turn, as one reply: what was done, then what was not and why, in words that tell which is
 * which; questions come last.
 */
export function tellAll(all: readonly Told[], wording: Wording, turn: number): string {
  const of = (...types: readonly Outcome["type"][]) => all.filter(({ outcome }) => types.includes(outcome.type));
  const done = of("said").map(({ outcome }, index) => word(wording.result, turn + index, { say: outcome.say }));
  const failed = of("refused", "failed");
  const isMixed = done.length > 0 && failed.length > 0;
  const failures = failed.map((told, index) =>
    isMixed ? exception(told, index === 0, wording, turn) : failure(told.outcome, wording, turn + index),
  );
  const told = isMixed ? [...butLast(done), `${(done.at(-1) ?? "").replace(/[.!]$/, "")}, ${failures[0] ?? ""}`] : done;
  return [
    ...told,
    ...(isMixed ? failures.slice(1) : failures),
    ...of("question").map(({ outcome }) => outcome.say),
  ].join(" ");
}

/** "… but I couldn't open the window: …", "And I couldn't …". */
function exception({ outcome, order }: Told, isFirst: boolean, wording: Wording, turn: number): string {
  const joint = isFirst ? "but" : "And";
  if (order !== undefined) return `${joint} I couldn't ${order}${outcome.say === "" ? "." : `: ${outcome.say}`}`;
  const said = failure(outcome, wording, turn);
  return isFirst ? `${joint} ${/^I\b/.test(said) ? said : said.charAt(0).toLowerCase() + said.slice(1)}` : said;
}

function failure({ type, say }: Outcome, wording: Wording, turn: number): string {
  return word(wording[type === "refused" ? "refused" : "failed"], turn, { say });
}

const butLast = (texts: readonly string[]): readonly string[] => texts.slice(0, -1);
