import { v5 } from "uuid";

/** What makes a command itself: asked again in one session it is the same one, after a restart of the agent a new one. */
export interface CommandOrigin {
  /** A UUID made when the agent's process started. */
  readonly instance: string;
  readonly session: string;
  /** The id of the tool call. */
  readonly call: string;
  /** Which command of that call, from 0. */
  readonly index: number;
}

/** The same origin always gives the same UUID (version 5), different ones different UUIDs. */
export function commandId({ instance, session, call, index }: CommandOrigin): string {
  return v5(JSON.stringify([session, call, index]), instance);
}
