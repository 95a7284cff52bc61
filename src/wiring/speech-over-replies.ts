import { distinctUntilChanged, EMPTY, ignoreElements, merge, type Observable, share, switchMap } from "rxjs";

import type { AudioFrame } from "../audio/audio-frame.ts";
import type { PlaybackEvent } from "../audio/playback.ts";
import type { Behavior } from "../shared/behavior.ts";
import { type BargeInDecision, bargeIn } from "../turn/barge-in.ts";
import { markOwnVoice } from "../turn/echo-guard.ts";
import type { VoiceDetector } from "../turn/voice-detector.ts";

export interface Overheard {
  readonly frames$: Observable<AudioFrame>;
  readonly playback$: Observable<PlaybackEvent>;
  /** Whether a question is being asked: it is heard to its end, for nobody can say yes to half of it. */
  readonly asked$: Behavior<boolean>;
  readonly voice: VoiceDetector | undefined;
}

/** What to do about somebody who speaks while a reply is heard; our own voice is nobody. */
export function speechOverReplies({ frames$, playback$, asked$, voice }: Overheard): Observable<BargeInDecision> {
  if (voice === undefined) return EMPTY;
  const marked$ = frames$.pipe(markOwnVoice(playback$), share());
  const voice$ = asked$.pipe(
    distinctUntilChanged(),
    switchMap((isAsked) => (isAsked ? EMPTY : voice.detect(marked$))),
  );
  // What our voice sounds like in this cabin is learnt all the time, not only while somebody listens for others.
  return merge(bargeIn()({ voice$, playback$ }), marked$.pipe(ignoreElements()));
}
