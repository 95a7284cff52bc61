import { closeSync, fstatSync, openSync, writeSync } from "node:fs";

import { webSockets } from "../session/open-session.ts";
import type { Provider } from "../session/provider.ts";
import { numbers, recorded } from "../session/recorded.ts";
import type { WireEntry } from "../session/wire-log.ts";
import { UsageError } from "./explain.ts";

export interface WireLog {
  /** The same provider, whose wires are written down, without sound and without secrets. */
  around(provider: Provider): Provider;
  close(): void;
}

/** About a week of a driver who talks a lot. Past it nothing more is written: a log must not fill the disk of a car. */
const MAX_BYTES = 64 * 1024 * 1024;

/** Goes on with the file where there is one. Throws `UsageError` when it cannot be written. */
export function openWireLog(path: string): WireLog {
  const file = opened(path);
  const number = numbers();
  let bytes = fstatSync(file).size;
  const write = (entry: WireEntry): void => {
    const line = `${JSON.stringify(entry)}\n`;
    bytes += Buffer.byteLength(line);
    if (bytes <= MAX_BYTES) writeSync(file, line);
  };
  return {
    around: (provider) =>
      recorded(provider, {
        dialer: provider.dialer ?? webSockets,
        now: () => performance.now(),
        write,
        number,
        audio: false,
      }),
    close: () => closeSync(file),
  };
}

function opened(path: string): number {
  try {
    // What was said is nobody else's business.
    return openSync(path, "a", 0o600);
  } catch (cause) {
    throw new UsageError(`log.wire: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
