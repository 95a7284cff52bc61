import { z } from "zod";

import { REPLY_STATUSES, type ReplyStatus, type SessionEvent } from "../session/session-event.ts";
import { isNewCall, type Memory } from "./realtime-memory.ts";
import { callArguments, type MessageTable, pcmFromBase64, row } from "./wire.ts";

/** What the two generations of one wire call the streams of a reply. */
export interface StreamNames {
  readonly audio: string;
  readonly transcript: string;
  readonly text: string;
}

export const id = z.string().min(1).max(256);
/** The parts of a reply that say whose they are. */
const part = { response_id: id.optional().catch(undefined), item_id: id.catch("item") };
const delta = z.object({ ...part, content_index: z.int().catch(0), delta: z.string() });
const wholeText = z.object({ ...part, transcript: z.string().optional(), text: z.string().optional() });
const call = z.object({
  type: z.literal("function_call"),
  call_id: id,
  name: id,
  arguments: z.string(),
  // A reply that was cut off has calls whose arguments stop in the middle.
  status: z.string().optional().catch(undefined),
});
const response = z.object({
  response: z.object({
    id,
    status: z.string().catch("completed"),
    output: z.array(z.unknown()).catch([]),
    status_details: z.unknown().optional(),
  }),
});

type Part = z.output<typeof wholeText>;
type Call = z.output<typeof call>;

const session = z.object({ session: z.object({ id }) });

/** What the server calls its session, if it says so. */
export const serverIdOf = (raw: unknown): string | undefined => session.safeParse(raw).data?.session.id;

export const ready = ({ serverId }: Memory): SessionEvent => ({
  type: "session-ready",
  ...(serverId !== undefined && { trace: serverId }),
});

/** What a reply consists of. */
export function contentMessages(memory: Memory, names: StreamNames): MessageTable {
  const whose = ({ response_id, item_id }: Pick<Part, "response_id" | "item_id">) => ({
    replyId: replyOf({ response_id }, memory),
    itemId: item_id,
  });
  const textDelta = row(delta, (message) => [
    { type: "reply-text", ...whose(message), text: message.delta, final: false },
  ]);
  const textDone = row(wholeText, (message) => [
    { type: "reply-text", ...whose(message), text: message.transcript ?? message.text ?? "", final: true },
  ]);
  return {
    [`${names.audio}.delta`]: row(delta, (message) => {
      const pcm = pcmFromBase64(message.delta);
      return pcm === undefined
        ? [{ type: "ignored", wireType: `${names.audio}.delta`, problem: "delta: not 16-bit samples in base64" }]
        : [{ type: "reply-audio", ...whose(message), contentIndex: message.content_index, pcm }];
    }),
    [`${names.transcript}.delta`]: textDelta,
    [`${names.transcript}.done`]: textDone,
    [`${names.text}.delta`]: textDelta,
    [`${names.text}.done`]: textDone,
    ...callMessages(memory),
  };
}

/** A call is in up to three messages, whichever comes first tells it. */
function callMessages(memory: Memory): MessageTable {
  return {
    "response.function_call_arguments.done": row(
      z.object({ ...part, call_id: id, name: id.optional().catch(undefined), arguments: z.string() }),
      (message) => {
        const name = message.name ?? memory.callNames.get(message.call_id);
        // Without a name it is told by `output_item.done`, which always has one.
        return name === undefined ? [] : toolCall({ ...message, name }, replyOf(message, memory), memory);
      },
    ),
    "response.output_item.done": row(
      z.object({ ...part, item: z.union([call, z.object({ type: z.string() })]) }),
      (message) => ("call_id" in message.item ? toolCall(message.item, replyOf(message, memory), memory) : []),
    ),
  };
}

/** When a reply begins and ends. `failure` says what the server adds to a reply that failed. */
export function replyMessages(memory: Memory, failure: (details: unknown) => readonly SessionEvent[]): MessageTable {
  const ended = (replyId: string, status: ReplyStatus): SessionEvent => {
    if (memory.replyId === replyId) memory.replyId = undefined;
    return { type: "reply-ended", replyId, status };
  };
  return {
    "response.created": row(response, ({ response: { id: replyId } }) => {
      memory.replyId = replyId;
      return [{ type: "reply-started", replyId }];
    }),
    "response.done": row(response, ({ response: { id: replyId, status, output, status_details: details } }) => {
      const calls = output.flatMap((item) => {
        const parsed = call.safeParse(item);
        return parsed.success ? toolCall(parsed.data, replyId, memory) : [];
      });
      return [...calls, ...(status === "failed" ? failure(details) : []), ended(replyId, statusOf(status))];
    }),
    "response.cancelled": row(z.object({ response_id: id.optional() }), (message) => {
      const replyId = message.response_id ?? memory.replyId;
      return replyId === undefined ? [] : [ended(replyId, "cancelled")];
    }),
  };
}

function replyOf(message: { response_id?: string | undefined }, memory: Memory): string {
  return message.response_id ?? memory.replyId ?? "unknown";
}

function statusOf(status: string): ReplyStatus {
  return REPLY_STATUSES.find((known) => known === status) ?? "incomplete";
}

function toolCall(
  { call_id: callId, name, arguments: text, status }: Omit<Call, "type">,
  replyId: string,
  memory: Memory,
): readonly SessionEvent[] {
  if (status === "incomplete" || !isNewCall(memory, callId)) return [];
  return [{ type: "tool-call", replyId, callId, name, args: callArguments(text) }];
}
