import type { HistoryEntry } from "../session/provider.ts";

type Wire = Readonly<Record<string, unknown>>;

export const createItem = (item: Wire): Wire => ({ type: "conversation.item.create", item });

export const textItem = (role: "user" | "system", text: string): Wire => ({
  type: "message",
  role,
  content: [{ type: "input_text", text }],
});

export const resultItem = (callId: string, output: unknown): Wire => ({
  type: "function_call_output",
  call_id: callId,
  output: JSON.stringify(output ?? null),
});

/** One line of a conversation as an item; `assistantText` is what a dialect calls text that was said. */
export function historyItem(entry: HistoryEntry, assistantText: "text" | "output_text"): Wire {
  switch (entry.type) {
    case "user":
      return textItem("user", entry.text);
    case "assistant":
      return { type: "message", role: "assistant", content: [{ type: assistantText, text: entry.text }] };
    case "call": {
      const { callId, name, args } = entry;
      return { type: "function_call", call_id: callId, name, arguments: JSON.stringify(args ?? {}) };
    }
    case "result":
      return resultItem(entry.callId, entry.output);
  }
}

/** Calls and results in words, for servers that take neither from the client. */
export function inWords(entry: Extract<HistoryEntry, { callId: string }>): string {
  return entry.type === "call"
    ? `[${entry.name} was called with ${JSON.stringify(entry.args ?? {})}]`
    : `[${entry.name} answered ${JSON.stringify(entry.output ?? null)}]`;
}
