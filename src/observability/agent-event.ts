/** What the agent is doing, as the driver would say it. */
export type AgentState = "asleep" | "listening" | "thinking" | "speaking";

/**
 * One step of a conversation: what the timeline shows, the event log keeps and `agent/turn` publishes. `turn` is the
 * wake that it belongs to. Audio is never part of an event.
 */
export type AgentEvent =
  /** `trace`: by this name the people who run the model find the session. */
  | { readonly type: "ready"; readonly trace?: string }
  /** The car has said what it is and beats, or is gone. */
  | { readonly type: "car"; readonly online: boolean }
  | { readonly type: "link-lost"; readonly reason: string; readonly retryInMs: number }
  | { readonly type: "state"; readonly state: AgentState }
  | { readonly type: "woke"; readonly turn: number; readonly word: string; readonly score: number }
  | { readonly type: "gate-opened"; readonly turn: number; readonly reason: string; readonly preRollBytes: number }
  | { readonly type: "gate-closed"; readonly turn: number; readonly reason: string }
  | { readonly type: "heard"; readonly turn: number; readonly text: string; readonly final: boolean }
  | {
      readonly type: "call";
      readonly turn: number;
      readonly callId: string;
      readonly name: string;
      readonly args: unknown;
    }
  | {
      readonly type: "verdict";
      readonly turn: number;
      readonly callId: string;
      readonly verdict: string;
      readonly reason?: string;
    }
  | {
      readonly type: "command";
      readonly turn: number;
      readonly callId: string;
      readonly commandId: string;
      readonly topic: string;
    }
  | {
      readonly type: "phase";
      readonly turn: number;
      readonly commandId: string;
      readonly phase: string;
      readonly error?: string;
    }
  | {
      readonly type: "result";
      readonly turn: number;
      readonly callId: string;
      readonly status: string;
      readonly say: string;
      readonly late: boolean;
    }
  /** What the driver said to the question about a call: `yes`, `no`, `other` or `silence`. */
  | { readonly type: "answered"; readonly turn: number; readonly callId: string; readonly answer: string }
  | { readonly type: "reply"; readonly turn: number; readonly text: string }
  /** The first sample of a reply was handed to the speaker, on the process's monotonic clock. */
  | { readonly type: "sound"; readonly turn: number; readonly replyId: string; readonly atMs: number }
  /** Everything that this turn set off is over: replies played, calls answered. */
  | { readonly type: "turn-ended"; readonly turn: number }
  | { readonly type: "dropped"; readonly what: string; readonly count: number }
  | { readonly type: "problem"; readonly where: string; readonly message: string };

/** What could tell what was said or wished. */
const WORDS: ReadonlySet<string> = new Set(["text", "args", "say", "reason"]);
/** Their reasons are those of links and gates, which a person who looks after the car must read. */
const WORDLESS: ReadonlySet<AgentEvent["type"]> = new Set<AgentEvent["type"]>([
  "link-lost",
  "gate-opened",
  "gate-closed",
]);

/** The same event without anything that could tell what was said: for logs, and for MQTT unless the user allowed it. */
export function withoutWords(event: AgentEvent): Readonly<Record<string, unknown>> {
  if (WORDLESS.has(event.type)) return event;
  return Object.fromEntries(Object.entries(event).filter(([key]) => !WORDS.has(key)));
}
