/** One frame of the voice activity model: 512 samples at 16 kHz, the only length it takes. */
export const FRAME_SAMPLES = 512;
export const FRAME_MS = FRAME_SAMPLES / 16;

export const VOICE = {
  /** The model's own advice; cabin rumble stays below. Less for the end than for the start would only wait longer. */
  above: 0.5,
  /** Frames in a row that start speech: a door or an indicator click is shorter. */
  startFrames: 3,
} as const;

export interface VoiceActivity {
  readonly speaking: boolean;
  /** Frames in a row that hold speech, while not speaking. */
  readonly risingFrames: number;
  /** Frames that held speech since it began. */
  readonly speechFrames: number;
  /** Frames since the last one that held speech; 0 in speech. */
  readonly silentFrames: number;
}

export const QUIET: VoiceActivity = { speaking: false, risingFrames: 0, speechFrames: 0, silentFrames: 0 };

/**
 * Follows the speech probability of one frame after the other. Speech begins at the third frame in a row; it never
 * ends by itself: whoever decides that the utterance is over starts again from QUIET.
 */
export function followVoice(state: VoiceActivity, probability: number): VoiceActivity {
  const holdsSpeech = probability >= VOICE.above;
  if (!state.speaking) {
    const risingFrames = holdsSpeech ? state.risingFrames + 1 : 0;
    const speaking = risingFrames >= VOICE.startFrames;
    return speaking ? { ...QUIET, speaking, speechFrames: risingFrames } : { ...QUIET, risingFrames };
  }
  return holdsSpeech
    ? { ...state, speechFrames: state.speechFrames + 1, silentFrames: 0 }
    : { ...state, silentFrames: state.silentFrames + 1 };
}
