import type { ConversationLog, LogLine } from "./conversation-log.ts";
import type { HistoryEntry } from "./provider.ts";

/** Enough for the last minutes; every reply pays for them again. */
export const HISTORY_TOKENS = 2_000;
/** A result longer than this is not worth its price. */
const MAX_RESULT = 1_000;
/** A wish that nobody seems to have heard would be carried out once more. */
export const BEGUN = { status: "begun", say: "This is under way already. What comes of it is told without a call." };

export interface Retelling {
  readonly tokens?: number;
  readonly since?: number;
  readonly until?: number;
}

/**
 * The log as a model is told of it: the newest lines that fit into `tokens`, oldest first, of the lines from `since` to before
 * `until`. A call and its result come together or not at all.
 */
export function retell(
  { lines, next }: ConversationLog,
  { tokens = HISTORY_TOKENS, since = 0, until = next }: Retelling = {},
): readonly HistoryEntry[] {
  const kept: (readonly HistoryEntry[])[] = [];
  let left = tokens;
  for (const line of lines.toReversed()) {
    if (line.seq < since) break;
    if (line.seq >= until) continue;
    const entries = entriesOf(line);
    left -= entries.reduce((sum, entry) => sum + tokensOf(entry), 0);
    if (left < 0) break;
    kept.push(entries);
  }
  return kept.reverse().flat();
}

function entriesOf(line: LogLine): readonly HistoryEntry[] {
  switch (line.type) {
    case "user":
    case "assistant":
      return line.text.trim() === "" ? [] : [{ type: line.type, text: line.text }];
    case "call": {
      const { callId, name, args, result } = line;
      const output = result === undefined ? BEGUN : shortened(result.output);
      return [
        { type: "call", callId, name, args },
        { type: "result", callId, name, output },
      ];
    }
  }
}

function shortened(output: unknown): unknown {
  return textOf(output).length <= MAX_RESULT ? output : { note: "The result was too long to be repeated." };
}

/** A word of four letters is about one token, a Chinese character is one. */
function tokensOf(entry: HistoryEntry): number {
  const text = "text" in entry ? entry.text : entry.name + textOf(entry.type === "call" ? entry.args : entry.output);
  const wide = text.match(/[⺀-\uffff]/gu)?.length ?? 0;
  return Math.ceil((text.length - wide) / 4) + wide + 4;
}

function textOf(value: unknown): string {
  return JSON.stringify(value ?? null);
}
