import type { ProviderCommand } from "../session/provider.ts";

/** OpenAI's message for it, which our own servers of StepFun's dialect take as well. */
export function truncateItem({ itemId, contentIndex, playedMs }: ProviderCommand & { type: "truncate" }): object {
  const where = { item_id: itemId, content_index: contentIndex, audio_end_ms: Math.round(playedMs) };
  return { type: "conversation.item.truncate", ...where };
}
