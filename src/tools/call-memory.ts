import type { SetOperation, VehicleCommand } from "../vehicle/command.ts";
import type { VehicleSnapshot } from "../vehicle/signal.ts";

/** What the agent remembers of its own calls in one session: how things were before, and what the car is still at. */
export interface CallMemory {
  /** What a call's writes found; nothing for calls that wrote nothing, or too long ago. */
  before(callId: string): readonly SetOperation[] | undefined;
  /** The writes that have no final answer yet, newest last; those of other sessions too. */
  underWay(): readonly SetOperation[];
  /** Returns what the call found, as far as it was known. */
  started(callId: string, command: VehicleCommand, vehicle: VehicleSnapshot): readonly SetOperation[];
  ended(callId: string): void;
}

/** Further back nobody can say what "undo that" means. */
const MAX_REMEMBERED = 64;

/** Of each session: call ids are only unique within one. */
export function callMemories(): (session: string) => CallMemory {
  const found = new Map<string, readonly SetOperation[]>();
  const running = new Map<string, readonly SetOperation[]>();
  return (session) => ({
    before: (callId) => found.get(idIn(session, callId)),
    underWay: () => [...running.values()].flat(),
    started(callId, command, vehicle) {
      if (command.type !== "set-signals") return [];
      const before = command.ops.flatMap(({ path }) => {
        const { status, value } = vehicle.read(path);
        return status === "valid" && value !== undefined ? [{ path, value }] : [];
      });
      const id = idIn(session, callId);
      found.delete(id);
      // Half of what was is not what was: then there is nothing to go back to.
      if (before.length === command.ops.length) found.set(id, before);
      running.set(id, command.ops);
      for (const oldest of [...found.keys()].slice(0, -MAX_REMEMBERED)) found.delete(oldest);
      return before;
    },
    ended: (callId) => void running.delete(idIn(session, callId)),
  });
}

export function callMemory(): CallMemory {
  return callMemories()("");
}

function idIn(session: string, callId: string): string {
  return JSON.stringify([session, callId]);
}
