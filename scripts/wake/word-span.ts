import { openSilero } from "../../src/engine/hear/silero.ts";
import { FRAME_MS, FRAME_SAMPLES, VOICE } from "../../src/engine/hear/voice-activity.ts";
import { type Sound, samplesIn, toPcm, toPeak } from "./sound.ts";

/** Where in a recording the word is, in samples. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A word may have so long a pause in it. */
const GAP_FRAMES = Math.round(200 / FRAME_MS);
/** So long after the last sound the model still says "speech". */
const ECHO_MS = 60;
const PAUSE_FRAMES = 30;
/** Recordings differ in level by 40 dB, and the model hears quiet ones badly. */
const PEAK = 0.5;

/**
 * Finds the longest stretch of speech in a recording by the voice activity model: loudness alone takes a click for
 * the word, and a fan for its end. Where the model hears nothing, the whole recording counts as speech.
 */
export async function openWordFinder(): Promise<(sound: Sound) => Promise<Span>> {
  const model = await openSilero();
  return async (sound) => {
    const pcm = toPcm(toPeak(sound, PEAK));
    // What was heard before is forgotten in a second of silence.
    for (let frame = 0; frame < PAUSE_FRAMES; frame++) await model(new Int16Array(FRAME_SAMPLES));
    const speech: boolean[] = [];
    for (let at = 0; at + FRAME_SAMPLES <= pcm.length; at += FRAME_SAMPLES) {
      speech.push((await model(pcm.subarray(at, at + FRAME_SAMPLES))) >= VOICE.above);
    }
    const { from, to } = longest(stretches(speech));
    const end = Math.min(sound.length, to * FRAME_SAMPLES - samplesIn(ECHO_MS));
    return to === 0 ? { start: 0, end: sound.length } : { start: from * FRAME_SAMPLES, end };
  };
}

interface Stretch {
  readonly from: number;
  /** The frame after its last. */
  readonly to: number;
}

function stretches(speech: readonly boolean[]): readonly Stretch[] {
  const found: Stretch[] = [];
  for (const [frame, isSpeech] of speech.entries()) {
    if (!isSpeech) continue;
    const last = found.at(-1);
    if (last !== undefined && frame - last.to <= GAP_FRAMES)
      found[found.length - 1] = { from: last.from, to: frame + 1 };
    else found.push({ from: frame, to: frame + 1 });
  }
  return found;
}

function longest(found: readonly Stretch[]): Stretch {
  return found.reduce((best, one) => (one.to - one.from > best.to - best.from ? one : best), { from: 0, to: 0 });
}
