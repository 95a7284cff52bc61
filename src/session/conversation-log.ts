import { SPEAKER_RATE_HZ } from "../audio/audio-frame.ts";
import type { LinkCommand } from "./link-command.ts";
import type { LinkEvent } from "./link-event.ts";
import type { HistoryEntry } from "./provider.ts";

export type LogLine =
  /** `itemId` is unknown until the transcript comes, which may be after the answer has begun. */
  | { readonly type: "user"; readonly seq: number; readonly itemId: string | undefined; readonly text: string }
  | {
      readonly type: "assistant";
      readonly seq: number;
      readonly itemId: string;
      readonly text: string;
      readonly samples: number;
      /** The driver heard no more than `text`. */
      readonly cut: boolean;
    }
  | {
      readonly type: "call";
      readonly seq: number;
      readonly callId: string;
      readonly name: string;
      readonly args: unknown;
      readonly result: { readonly output: unknown } | undefined;
    };

/** What was said and done, as the driver heard it: for a model that was not there. */
export interface ConversationLog {
  /** Oldest first. */
  readonly lines: readonly LogLine[];
  /** The number of the next line. */
  readonly next: number;
}

export const NOTHING_SAID: ConversationLog = { lines: [], next: 0 };

/** More than any budget of tokens lets through. The oldest are forgotten first. */
const MAX_LINES = 256;
/** Past this a line says nothing that the model needs to know again. */
const MAX_TEXT = 2_000;

export function nextLog(log: ConversationLog, input: LinkCommand | LinkEvent): ConversationLog {
  switch (input.type) {
    case "user-text":
      return withLine(log, { type: "user", itemId: "", text: input.text.slice(0, MAX_TEXT) });
    case "speech-stopped":
      return withLine(log, { type: "user", itemId: undefined, text: "" });
    case "transcript":
      return input.final ? heard(log, input.itemId, input.text) : log;
    case "reply-audio":
      return said(log, input.itemId, (line) => ({ ...line, samples: line.samples + input.pcm.length }));
    case "reply-text":
      return said(log, input.itemId, (line) => ({
        ...line,
        text: (input.final ? input.text : line.text + input.text).slice(0, MAX_TEXT),
      }));
    case "truncate":
      return said(log, input.itemId, (line) => ({ ...line, cut: true, text: heardOf(line, input.playedMs) }), "known");
    case "tool-call":
      return withLine(log, {
        type: "call",
        callId: input.callId,
        name: input.name,
        args: input.args,
        result: undefined,
      });
    case "tool-result":
      return answered(log, input.callId, input.output);
    case "history":
      return input.entries.reduce(told, log);
    default:
      return log;
  }
}

type Unnumbered<Line> = Line extends LogLine ? Omit<Line, "seq"> : never;

function withLine({ lines, next }: ConversationLog, line: Unnumbered<LogLine>): ConversationLog {
  return { lines: [...lines, { ...line, seq: next }].slice(-MAX_LINES), next: next + 1 };
}

function withLineAt(log: ConversationLog, at: number, line: LogLine): ConversationLog {
  return { ...log, lines: log.lines.with(at, line) };
}

/** A transcript belongs where its speech ended, however late it comes. */
function heard(log: ConversationLog, itemId: string, whole: string): ConversationLog {
  const text = whole.slice(0, MAX_TEXT);
  const at = log.lines.findIndex((line) => line.type === "user" && line.itemId === undefined);
  const known = log.lines.findLastIndex((line) => line.type === "user" && line.itemId === itemId && itemId !== "");
  const index = known >= 0 ? known : at;
  const line = log.lines[index];
  if (line?.type !== "user") return withLine(log, { type: "user", itemId, text });
  return withLineAt(log, index, { ...line, itemId, text });
}

type Said = LogLine & { type: "assistant" };

function said(
  log: ConversationLog,
  itemId: string,
  change: (line: Said) => Said,
  which: "any" | "known" = "any",
): ConversationLog {
  const index = log.lines.findLastIndex((line) => line.type === "assistant" && line.itemId === itemId);
  const line = log.lines[index];
  if (line?.type === "assistant") return line.cut ? log : withLineAt(log, index, change(line));
  if (which === "known") return log;
  return withLine(log, change({ type: "assistant", seq: log.next, itemId, text: "", samples: 0, cut: false }));
}

/** As much of the text as was played of the sound, to the end of a word. */
function heardOf({ text, samples }: Said, playedMs: number): string {
  const share = samples === 0 ? 0 : (playedMs * SPEAKER_RATE_HZ) / 1_000 / samples;
  if (share >= 1) return text;
  const cut = text.slice(0, Math.floor(text.length * Math.max(0, share)));
  const word = cut.lastIndexOf(" ");
  return /\s/.test(text) ? cut.slice(0, Math.max(0, word)) : cut;
}

/** What the driver heard of all that was said since they spoke. */
export function heardLast({ lines }: ConversationLog): string {
  const since = lines.findLastIndex(({ type }) => type === "user") + 1;
  const texts = lines.slice(since).flatMap((line) => (line.type === "assistant" ? [line.text] : []));
  return texts.filter((text) => text !== "").join(" ");
}

function answered(log: ConversationLog, callId: string, output: unknown): ConversationLog {
  const index = log.lines.findLastIndex((line) => line.type === "call" && line.callId === callId);
  const line = log.lines[index];
  if (line?.type !== "call" || line.result !== undefined) return log;
  return withLineAt(log, index, { ...line, result: { output } });
}

function told(log: ConversationLog, entry: HistoryEntry): ConversationLog {
  switch (entry.type) {
    case "user":
      return withLine(log, { type: "user", itemId: "", text: entry.text });
    case "assistant":
      return withLine(log, { type: "assistant", itemId: "", text: entry.text, samples: 0, cut: true });
    case "call":
      return withLine(log, { ...entry, result: undefined });
    case "result":
      return answered(log, entry.callId, entry.output);
  }
}
