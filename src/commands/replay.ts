import { readFileSync } from "node:fs";
import { covo } from "../providers/covo.ts";
import { gemini } from "../providers/gemini.ts";
import { local } from "../providers/local.ts";
import { openAi } from "../providers/openai.ts";
import { stepFun } from "../providers/stepfun.ts";
import type { Codec } from "../session/provider.ts";
import { type ReplayedEvent, replayed } from "../session/replayed.ts";
import { parseEntry, type WireEntry } from "../session/wire-log.ts";
import { DocumentError, type DocumentProblem } from "../shared/yaml-document.ts";
import { EXIT } from "./explain.ts";
import { checkWritable, print, writeJson } from "./print.ts";

export interface ReplayOptions {
  readonly json?: string;
}

/** More of them tell nothing more. */
const MAX_PROBLEMS = 5;

/** Only translators: nothing here is ever connected to. */
const KEY = { apiKey: "" };
const CODECS: Readonly<Record<string, () => Codec>> = {
  covo: () => covo(KEY).codec(),
  gemini: () => gemini(KEY).codec(),
  local: () => local({ url: "", token: "" }).codec(),
  openai: () => openAi(KEY).codec(),
  stepfun: () => stepFun(KEY).codec(),
};

/** Reads a wire log again and tells what the model said, did and asked for. Touches neither a network nor a car. */
export function replay(file: string, { json }: ReplayOptions): number {
  checkWritable(json);
  const events = replayed(entriesOf(file), codecOf);
  if (json === undefined) for (const event of events.flatMap(lineOf)) print(event);
  else writeJson(json, events.map(withoutSamples));
  return EXIT.ok;
}

function codecOf(provider: string): Codec {
  const codec = CODECS[provider];
  if (codec === undefined) throw new Error(`The log is of a provider "${provider}" that this version does not know.`);
  return codec();
}

/** Throws a DocumentError that names the first bad lines. */
function entriesOf(file: string): readonly WireEntry[] {
  const problems: DocumentProblem[] = [];
  const entries: WireEntry[] = [];
  readLines(file).forEach((text, index) => {
    if (text.trim() === "" || problems.length === MAX_PROBLEMS) return;
    const entry = parseEntry(text);
    if ("problem" in entry) problems.push({ line: index + 1, key: "", reason: entry.problem });
    else if (entry.what === "dialled" && CODECS[entry.provider] === undefined) {
      const known = Object.keys(CODECS).join(", ");
      problems.push({ line: index + 1, key: "provider", reason: `"${entry.provider}" is none of ${known}` });
    } else entries.push(entry);
  });
  if (problems.length === 0 && entries.length === 0) {
    problems.push({
      line: 1,
      key: "",
      reason: "there is nothing in it; `codriver drive --record DIR` leaves a wire.jsonl",
    });
  }
  if (problems.length > 0) throw new DocumentError(file, problems);
  return entries;
}

function readLines(file: string): readonly string[] {
  try {
    return readFileSync(file, "utf8").split("\n");
  } catch (cause) {
    throw new DocumentError(file, [{ key: "", reason: cause instanceof Error ? cause.message : String(cause) }]);
  }
}

function withoutSamples({ event, ...at }: ReplayedEvent): object {
  if (event.type !== "reply-audio") return { ...at, ...event };
  const { pcm, ...rest } = event;
  return { ...at, ...rest, samples: pcm.length };
}

/** What a person wants to read: sound and messages that mean nothing to us are left out. */
function lineOf({ ms, connection, event }: ReplayedEvent): readonly string[] {
  if (event.type === "reply-audio" || (event.type === "ignored" && event.problem === undefined)) return [];
  const { type, ...rest } = event;
  const seconds = (ms / 1_000).toFixed(3).padStart(9);
  return [
    `${seconds} s  #${connection}  ${type.padEnd(16)} ${Object.keys(rest).length === 0 ? "" : JSON.stringify(rest)}`.trimEnd(),
  ];
}
