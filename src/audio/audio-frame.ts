/** The sample rate of everything between the microphone and the session, in Hz. Providers at 24 kHz are resampled once, in `session/`. */
export const MIC_RATE_HZ = 16_000;
/** The sample rate of replies and of every speaker, in Hz. All known realtime models answer at 24 kHz. */
export const SPEAKER_RATE_HZ = 24_000;
export const FRAME_MS = 20;
export const FRAME_SAMPLES = (MIC_RATE_HZ * FRAME_MS) / 1000;

/** 20 ms of one microphone: 320 samples of 16 kHz mono PCM. */
export interface AudioFrame {
  readonly pcm: Int16Array;
  /** Milliseconds on the process's monotonic clock when the last sample was captured. */
  readonly capturedAt: number;
}
