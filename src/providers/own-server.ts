import type { Capabilities, ProviderCommand } from "../session/provider.ts";

/** What servers can that we wrote ourselves. */
export const OWN_SERVER: Capabilities = {
  inputRateHz: 16_000,
  outputRateHz: 24_000,
  greets: true,
  speechEvents: true,
  autoReply: true,
  createAfterToolResult: true,
  cancel: "event",
  truncate: "ms",
  context: "silent",
  audioEnd: "silence",
  resume: "history",
  overlap: true,
  maxSessionMs: undefined,
};

/** OpenAI's message for it, which our own servers of StepFun's dialect take as well. */
export function truncateItem({ itemId, contentIndex, playedMs }: ProviderCommand & { type: "truncate" }): object {
  const where = { item_id: itemId, content_index: contentIndex, audio_end_ms: Math.round(playedMs) };
  return { type: "conversation.item.truncate", ...where };
}
