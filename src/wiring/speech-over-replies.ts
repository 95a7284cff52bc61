import { defer, EMPTY, type Observable } from "rxjs";

import type { AudioFrame } from "../audio/audio-frame.ts";
import type { PlaybackEvent } from "../audio/playback.ts";
import type { Behavior } from "../shared/behavior.ts";
import { type BargeInDecision, bargeIn } from "../turn/barge-in.ts";
import type { VoiceDetector } from "../turn/voice-detector.ts";

export interface Overheard {
  readonly frames$: Observable<AudioFrame>;
  readonly playback$: Observable<PlaybackEvent>;
  /** Whether a question is being asked: it is heard to its end, for nobody can say yes to half of it. */
  readonly asked$: Behavior<boolean>;
  readonly voice: VoiceDetector | undefined;
}

/** What to do about somebody who speaks while a reply is heard. */
export function speechOverReplies({ frames$, playback$, asked$, voice }: Overheard): Observable<BargeInDecision> {
  const voice$ = defer(() => (voice === undefined || asked$.value ? EMPTY : voice.detect(frames$)));
  return bargeIn()({ voice$, playback$ });
}
