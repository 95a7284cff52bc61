import { readFileSync } from "node:fs";
import { type Document, isMap, isNode, isPair, LineCounter, parseDocument } from "yaml";
import type { z } from "zod";

/** One thing wrong with a file that a person wrote. */
export interface DocumentProblem {
  /** Absent where there is no text to point at: a variable, a command line flag. */
  readonly line?: number;
  readonly column?: number;
  /** Dotted, for example `audio.microphone.kind`; empty when the whole file is meant. */
  readonly key: string;
  readonly reason: string;
}

/** A file that a person wrote cannot be used. Lists everything that is wrong with it at once, with line and key. */
export class DocumentError extends Error {
  override readonly name: string = "DocumentError";
  readonly file: string;
  readonly problems: readonly DocumentProblem[];

  constructor(file: string, problems: readonly DocumentProblem[]) {
    const lines = problems.map(({ line, column, key, reason }) => {
      const place = line === undefined ? file : `${file}:${line}:${column ?? 1}`;
      return [place, key, reason].filter((part) => part !== "").join(": ");
    });
    super(lines.join("\n"));
    this.file = file;
    this.problems = problems;
  }
}

/** Reads a YAML (or JSON) file and checks it against a schema. Throws `DocumentError`, never anything else. */
export function readYaml<T>(file: string, schema: z.ZodType<T>): T {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    const reason =
      cause instanceof Error && "code" in cause && cause.code === "ENOENT" ? "no such file" : String(cause);
    throw new DocumentError(file, [{ key: "", reason }]);
  }
  return parseYaml(text, schema, file);
}

/** As `readYaml`, for text already in memory; `file` is the name that problems carry. */
export function parseYaml<T>(text: string, schema: z.ZodType<T>, file: string): T {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, uniqueKeys: true });
  const at = (offset: number, key: string, reason: string): DocumentProblem => {
    const { line, col } = counter.linePos(offset);
    return { line, column: col, key, reason };
  };
  if (document.errors.length > 0) {
    throw new DocumentError(
      file,
      document.errors.map((error) => at(error.pos[0], "", error.message.split("\n")[0] ?? error.message)),
    );
  }
  const checked = schema.safeParse(document.toJS({ maxAliasCount: 16 }) ?? {});
  if (checked.success) return checked.data;
  throw new DocumentError(
    file,
    checked.error.issues
      .flatMap(spread)
      .map(({ path, reason }) => at(offsetOf(document, path), path.join("."), reason)),
  );
}

/** Unknown keys are reported one by one, each at its own place. */
function spread(issue: z.core.$ZodIssue): { path: (string | number)[]; reason: string }[] {
  const path = issue.path.filter((part) => typeof part !== "symbol");
  if (issue.code !== "unrecognized_keys") return [{ path, reason: issue.message }];
  return issue.keys.map((key) => ({ path: [...path, key], reason: "unknown key" }));
}

/** Where a path stands in the file: its key, or the nearest enclosing one when it is missing. */
function offsetOf(document: Document, path: readonly (string | number)[]): number {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const offset = offsetOfKey(document, path.slice(0, depth));
    if (offset !== undefined) return offset;
  }
  return 0;
}

function offsetOfKey(document: Document, path: readonly (string | number)[]): number | undefined {
  const parent: unknown = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const name = path[path.length - 1];
  if (isMap(parent)) {
    const pair = parent.items.find((item) => isPair(item) && isNode(item.key) && String(item.key) === String(name));
    if (pair && isNode(pair.key)) return pair.key.range?.[0];
  }
  const node: unknown = document.getIn(path, true);
  return isNode(node) ? node.range?.[0] : undefined;
}
