import type { Codec } from "./provider.ts";
import type { SessionEvent } from "./session-event.ts";
import { restored, type WireEntry } from "./wire-log.ts";

export interface ReplayedEvent {
  /** As in the log. */
  readonly ms: number;
  readonly connection: number;
  readonly event: SessionEvent;
}

/**
 * What a recorded conversation meant: every message of the server, read again by the codec of its provider, a new one for
 * each connection. Calls and replies are the recorded ones; where samples were left out there is silence.
 */
export function replayed(
  entries: readonly WireEntry[],
  codecOf: (provider: string) => Codec,
): readonly ReplayedEvent[] {
  const codecs = new Map<number, Codec>();
  return entries.flatMap((entry): readonly ReplayedEvent[] => {
    const { ms, connection } = entry;
    if (entry.what === "dialled") codecs.set(connection, codecOf(entry.provider));
    if (entry.what !== "received") return [];
    const events = codecs.get(connection)?.decode(restored(entry.message)) ?? [];
    return events.map((event) => ({ ms, connection, event }));
  });
}
