import { concatMap, from, lastValueFrom, merge, toArray } from "rxjs";
import { type AudioFrame, FRAME_MS, FRAME_SAMPLES } from "../../audio/audio-frame.ts";
import { openWakeWord, type WakeWordDetector } from "../../wake/wake-word.ts";
import { UsageError } from "../explain.ts";
import { checkWritable } from "../print.ts";
import { type ConcludeOptions, conclude } from "./conclude.ts";
import { reportWake } from "./report.ts";
import { type Listened, scoreWake, type WakeResult } from "./score-wake.ts";
import { type NoiseOptions, type ReadSound, soundReader } from "./sound.ts";
import { type Clip, type Half, halfOf, type Kind, readSuite } from "./suite.ts";

export interface WakeOptions extends NoiseOptions, ConcludeOptions {
  readonly word: string;
  readonly half: Half;
  readonly kinds: readonly Kind[];
}

const DETECTORS = 2;
/** Frames between two looks at whether the detector keeps up: a second. */
const FRAMES_AT_ONCE = 50;

/** How many of a suite's recordings of the word are detected, and how often the word is detected in the others. */
export async function evalWake(folder: string, options: WakeOptions): Promise<number> {
  checkWritable(options.json);
  const result = await measureWake(folder, options);
  return conclude({ result, lines: reportWake(result), accuracy: result.recall }, options);
}

/** As `evalWake`, without a word to anybody. */
export async function measureWake(folder: string, options: WakeOptions): Promise<WakeResult> {
  const { word } = options;
  const suite = readSuite(folder);
  const read = await soundReader(options, suite);
  const clips = chosenClips(suite, options);
  const detectors: WakeWordDetector[] = [];
  try {
    for (let opened = 0; opened < DETECTORS; opened += 1) detectors.push(await openWakeWord({ word }));
    const lanes = detectors.map((detector, lane) =>
      from(clips.filter((_, index) => index % DETECTORS === lane)).pipe(
        concatMap((clip) => listen(clip, detector, read)),
      ),
    );
    const listened = await lastValueFrom(merge(...lanes).pipe(toArray()), { defaultValue: [] });
    return scoreWake(
      word,
      listened.sort((a, b) => (a.file < b.file ? -1 : 1)),
    );
  } finally {
    for (const detector of detectors) detector.close();
  }
}

interface Expected {
  readonly clip: Clip;
  readonly expected: boolean;
}

/**
 * Recordings of kind wake whose transcript has the word should wake; everything without the word should not. What holds
 * the word in other speech is left out: nobody knows what it should do.
 */
function chosenClips(suite: readonly Clip[], { word, half, kinds }: WakeOptions): readonly Expected[] {
  const says = ({ transcript }: Clip): boolean => ` ${wordsOf(transcript)} `.includes(` ${wordsOf(word)} `);
  const positives = suite.filter((clip) => clip.kind === "wake" && says(clip));
  if (positives.length === 0) {
    const words = [...new Set(suite.flatMap(({ kind, transcript }) => (kind === "wake" ? [transcript] : [])))];
    throw new UsageError(`The suite has no recording of "${word}"; its wake words are: ${words.join(", ") || "none"}.`);
  }
  const others = suite.filter((clip) => !says(clip) && kinds.includes(clip.kind));
  return [
    ...halfOf(positives, half).map((clip) => ({ clip, expected: true })),
    ...halfOf(others, half).map((clip) => ({ clip, expected: false })),
  ];
}

const wordsOf = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}']+/gu, " ")
    .trim();

async function listen({ clip, expected }: Expected, detector: WakeWordDetector, read: ReadSound): Promise<Listened> {
  const { pcm, durationMs, speechEndMs } = await read(clip);
  const detections = await lastValueFrom(detector.detect(from(framesOf(pcm, detector))).pipe(toArray()), {
    defaultValue: [],
  });
  const [first] = detections;
  return {
    file: clip.file,
    expected,
    scores: detections.map(({ score }) => score),
    durationMs,
    latencyMs: first && first.atMs - speechEndMs,
  };
}

/** Captured in time with the sound, and no faster than the detector hears. */
async function* framesOf(pcm: Int16Array, detector: WakeWordDetector): AsyncGenerator<AudioFrame> {
  for (let index = 0; (index + 1) * FRAME_SAMPLES <= pcm.length; index += 1) {
    if (index % FRAMES_AT_ONCE === 0) await detector.caughtUp();
    yield { pcm: pcm.slice(index * FRAME_SAMPLES, (index + 1) * FRAME_SAMPLES), capturedAt: (index + 1) * FRAME_MS };
  }
}
