export type PlaybackCommand =
  /** 24 kHz mono PCM of a reply, which may come faster than it can be heard. */
  | {
      readonly type: "enqueue";
      readonly replyId: string;
      readonly itemId: string;
      readonly contentIndex: number;
      readonly pcm: Int16Array;
    }
  /** No more will be enqueued for this reply. */
  | { readonly type: "end-of-reply"; readonly replyId: string }
  /**
   * Silence, at once, and no more than that: what the device was handed and has not played is taken back. What still
   * comes is kept, within the usual bounds. Changes nothing when paused already, or when there is nothing to play.
   */
  | { readonly type: "pause" }
  /** Goes on with the very sample that was next to be heard. Changes nothing when not paused. */
  | { readonly type: "resume" }
  /** Silence, at once; ends a pause too. What still comes for the replies in play is ignored until they end, for 10 s at most. */
  | { readonly type: "interrupt" };

/** How much of an item was heard. */
export interface PlayedItem {
  readonly replyId: string;
  readonly itemId: string;
  readonly contentIndex: number;
  readonly playedMs: number;
}

/** Times are milliseconds on the clock that the playback was given. */
export type PlaybackEvent =
  /** The first sample of a reply has been handed to the device. */
  | { readonly type: "started"; readonly replyId: string; readonly atMs: number }
  /** These samples have been heard; the first of them at `atMs`. */
  | { readonly type: "played"; readonly block: Int16Array; readonly atMs: number }
  /** All of a reply has been heard. A reply without sound finishes when it ends, without having started. */
  | { readonly type: "finished"; readonly replyId: string }
  /** It is silent, and how far the items had come: those that an interruption would name. */
  | { readonly type: "paused"; readonly items: readonly PlayedItem[] }
  | { readonly type: "resumed" }
  /** The items that were not heard to their end, or to whose end more could have come; in the order they were enqueued. */
  | { readonly type: "interrupted"; readonly items: readonly PlayedItem[] }
  /** Samples that did not fit into the queue and will not be heard. */
  | { readonly type: "dropped"; readonly replyId: string; readonly samples: number };
