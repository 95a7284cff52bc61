import { concatMap, from, lastValueFrom, merge, toArray } from "rxjs";
import { type AudioFrame, FRAME_MS, FRAME_SAMPLES } from "../../audio/audio-frame.ts";
import { openWakeWord, type WakeWordDetector, type WakeWordOptions } from "../../wake/wake-word.ts";
import { UsageError } from "../explain.ts";
import { checkWritable } from "../print.ts";
import { type ConcludeOptions, conclude } from "./conclude.ts";
import { reportWake } from "./report.ts";
import { type Listened, scoreWake, type WakeResult } from "./score-wake.ts";
import { type NoiseOptions, type ReadSound, soundOf, soundReader } from "./sound.ts";
import { type Clip, type Half, halfOf, type Kind, readSuite } from "./suite.ts";

export interface WakeOptions extends NoiseOptions, ConcludeOptions {
  readonly word: string;
  readonly half: Half;
  readonly kinds: readonly Kind[];
}

const DETECTORS = 2;
/** Frames between two looks at whether the detector keeps up: a second. */
const FRAMES_AT_ONCE = 50;
/** Where the scores of missed recordings are looked for. */
const LOWER_THRESHOLDS = [0.8, 0.6, 0.4, 0.2, 0.1, 0.05, 0.02];

/** How many of a suite's recordings of the word are detected, and how often the word is detected in the others. */
export async function evalWake(folder: string, options: WakeOptions): Promise<number> {
  checkWritable(options.json);
  const result = await measureWake(folder, options);
  const { half, kinds } = options;
  const conditions = { ...soundOf(options), half, kinds };
  return conclude({ result: { ...result, conditions }, lines: reportWake(result), accuracy: result.recall }, options);
}

/** As `evalWake`, without a word to anybody. */
export async function measureWake(folder: string, options: WakeOptions): Promise<WakeResult> {
  const { word } = options;
  const suite = readSuite(folder);
  const clips = chosenClips(suite, options);
  const read = await soundReader(options, suite);
  const listened = await listenToAll(clips, { word }, read);
  const missed = clips.filter(({ clip, expected }) =>
    listened.some(({ file, scores }) => file === clip.file && expected && scores.length === 0),
  );
  const levels = await levelsOf(missed, word, read);
  const all = listened.map((one) => ({ ...one, wouldAt: levels.get(one.file) }));
  return scoreWake(
    word,
    all.sort((a, b) => (a.file < b.file ? -1 : 1)),
  );
}

type Listening = Omit<Listened, "wouldAt">;

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
  const others = suite.filter((clip) => !says(clip) && kinds.includes(clip.kind));
  if (positives.length + others.length === 0) {
    throw new UsageError(`No row of the suite is of ${kinds.join(", ")}, and none is a recording of "${word}".`);
  }
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

/** The thresholds, down to the lowest, at which clips that were missed would have been heard. */
async function levelsOf(missed: readonly Expected[], word: string, read: ReadSound): Promise<Map<string, number>> {
  const levels = new Map<string, number>();
  for (const threshold of LOWER_THRESHOLDS) {
    const left = missed.filter(({ clip }) => !levels.has(clip.file));
    if (left.length === 0) break;
    for (const { file, scores } of await listenToAll(left, { word, threshold }, read)) {
      if (scores.length > 0) levels.set(file, threshold);
    }
  }
  return levels;
}

async function listenToAll(
  clips: readonly Expected[],
  options: WakeWordOptions,
  read: ReadSound,
): Promise<readonly Listening[]> {
  const detectors: WakeWordDetector[] = [];
  try {
    for (let opened = 0; opened < DETECTORS; opened += 1) detectors.push(await openWakeWord(options));
    const lanes = detectors.map((detector, lane) =>
      from(clips.filter((_, index) => index % DETECTORS === lane)).pipe(
        concatMap((clip) => listen(clip, detector, read)),
      ),
    );
    return await lastValueFrom(merge(...lanes).pipe(toArray()), { defaultValue: [] });
  } finally {
    for (const detector of detectors) detector.close();
  }
}

async function listen({ clip, expected }: Expected, detector: WakeWordDetector, read: ReadSound): Promise<Listening> {
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
