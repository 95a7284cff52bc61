import { asyncScheduler } from "rxjs";

import type { EngineEvent } from "./engine-event.ts";

/** What is being played now, if all that is given is played as it comes, one after the other. */
export interface Playback {
  add(itemId: string, ms: number): void;
  /** Until it falls silent. */
  leftMs(): number;
  /** It falls silent now: what has not been heard to its end. */
  cut(): readonly (EngineEvent & { type: "reply-cut" })[];
}

interface Clip {
  readonly itemId: string;
  readonly fromMs: number;
  readonly untilMs: number;
}

export function createPlayback(now: () => number = () => asyncScheduler.now()): Playback {
  let clips: readonly Clip[] = [];
  const unheard = (): readonly Clip[] => clips.filter(({ untilMs }) => untilMs > now());
  return {
    add(itemId, ms) {
      const playing = unheard();
      const last = playing.at(-1);
      if (last?.itemId === itemId) {
        clips = [...playing.slice(0, -1), { ...last, untilMs: last.untilMs + ms }];
        return;
      }
      const fromMs = last?.untilMs ?? now();
      clips = [...playing, { itemId, fromMs, untilMs: fromMs + ms }];
    },
    leftMs: () => Math.max(0, (clips.at(-1)?.untilMs ?? 0) - now()),
    cut() {
      const cut = unheard().map(
        ({ itemId, fromMs }) => ({ type: "reply-cut", itemId, heardMs: Math.max(0, now() - fromMs) }) as const,
      );
      clips = [];
      return cut;
    },
  };
}
