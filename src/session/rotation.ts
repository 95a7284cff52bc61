import type { LinkEvent } from "./link-event.ts";
import type { SessionEvent } from "./session-event.ts";

/** A new object whenever it is to be counted anew. */
export interface Countdown {
  readonly ms: number;
}

export interface RotationOptions {
  readonly maxSessionMs: number | undefined;
  /** The next link may be opened while the last still stands. */
  readonly overlap: boolean;
}

export type RotationInput =
  | { readonly type: "from"; readonly link: number; readonly event: LinkEvent }
  | { readonly type: "broken"; readonly link: number; readonly error: unknown }
  | { readonly type: "quiet"; readonly quiet: boolean }
  | { readonly type: "due" };

/** Which links stand, and which of them has the conversation. */
export interface Rotation {
  readonly current: number;
  /** Being opened, to take over. */
  readonly standby: number | undefined;
  readonly due: boolean;
  readonly quiet: boolean;
  /** From then on the current link is to be replaced in the next quiet moment. */
  readonly dueIn: Countdown | undefined;
  /** Then it is given up, whatever goes on. */
  readonly limitIn: Countdown | undefined;
  readonly emit: readonly LinkEvent[];
  readonly failure: { readonly error: unknown } | undefined;
}

export const FIRST_LINK: Rotation = {
  current: 1,
  standby: undefined,
  due: false,
  quiet: false,
  dueIn: undefined,
  limitIn: undefined,
  emit: [],
  failure: undefined,
};

/** The providers say how long a session may last, and keep to it: a talk that begins just before may take some minutes. */
const DUE_BEFORE_MS = 5 * 60_000;
const LIMIT_BEFORE_MS = 15_000;
/** An announcement comes a minute before. */
const ANNOUNCED_LIMIT_BEFORE_MS = 3_000;
const AGAIN_MS = 30_000;

export function nextRotation(rotation: Rotation, input: RotationInput, options: RotationOptions): Rotation {
  const before: Rotation = { ...rotation, emit: [] };
  switch (input.type) {
    case "quiet":
      return turned({ ...before, quiet: input.quiet }, options);
    case "due":
      return turned({ ...before, due: true, dueIn: undefined }, options);
    case "broken":
      return broken(before, input.link, input.error);
    case "from":
      if (input.link === before.current) return ofCurrent(before, input.event, options);
      return input.link === before.standby ? ofStandby(before, input.event, options) : before;
  }
}

/** The links that are to stand. */
export function linksOf({ current, standby }: Rotation): readonly number[] {
  return standby === undefined ? [current] : [current, standby];
}

function ofCurrent(rotation: Rotation, event: LinkEvent, options: RotationOptions): Rotation {
  const emit = [event];
  if (event.type === "session-ready") return { ...rotation, ...lifetimeOf(options), emit };
  if (event.type !== "session-expiring") return { ...rotation, emit };
  const ms = Math.max(0, event.inMs - ANNOUNCED_LIMIT_BEFORE_MS);
  return turned({ ...rotation, due: true, dueIn: undefined, limitIn: { ms }, emit }, options);
}

function ofStandby(rotation: Rotation, event: LinkEvent, options: RotationOptions): Rotation {
  if (event.type !== "session-ready" || rotation.standby === undefined) return rotation;
  // Somebody has begun to speak: the next quiet moment will come.
  if (!rotation.quiet) return { ...rotation, standby: undefined };
  const current = rotation.standby;
  return { ...rotation, current, standby: undefined, due: false, ...lifetimeOf(options), emit: [event] };
}

function broken(rotation: Rotation, link: number, error: unknown): Rotation {
  if (link === rotation.current) return { ...rotation, failure: { error } };
  if (link !== rotation.standby) return rotation;
  const message = error instanceof Error ? error.message : String(error);
  const event: SessionEvent = { type: "provider-error", code: "rotation-failed", message, severity: "benign" };
  return { ...rotation, standby: undefined, due: false, dueIn: { ms: AGAIN_MS }, emit: [event] };
}

function turned(rotation: Rotation, { overlap }: RotationOptions): Rotation {
  if (!rotation.due || !rotation.quiet || rotation.standby !== undefined) return rotation;
  if (overlap) return { ...rotation, standby: rotation.current + 1 };
  const emit: readonly LinkEvent[] = [...rotation.emit, { type: "link-closed" }];
  return { ...rotation, current: rotation.current + 1, due: false, dueIn: undefined, limitIn: undefined, emit };
}

function lifetimeOf({ maxSessionMs }: RotationOptions): Pick<Rotation, "dueIn" | "limitIn"> {
  if (maxSessionMs === undefined) return { dueIn: undefined, limitIn: undefined };
  const before = (ms: number): Countdown => ({ ms: Math.max(maxSessionMs / 2, maxSessionMs - ms) });
  return { dueIn: before(DUE_BEFORE_MS), limitIn: before(LIMIT_BEFORE_MS) };
}
