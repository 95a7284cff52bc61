import {
  concat,
  concatMap,
  defer,
  forkJoin,
  map,
  merge,
  type Observable,
  type OperatorFunction,
  of,
  scan,
  share,
  take,
  timer,
  toArray,
} from "rxjs";

import { FRAME_MS, MIC_RATE_HZ } from "../../src/audio/audio-frame.ts";
import type { Microphone } from "../../src/audio/microphone.ts";
import { type Pace, paced } from "../../src/audio/paced.ts";
import type { Speech, Voice } from "../../src/engine/speak/speech.ts";
import { randomStream } from "../random.ts";
import { type Line, linesOf, lineText, type SpokenTurn, voiceOf } from "./lines.ts";
import { type DriverEvent, nextSound, type SoundInput, type SoundState, silence, type Utterance } from "./sound.ts";

export interface DriverOptions {
  readonly speech: Speech;
  /** What to say, in order. */
  readonly turns: readonly SpokenTurn[];
  readonly wakeWord: string;
  readonly seed: number;
  /** Each emission lets the driver say the next sentence, after a pause: the reply has ended, or the drive has come so far. */
  readonly next$: Observable<unknown>;
  /** Voices to choose from by seed: leave out the assistant's own. */
  readonly voices?: readonly Voice[];
  /** The pause before each sentence, in milliseconds; otherwise 400 to 900 by seed. */
  readonly pauseMs?: number;
  /** `fast`: speech, and the quiet that ends it, come several times faster than real time. */
  readonly pace?: Pace;
  /** Asked in `fast` pace before each batch: while the listeners are behind, sound comes in real time. */
  readonly isBehind?: () => boolean;
  /** Road noise: `snrDb` below ordinary speech at 100 km/h, quieter when slower. */
  readonly roadNoise?: { readonly snrDb: number; readonly speedKmh: () => number };
}

export interface SimulatedDriver {
  readonly voice: Voice;
  /** Carries nothing but sound. */
  readonly microphone: Microphone;
  /** What the driver does, for the people watching; runs with the microphone. */
  readonly events$: Observable<DriverEvent>;
}

const FAST_FRAMES_PER_TICK = 8;
/** Longer than a listener waits for the end of speech. */
const FAST_QUIET_FRAMES = 1_500 / FRAME_MS;
/** The effective value of ordinary speech, from which the signal-to-noise ratio counts. */
const SPEECH_RMS = 2_500;

/** A person in the driver's seat: quiet noise without end, and sentences in it when told to speak. */
export function simulatedDriver(options: DriverOptions): SimulatedDriver {
  const { turns, wakeWord, seed, voices, pauseMs, next$ } = options;
  const voice = voiceOf(seed, voices);
  const lines = linesOf(turns, wakeWord, seed, pauseMs);
  const sound$ = defer(() => {
    const utterance$ = next$.pipe(
      take(lines.length),
      concatMap((_, index) => lines.slice(index, index + 1)),
      concatMap((line) => afterPause(line, rendered(line, voice, options), options)),
      map((utterance): SoundInput => ({ type: "speak", utterance })),
    );
    return merge(utterance$, paced((index) => index, "real-time").pipe(map((): "tick" => "tick"))).pipe(
      hearing(options),
    );
  }).pipe(share());
  return {
    voice,
    microphone: { name: `simulated driver (${voice})`, frames$: sound$.pipe(concatMap(({ frames }) => frames)) },
    events$: sound$.pipe(concatMap(({ events }) => events)),
  };
}

/** Rendering happens during the pause. */
function afterPause(line: Line, pcm$: Observable<Int16Array>, { pace }: DriverOptions): Observable<Utterance> {
  const pauseMs = pace === "fast" ? line.pauseMs / FAST_FRAMES_PER_TICK : line.pauseMs;
  return forkJoin([pcm$, timer(pauseMs)]).pipe(map(([pcm]) => ({ index: line.index, text: lineText(line), pcm })));
}

function rendered({ parts, breathMs }: Line, voice: Voice, { speech }: DriverOptions): Observable<Int16Array> {
  const breath = new Int16Array((breathMs * MIC_RATE_HZ) / 1000);
  const pieces = parts.map((text, at) => {
    const part$ = speech.speak({ text, voice, rateHz: MIC_RATE_HZ });
    return at === 0 ? part$ : concat(of(breath), part$);
  });
  return concat(...pieces).pipe(toArray(), map(joined));
}

/** Gives every tick its frames: one, or a batch of speech when in a hurry. */
function hearing({
  pace,
  isBehind,
  seed,
  roadNoise,
}: DriverOptions): OperatorFunction<SoundInput | "tick", SoundState> {
  const start = silence({ random: randomStream(seed, "microphone"), rumble: 0 });
  return scan((state: SoundState, input) => {
    if (input !== "tick") return nextSound(state, input);
    const isFast = pace === "fast" && isSpeech(state) && isBehind?.() !== true;
    const frames = isFast ? FAST_FRAMES_PER_TICK : 1;
    return nextSound(state, { type: "tick", nowMs: performance.now(), frames, rumbleRms: rumbleRms(roadNoise) });
  }, start);
}

function isSpeech({ speaking, waiting, quietFrames }: SoundState): boolean {
  return speaking !== undefined || waiting.length > 0 || quietFrames < FAST_QUIET_FRAMES;
}

function rumbleRms(roadNoise: DriverOptions["roadNoise"]): number {
  if (!roadNoise) return 0;
  return SPEECH_RMS * 10 ** (-roadNoise.snrDb / 20) * (roadNoise.speedKmh() / 100);
}

function joined(pieces: readonly Int16Array[]): Int16Array {
  const whole = new Int16Array(pieces.reduce((sum, { length }) => sum + length, 0));
  pieces.reduce((at, piece) => {
    whole.set(piece, at);
    return at + piece.length;
  }, 0);
  return whole;
}
