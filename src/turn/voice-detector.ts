import type { Observable } from "rxjs";

import type { AudioFrame } from "../audio/audio-frame.ts";
import type { VoiceEvent } from "../audio/voice-event.ts";

export type { VoiceEvent } from "../audio/voice-event.ts";

/** A frame, and whether all that is heard in it is our own voice coming back: then it does not count as speech. */
export interface ListenedFrame extends AudioFrame {
  readonly ownVoice?: boolean;
}

/** Tells when somebody speaks, whatever they say. */
export interface VoiceDetector {
  /**
   * Each subscription is a stream of its own, and costs nothing before and after. An onset is reported at most 96 ms
   * after it began. Completes with the frames, or when the detector is lost; errors only with the frames.
   */
  detect(frames$: Observable<ListenedFrame>): Observable<VoiceEvent>;
}
