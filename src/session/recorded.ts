import { map, tap } from "rxjs";
import { parseJson } from "../shared/json-limits.ts";
import type { Provider } from "./provider.ts";
import type { Dialer, Socket } from "./socket.ts";
import { type Redaction, redacted, type WireEntry } from "./wire-log.ts";

export interface RecorderOptions extends Redaction {
  /** How the provider is reached. */
  readonly dialer: Dialer;
  /** Milliseconds on a monotonic clock. */
  readonly now: () => number;
  readonly write: (entry: WireEntry) => void;
  /** Numbers the connections of a log, whatever provider they belong to. */
  readonly number: () => number;
}

/** Counts from 1. */
export function numbers(): () => number {
  let last = 0;
  return () => (last += 1);
}

/** The same provider; what goes over its wires is written down, in both directions. Headers and queries never are. */
export function recorded(provider: Provider, { dialer, number, ...rest }: RecorderOptions): Provider {
  const listening: Dialer = {
    dial: (target, name) => {
      const notes = notesOf(number(), rest);
      notes.dialled(name, new URL(target.url).host);
      return dialer.dial(target, name).pipe(
        tap({ next: notes.opened, error: notes.lost }),
        map((socket) => overheard(socket, notes)),
      );
    },
  };
  return { ...provider, dialer: listening };
}

type Notes = ReturnType<typeof notesOf>;

/** What can be written down of one connection. */
function notesOf(connection: number, { now, write, audio }: Omit<RecorderOptions, "dialer" | "number">) {
  const at = () => ({ ms: Math.round(now()), connection });
  return {
    dialled: (provider: string, host: string): void => write({ ...at(), what: "dialled", provider, host }),
    opened: (): void => write({ ...at(), what: "opened" }),
    message: (what: "sent" | "received", raw: Uint8Array | string): void => {
      const parsed = parseJson(raw);
      if (parsed.ok) write({ ...at(), what, message: redacted(parsed.value, { audio }) });
      else write({ ...at(), what: "unreadable", problem: parsed.problem });
    },
    lost: (error: unknown): void =>
      write({ ...at(), what: "lost", reason: error instanceof Error ? error.message : String(error) }),
  };
}

function overheard(socket: Socket, notes: Notes): Socket {
  return {
    ...socket,
    get unsentBytes() {
      return socket.unsentBytes;
    },
    messages$: socket.messages$.pipe(
      tap({
        next: (raw) => notes.message("received", raw),
        error: notes.lost,
        complete: () => notes.lost("the server hung up"),
      }),
    ),
    send: (text) => {
      notes.message("sent", text);
      socket.send(text);
    },
  };
}
