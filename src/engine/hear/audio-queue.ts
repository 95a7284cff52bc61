import { FRAME_SAMPLES } from "./voice-activity.ts";

/** What waits for the ear, in the order in which it came. */
export type Waiting<T> =
  | { readonly type: "frame"; readonly pcm: Int16Array; readonly endSample: number }
  | { readonly type: "request"; readonly request: T };

export interface AudioQueue<T> {
  /** Returns how many samples had to be dropped to make room. */
  append(pcm: Int16Array): number;
  /** Stands after all audio appended so far; a frame that is not full yet is completed with silence. */
  request(request: T): void;
  next(): Waiting<T> | undefined;
}

/** Cuts audio of any length into frames, and keeps at most `maxFrames` of them: the oldest are dropped. */
export function audioQueue<T>(maxFrames: number): AudioQueue<T> {
  let waiting: Waiting<T>[] = [];
  let partial = new Int16Array(FRAME_SAMPLES);
  let filled = 0;
  let endSample = 0;

  const push = (): void => {
    waiting.push({ type: "frame", pcm: partial, endSample });
    partial = new Int16Array(FRAME_SAMPLES);
    filled = 0;
  };
  const dropOldest = (): number => {
    let surplus = waiting.filter(({ type }) => type === "frame").length - maxFrames;
    if (surplus <= 0) return 0;
    const dropped = surplus * FRAME_SAMPLES;
    waiting = waiting.filter((item) => item.type === "request" || surplus-- <= 0);
    return dropped;
  };

  return {
    append(pcm) {
      for (let from = 0; from < pcm.length; ) {
        const piece = pcm.subarray(from, from + FRAME_SAMPLES - filled);
        partial.set(piece, filled);
        filled += piece.length;
        endSample += piece.length;
        from += piece.length;
        if (filled === FRAME_SAMPLES) push();
      }
      return waiting.length > maxFrames ? dropOldest() : 0;
    },
    request(request) {
      if (filled > 0) push();
      waiting.push({ type: "request", request });
    },
    next: () => waiting.shift(),
  };
}
