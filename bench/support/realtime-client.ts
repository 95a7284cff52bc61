import { nowMs } from "./monotonic.ts";

/** What is measured side by side: our session alone, with playback, or as part of the whole agent; the peer; a bare socket. */
export type ClientName = "codriver-session" | "codriver-playback" | "codriver" | "agents" | "ws";

export interface ClientOptions {
  readonly url: string;
  /** `real-time`: replies sound in real time, on a device that knows what it has sounded. `fast`: they are only counted. */
  readonly pace: "real-time" | "fast";
  /** How long the car takes for what it is asked. */
  readonly toolMs?: number;
  /** As towards a cloud, although the server is on this machine. */
  readonly cloudBackoff?: boolean;
}

/** One conversation. */
export interface RealtimeClient {
  /** 20 ms of microphone, each sample of which is `mark`, captured now. */
  hear(mark: number): void;
  /** The driver takes the word: what is being said stops. */
  takeWord(): void;
  sink(): SinkLog;
  close(): void;
}

export type OpenClient = (options: ClientOptions) => Promise<RealtimeClient>;

/** What became of the replies. Times are those of `nowMs`. */
export interface SinkLog {
  readonly chunks: number;
  readonly samples: number;
  readonly writes: readonly { readonly atMs: number; readonly samples: number }[];
  /** When the sink was told to be silent. */
  readonly stops: readonly number[];
  /** How much has been heard. */
  readonly soundedMs: number;
}

/** Frames are known by their samples: loud enough to survive a change of rate. */
const MARKS = 1_500;
const MARK_STEP = 20;

export const markOf = (frame: number): number => ((frame % MARKS) + 1) * MARK_STEP;

/** The newest frame up to `latest` that carries a mark like this. */
export function frameOf(mark: number, latest: number): number {
  const remainder = Math.round(mark / MARK_STEP) - 1;
  return latest - ((((latest - remainder) % MARKS) + MARKS) % MARKS);
}

export interface Talk {
  readonly frames: number;
  /** Milliseconds between two, and how many come each time. */
  readonly everyMs: number;
  readonly perTick?: number;
  readonly from?: number;
  /** When only the first and the last are of interest, and memory is. */
  readonly forgets?: boolean;
}

/** Speaks into a client, and resolves with the times at which the frames were captured. */
export function talk(
  client: RealtimeClient,
  { frames, everyMs, perTick = 1, from = 0, forgets = false }: Talk,
): Promise<number[]> {
  return new Promise((resolve) => {
    const captured: number[] = [];
    const startedAt = nowMs();
    let said = 0;
    const tick = (): void => {
      for (let count = 0; count < perTick && said < frames; count += 1) {
        captured.push(nowMs());
        if (forgets && captured.length > 2) captured.splice(1, 1);
        client.hear(markOf(from + said++));
      }
      if (said >= frames) return resolve(captured);
      setTimeout(tick, startedAt + (said / perTick) * everyMs - nowMs());
    };
    tick();
  });
}
