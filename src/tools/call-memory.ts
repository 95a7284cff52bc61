import type { SetOperation, VehicleCommand } from "../vehicle/command.ts";
import type { VehicleSnapshot } from "../vehicle/signal.ts";

/** What the agent remembers of its own calls: how things were before, and what the car is still at. */
export interface CallMemory {
  /** What a call's writes found; nothing for calls that wrote nothing, or too long ago. */
  before(callId: string): readonly SetOperation[] | undefined;
  /** The writes that have no final answer yet, newest last. */
  underWay(): readonly SetOperation[];
  /** Returns what the call found, as far as it was known. */
  started(callId: string, command: VehicleCommand, vehicle: VehicleSnapshot): readonly SetOperation[];
  ended(callId: string): void;
}

/** Further back nobody can say what "undo that" means. */
const MAX_REMEMBERED = 64;

export function callMemory(): CallMemory {
  const found = new Map<string, readonly SetOperation[]>();
  const running = new Map<string, readonly SetOperation[]>();
  return {
    before: (callId) => found.get(callId),
    underWay: () => [...running.values()].flat(),
    started(callId, command, vehicle) {
      if (command.type !== "set-signals") return [];
      const before = command.ops.flatMap(({ path }) => {
        const { status, value } = vehicle.read(path);
        return status === "valid" && value !== undefined ? [{ path, value }] : [];
      });
      found.delete(callId);
      // Half of what was is not what was: then there is nothing to go back to.
      if (before.length === command.ops.length) found.set(callId, before);
      running.set(callId, command.ops);
      for (const oldest of [...found.keys()].slice(0, -MAX_REMEMBERED)) found.delete(oldest);
      return before;
    },
    ended: (callId) => void running.delete(callId),
  };
}
