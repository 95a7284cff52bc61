/** One frame of the voice activity model: 512 samples at 16 kHz, the only length it takes. */
export const FRAME_SAMPLES = 512;
export const FRAME_MS = FRAME_SAMPLES / 16;

export const VOICE = {
  /** The model's own advice; cabin rumble stays below. Less for the end than for the start would only wait longer. */
  above: 0.5,
  /** Frames in a row that start speech: a door or an indicator click is shorter. */
  startFrames: 3,
  /**
   * Of the loudest frame so far: the model still says "speech" for 60 to 90 ms after the last sound of it, and a frame
   * this much quieter (−34 dB) is its echo in the model's memory. In noise the level never falls so far, and the model
   * alone decides.
   */
  audible: 0.02,
} as const;

export interface VoiceActivity {
  readonly speaking: boolean;
  /** Frames in a row that hold speech, while not speaking. */
  readonly risingFrames: number;
  /** Frames that held speech since it began. */
  readonly speechFrames: number;
  /** Frames since the last one that held speech; 0 in speech. */
  readonly silentFrames: number;
  /** The level of the loudest frame of speech since it began rising. */
  readonly loudest: number;
}

export const QUIET: VoiceActivity = { speaking: false, risingFrames: 0, speechFrames: 0, silentFrames: 0, loudest: 0 };

/**
 * Follows one frame after the other by its probability of speech and its level (any linear measure). Speech begins at the third frame in a row; it never
 * ends by itself: whoever decides that the utterance is over starts again from QUIET.
 */
export function followVoice(state: VoiceActivity, probability: number, level: number): VoiceActivity {
  const holdsSpeech = probability >= VOICE.above && level >= state.loudest * VOICE.audible;
  const loudest = holdsSpeech ? Math.max(state.loudest, level) : state.loudest;
  if (!state.speaking) {
    const risingFrames = holdsSpeech ? state.risingFrames + 1 : 0;
    const speaking = risingFrames >= VOICE.startFrames;
    if (!holdsSpeech) return QUIET;
    return speaking ? { ...QUIET, speaking, speechFrames: risingFrames, loudest } : { ...QUIET, risingFrames, loudest };
  }
  return holdsSpeech
    ? { ...state, speechFrames: state.speechFrames + 1, silentFrames: 0, loudest }
    : { ...state, silentFrames: state.silentFrames + 1 };
}
