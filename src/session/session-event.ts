export const REPLY_STATUSES = ["completed", "cancelled", "incomplete", "failed"] as const;
export type ReplyStatus = (typeof REPLY_STATUSES)[number];

/** `benign`: a lost race, ignore it. `retry`: a new connection may succeed. `fatal`: only a person can mend it. */
export type Severity = "benign" | "retry" | "fatal";

/** What happens in a conversation, in our words. Every provider's messages are translated into these. */
export type SessionEvent =
  /** `trace`: by this name the people who run the server find the session. */
  | { readonly type: "session-ready"; readonly trace?: string }
  /** Emitted by the core, never by a provider: the link is gone, another one is tried after `retryInMs`. */
  | { readonly type: "session-lost"; readonly reason: string; readonly retryInMs: number }
  /** Emitted by `failover`, never by a provider: from now on this side has the conversation, and `reason` says why. */
  | { readonly type: "failover"; readonly to: "primary" | "fallback"; readonly reason: string }
  /** The server is about to end the session. */
  | { readonly type: "session-expiring"; readonly inMs: number }
  /** By this name the server will know the conversation again; the newest counts. */
  | { readonly type: "session-handle"; readonly handle: string }
  | { readonly type: "speech-started" }
  | { readonly type: "speech-stopped" }
  /** What was heard so far: the whole text of the item, each time. */
  | { readonly type: "transcript"; readonly itemId: string; readonly text: string; readonly final: boolean }
  | { readonly type: "reply-started"; readonly replyId: string }
  /** 24 kHz mono PCM. May arrive faster than real time. */
  | {
      readonly type: "reply-audio";
      readonly replyId: string;
      readonly itemId: string;
      readonly contentIndex: number;
      readonly pcm: Int16Array;
    }
  /** An increment of what is being said; `final` carries the whole text of the item. */
  | {
      readonly type: "reply-text";
      readonly replyId: string;
      readonly itemId: string;
      readonly text: string;
      readonly final: boolean;
    }
  /** `args` is parsed JSON, or the raw text where the model's arguments were not JSON. */
  | {
      readonly type: "tool-call";
      readonly replyId: string;
      readonly callId: string;
      readonly name: string;
      readonly args: unknown;
    }
  /** The model no longer waits for the results of these calls. What was begun goes on. */
  | { readonly type: "calls-withdrawn"; readonly callIds: readonly string[] }
  | { readonly type: "reply-ended"; readonly replyId: string; readonly status: ReplyStatus }
  | {
      readonly type: "provider-error";
      readonly code: string;
      readonly message: string;
      readonly severity: Severity;
    }
  /** A message that we do not act on, or one that could not be read (`problem` says why). */
  | { readonly type: "ignored"; readonly wireType: string; readonly problem?: string };

/**
 * Codes of `provider-error` that the core itself acts on or makes; every other code is the vendor's.
 * `reply-active`: a reply was asked for while one is running. `nothing-to-cancel`: it was over already.
 * `audio-dropped`: made by the core when speech did not reach the model, so the driver should be asked to repeat it.
 */
export const CORE_CODES = {
  replyActive: "reply-active",
  nothingToCancel: "nothing-to-cancel",
  audioDropped: "audio-dropped",
} as const;
