import { AudioDeviceError } from "../../audio/audio-device-error.ts";
import { MIC_RATE_HZ } from "../../audio/audio-frame.ts";
import { quiet } from "../../audio/frames.ts";
import { activeSpeech, babble, colouredNoise, excerpt, mixAt } from "../../audio/noise.ts";
import { createClipResampler } from "../../audio/resample.ts";
import { readWav } from "../../audio/wav.ts";
import { seededRandom } from "../../shared/random.ts";
import { UsageError } from "../explain.ts";
import type { Clip } from "./suite.ts";

export interface NoiseOptions {
  /** `brown`, `pink`, `babble`, or a WAV file. */
  readonly noise?: string;
  /** Speech above noise, in dB. */
  readonly snr?: number;
  readonly seed: number;
}

/** A recording as the microphone hears it, with quiet (or the noise alone) around it. */
export interface Sound {
  /** 16 kHz. */
  readonly pcm: Int16Array;
  /** How long the recording itself is. */
  readonly durationMs: number;
  /** Where its last speech ends, in `pcm`. */
  readonly speechEndMs: number;
}

export type ReadSound = (clip: Clip) => Promise<Sound>;

const DEFAULT_SNR_DB = 10;
/** Before a recording, so that it does not begin out of nothing, and behind it, so that an utterance ends by itself. */
const BEFORE_MS = 500;
const AFTER_MS = 2_500;
/** Whole frames of the microphone and of the voice activity model. */
const UNIT_SAMPLES = 2_560;
const VOICES_IN_BABBLE = 6;
const FEWEST_VOICES = 3;
const SAMPLES_PER_MS = MIC_RATE_HZ / 1_000;

/** What the options come to, as a result should tell it. */
export function soundOf({ noise, snr, seed }: NoiseOptions): object {
  return noise === undefined ? { noise: null } : { noise, snrDb: snr ?? DEFAULT_SNR_DB, seed };
}

type MakeNoise = (clip: Clip, samples: number) => Promise<Float32Array>;

/**
 * Reads clips as the options want them. The noise over a clip depends on the seed and its file name only: neither on
 * the other clips nor on the order. Throws a UsageError that says what is wrong with the options.
 */
export async function soundReader({ noise, snr, seed }: NoiseOptions, suite: readonly Clip[]): Promise<ReadSound> {
  if (noise === undefined && snr !== undefined) throw new UsageError("--snr: there is no --noise to set it for");
  const makeNoise = noise === undefined ? undefined : await noiseMaker(noise, seed, suite);
  return async (clip) => {
    const recording = await readRecording(clip.path, `line ${clip.line} of the manifest`);
    const { level, endSample } = activeSpeech(recording);
    const clean = surrounded(recording);
    const pcm = makeNoise ? mixAt(clean, await makeNoise(clip, clean.length), snr ?? DEFAULT_SNR_DB, level) : clean;
    return {
      pcm,
      durationMs: recording.length / SAMPLES_PER_MS,
      speechEndMs: BEFORE_MS + endSample / SAMPLES_PER_MS,
    };
  };
}

function surrounded(recording: Int16Array): Int16Array {
  const whole = recording.length + (BEFORE_MS + AFTER_MS) * SAMPLES_PER_MS;
  const pcm = quiet(Math.ceil(whole / UNIT_SAMPLES) * UNIT_SAMPLES);
  pcm.set(recording, BEFORE_MS * SAMPLES_PER_MS);
  return pcm;
}

async function noiseMaker(noise: string, seed: number, suite: readonly Clip[]): Promise<MakeNoise> {
  const randomFor = ({ file }: Clip) => seededRandom(seed, file);
  if (noise === "brown" || noise === "pink") {
    return (clip, samples) => Promise.resolve(colouredNoise(noise, samples, randomFor(clip)));
  }
  if (noise === "babble") return babbleMaker(suite, randomFor);
  const recording = await readRecording(noise, "--noise");
  return (clip, samples) => Promise.resolve(excerpt(recording, samples, randomFor(clip)));
}

/** Other people of the suite who talk: those who just talk if there are enough, else those who order something. */
function babbleMaker(suite: readonly Clip[], randomFor: (clip: Clip) => () => number): MakeNoise {
  const talk = suite.filter(({ kind }) => kind === "speech");
  const voices = talk.length > FEWEST_VOICES ? talk : suite.filter(({ kind }) => kind !== "noise");
  if (voices.length <= FEWEST_VOICES) {
    throw new UsageError(
      `--noise babble: the suite has ${voices.length} recordings of voices; more than ${FEWEST_VOICES} are needed`,
    );
  }
  return async (clip, samples) => {
    const random = randomFor(clip);
    const drawn = voices.filter((voice) => voice !== clip).map((voice) => ({ voice, place: random() }));
    const chosen = drawn.sort((a, b) => a.place - b.place).slice(0, VOICES_IN_BABBLE);
    const recordings = chosen.map(({ voice }) => readRecording(voice.path, `line ${voice.line} of the manifest`));
    return babble(await Promise.all(recordings), samples, random);
  };
}

/** Throws a UsageError that names the file and what named it. */
async function readRecording(path: string, namedBy: string): Promise<Int16Array> {
  try {
    const { pcm, rateHz } = await readWav(path);
    return (await createClipResampler(rateHz, MIC_RATE_HZ))(pcm);
  } catch (error) {
    if (error instanceof AudioDeviceError) throw new UsageError(`${namedBy}: ${error.message}`, { cause: error });
    throw error;
  }
}
