/** One message that could not be used. It was dropped; nothing else is affected. */
export interface LinkFault {
  readonly reason:
    | "bad-payload"
    | "retained-command"
    | "no-reply-topic"
    | "unknown-topic"
    | "wrong-correlation"
    | "denied";
  readonly topic: string;
  readonly detail: string;
}
