import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";
import { parseTyped } from "../../engine/understand/typed.ts";
import { DocumentError, type DocumentProblem } from "../../shared/yaml-document.ts";
import { checkWritable } from "../print.ts";
import { type ConcludeOptions, conclude } from "./conclude.ts";
import { reportIntent } from "./report.ts";
import { type Heard, scoreIntent } from "./score-intent.ts";
import { compiled, deedsOf, grammarOf } from "./tool-set.ts";

export interface TextOptions extends ConcludeOptions {
  readonly tools?: string;
}

const CALL = z.object({
  name: z.string().min(1),
  args: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
});
const SENTENCE = z.object({ text: z.string().min(1), calls: z.array(CALL) });

type Sentence = z.output<typeof SENTENCE> & { readonly line: number };

/** How well typed sentences are understood: each line of the file is `{"text", "calls": [{"name", "args"}]}`. */
export function evalText(file: string, { tools, ...options }: TextOptions): Promise<number> {
  checkWritable(options.json);
  const grammar = compiled(grammarOf(tools));
  const heard = readSentences(file).map(({ line, text, calls: expected }): Heard => {
    const calls = deedsOf(parseTyped(grammar, text));
    const utterances = [{ text, rejected: false, score: 0, calls }];
    return { file: `${file}:${line}`, expected, utterances, durationMs: 0, latencyMs: undefined };
  });
  const result = scoreIntent(heard);
  return Promise.resolve(conclude({ result, lines: reportIntent(result), accuracy: result.accuracy }, options));
}

/** Throws a DocumentError that names every bad line. */
function readSentences(file: string): readonly Sentence[] {
  if (!existsSync(file)) throw new DocumentError(file, [{ key: "", reason: "no such file" }]);
  const problems: DocumentProblem[] = [];
  const sentences = readFileSync(file, "utf8")
    .split(/\r?\n/)
    .flatMap((text, index): readonly Sentence[] => {
      if (text.trim() === "") return [];
      const read = SENTENCE.safeParse(parsed(text));
      if (read.success) return [{ ...read.data, line: index + 1 }];
      const reason = 'expected {"text": …, "calls": [{"name": …, "args": {…}}]}';
      problems.push({ line: index + 1, key: "", reason });
      return [];
    });
  if (problems.length === 0 && sentences.length === 0) problems.push({ key: "", reason: "there are no sentences" });
  if (problems.length > 0) throw new DocumentError(file, problems);
  return sentences;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
