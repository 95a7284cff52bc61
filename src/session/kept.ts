import { MIC_RATE_HZ } from "../audio/audio-frame.ts";
import { type ConversationLog, heardLast, NOTHING_SAID, nextLog } from "./conversation-log.ts";
import { type HeldCommands, hold, letGo, NOTHING_HELD } from "./hold-commands.ts";
import type { LinkCommand } from "./link-command.ts";
import { audioDropped, type LinkEvent } from "./link-event.ts";
import { type Activity, NO_ACTIVITY, nextActivity } from "./quiet.ts";
import { retell } from "./retell.ts";
import type { SessionCommand } from "./session-command.ts";
import type { SessionEvent } from "./session-event.ts";

/** This audio has waited for too long. */
export interface Stale {
  readonly type: "stale";
  readonly command: LinkCommand;
}

type Context = SessionCommand & { type: "context" };

/** What outlives a link. */
export interface Kept {
  readonly ready: boolean;
  /** The present link knows what went before. */
  readonly resumed: boolean;
  readonly handle: string | undefined;
  readonly held: HeldCommands;
  /** The newest of each key, oldest key first. */
  readonly contexts: readonly Context[];
  readonly log: ConversationLog;
  readonly activity: Activity;
  readonly send: readonly LinkCommand[];
  readonly emit: readonly SessionEvent[];
}

export const BEFORE: Kept = {
  ready: false,
  resumed: false,
  handle: undefined,
  held: NOTHING_HELD,
  contexts: [],
  log: NOTHING_SAID,
  activity: NO_ACTIVITY,
  send: [],
  emit: [],
};

/** More keys than a car has things worth telling. */
const MAX_CONTEXTS = 64;

export interface KeptOptions {
  /** The provider can cut what was not heard out of its memory. */
  readonly truncates: boolean;
}

export function nextKept(before: Kept, input: LinkCommand | LinkEvent | Stale, { truncates }: KeptOptions): Kept {
  if (input.type === "stale") return { ...before, held: letGo(before.held, input.command), send: [], emit: [] };
  const kept: Kept = {
    ...before,
    // What is held has not been said yet.
    log: input.type === "user-text" && !before.ready ? before.log : nextLog(before.log, input),
    activity: nextActivity(before.activity, input),
    send: [],
    emit: [],
  };
  switch (input.type) {
    case "session-ready":
      return afterReady(kept, input);
    case "session-lost":
      return { ...kept, ready: false, emit: [input] };
    case "link-opening":
      return { ...kept, resumed: input.resumed };
    case "link-closed":
      return { ...kept, ready: false };
    case "handle-rejected":
      return { ...kept, handle: undefined };
    case "session-handle":
      return { ...kept, handle: input.handle, emit: [input] };
    case "truncate":
      return kept.ready ? { ...kept, send: [input, ...corrections(kept.log, truncates)] } : kept;
    case "history":
      // One that is not ready is told of the whole log when it is.
      return kept.ready ? { ...kept, send: [input] } : kept;
    case "context":
      return { ...(kept.ready ? { ...kept, send: [input] } : kept), contexts: withContext(kept.contexts, input) };
    case "send-audio":
    case "audio-end":
      return kept.ready && kept.held.spoilt ? afterSpoilt(kept, input) : orHeld(kept, input);
    case "user-text":
    case "note":
    case "tool-result":
    case "create-reply":
    case "cancel-reply":
    case "listening":
      return orHeld(kept, input);
    default:
      return { ...kept, emit: [input] };
  }
}

function orHeld(kept: Kept, command: LinkCommand): Kept {
  return kept.ready ? { ...kept, send: [command] } : { ...kept, held: hold(kept.held, command) };
}

/** The end of a sentence whose beginning was dropped: it goes the same way, and is counted when it is over. */
function afterSpoilt(kept: Kept, command: LinkCommand): Kept {
  const held = hold(kept.held, command);
  return held.spoilt ? { ...kept, held } : { ...kept, held: NOTHING_HELD, emit: gapOf(held) };
}

function afterReady({ held, ...kept }: Kept, event: SessionEvent): Kept {
  const entries = kept.resumed ? [] : retell(kept.log);
  const history: readonly LinkCommand[] = entries.length > 0 ? [{ type: "history", entries }] : [];
  return {
    ...kept,
    ready: true,
    held: { ...NOTHING_HELD, spoilt: held.spoilt },
    log: held.commands.reduce(nextLog, kept.log),
    activity: held.commands.reduce(nextActivity, NO_ACTIVITY),
    send: [...history, ...kept.contexts, ...held.commands],
    emit: [event, ...gapOf(held)],
  };
}

function withContext(contexts: readonly Context[], context: Context): readonly Context[] {
  return [...contexts.filter(({ key }) => key !== context.key), context].slice(-MAX_CONTEXTS);
}

/** A model that believes to have said all of it is told how much of it was heard. */
function corrections(log: ConversationLog, truncates: boolean): readonly LinkCommand[] {
  if (truncates) return [];
  const text = heardLast(log);
  const heard = text === "" ? "nothing" : `no more than: "${text}"`;
  return [
    { type: "context", key: "heard", text: `You were interrupted. Of your last answer the driver heard ${heard}.` },
  ];
}

function gapOf({ droppedSamples }: HeldCommands): readonly SessionEvent[] {
  return droppedSamples > 0 ? [audioDropped((droppedSamples * 1_000) / MIC_RATE_HZ, "there was no connection")] : [];
}
