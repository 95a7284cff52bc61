import type { Item, MessageItem, Place, ReplyItem } from "../engine-event.ts";

export type Wire = Readonly<Record<string, unknown>>;

/** How far an item is, in the vendor's words. */
export type Progress = "in_progress" | "completed" | "incomplete";

export function wireOf(item: Item, status: Progress = "completed"): Wire {
  const head = { id: item.itemId, object: "realtime.item", status };
  switch (item.type) {
    case "message":
      return { ...head, type: "message", role: item.role, content: status === "in_progress" ? [] : contentOf(item) };
    case "call": {
      const { callId: call_id, name, args } = item;
      return { ...head, type: "function_call", call_id, name, arguments: status === "in_progress" ? "" : args };
    }
    case "output":
      return { ...head, type: "function_call_output", call_id: item.callId, output: item.output };
  }
}

function contentOf({ role, text, spoken }: MessageItem): readonly Wire[] {
  if (role !== "assistant")
    return spoken ? [{ type: "input_audio", transcript: null }] : [{ type: "input_text", text }];
  return spoken ? [{ type: "output_audio", transcript: text }] : [{ type: "output_text", text }];
}

/** An item of spoken words, once they are known. */
export function withTranscript(item: Wire, transcript: string): Wire {
  const content = (item["content"] ?? []) as readonly Wire[];
  return { ...item, content: content.map((part) => ("transcript" in part ? { ...part, transcript } : part)) };
}

/** Parts have other names than the contents that they become. */
export const partOf = (spoken: boolean, text: string): Wire =>
  spoken ? { type: "audio", transcript: text } : { type: "text", text };

export const outputPlace = ({ replyId, index }: Place): Wire => ({ response_id: replyId, output_index: index });

export const contentPlace = ({ replyId, itemId, index }: Place): Wire => ({
  response_id: replyId,
  item_id: itemId,
  output_index: index,
  content_index: 0,
});

/** `unfinished`: the message in whose middle the reply was ended. */
export const outputOf = (output: readonly ReplyItem[], unfinished: string | undefined): readonly Wire[] =>
  output.map((item) => wireOf(item, item.itemId === unfinished ? "incomplete" : "completed"));
