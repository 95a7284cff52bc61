import type { EngineEvent, Place } from "../engine-event.ts";
import { type Wire, withTranscript } from "./openai-items.ts";
import type { OpenAiSession } from "./openai-session.ts";

/** Items that can be asked for again; the oldest are forgotten first. */
const MAX_ITEMS = 256;

/** What this wire repeats and the engine does not keep. */
export interface OpenAiMemory {
  session: OpenAiSession;
  /** The message that is being given. */
  open: { readonly place: Place; readonly spoken: boolean } | undefined;
  /** An item is part of the conversation now, behind the one before. */
  added(item: Wire): Wire;
  done(item: Wire): Wire;
  retrieved(itemId: string): readonly Wire[];
  forget(itemId: string): void;
  cut(itemId: string, text: string): void;
  transcript(event: EngineEvent & { type: "transcript" }): readonly Wire[];
}

const TRANSCRIPTION = "conversation.item.input_audio_transcription";

export function createMemory(session: OpenAiSession): OpenAiMemory {
  const items = new Map<string, Wire>();
  let previous: { readonly of: unknown; readonly id: string | null } = { of: undefined, id: null };
  let heard = { itemId: "", text: "" };
  const keep = (item: Wire): void => {
    items.set(String(item["id"]), item);
    const [oldest] = items.keys();
    if (items.size > MAX_ITEMS && oldest !== undefined) items.delete(oldest);
  };
  const reworded = (itemId: string, text: string): void => {
    const item = items.get(itemId);
    if (item !== undefined) items.set(itemId, withTranscript(item, text));
  };
  return {
    session,
    open: undefined,
    added(item) {
      const last = [...items.keys()].at(-1) ?? null;
      previous = { of: item["id"], id: last };
      keep(item);
      return { type: "conversation.item.added", previous_item_id: last, item };
    },
    done(item) {
      keep(item);
      return {
        type: "conversation.item.done",
        previous_item_id: previous.of === item["id"] ? previous.id : undefined,
        item,
      };
    },
    retrieved(itemId) {
      const item = items.get(itemId);
      return item === undefined ? [] : [{ type: "conversation.item.retrieved", item }];
    },
    forget: (itemId) => void items.delete(itemId),
    cut: reworded,
    /** Guesses are told by what they add; one that says something else is held back until the text is final. */
    transcript({ itemId, text, final }) {
      const told = heard.itemId === itemId ? heard.text : "";
      const at = { item_id: itemId, content_index: 0 };
      const isMore = text.startsWith(told) && text.length > told.length;
      const delta = isMore ? [{ type: `${TRANSCRIPTION}.delta`, ...at, delta: text.slice(told.length) }] : [];
      if (isMore) heard = { itemId, text };
      if (!final) return delta;
      reworded(itemId, text);
      return [...delta, { type: `${TRANSCRIPTION}.completed`, ...at, transcript: text }];
    },
  };
}
