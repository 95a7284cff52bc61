import { endWith, filter, map, merge, mergeMap, type Observable, type OperatorFunction, scan, takeWhile } from "rxjs";

import { type AudioFrame, MIC_RATE_HZ, SPEAKER_RATE_HZ } from "../audio/audio-frame.ts";
import type { PlaybackEvent } from "../audio/playback-event.ts";
import { BANDS, type Bands, bandPowers, type FilterMemory, filterBank, NO_MEMORY } from "./band-powers.ts";
import { type EchoModel, echoOf, learnt, type Played, STEP_MS, STEPS, unlearnt } from "./echo-model.ts";
import type { ListenedFrame } from "./voice-detector.ts";

type PlayedBlock = Extract<PlaybackEvent, { type: "played" }>;

/** What was played in one step of the clock, `index` steps after its zero. */
interface Step {
  readonly index: number;
  /** Sums over the samples of the step so far. */
  readonly energies: Bands;
  readonly samples: number;
}

export interface EchoGuard {
  readonly steps: readonly Step[];
  readonly speakerMemory: FilterMemory;
  readonly microphoneMemory: FilterMemory;
  readonly model: EchoModel;
  /** The power in each band when nobody speaks. */
  readonly noise: Bands;
  /** Frames since our voice could be heard last. */
  readonly idleFrames: number;
  readonly output: readonly ListenedFrame[];
}

export const GUARD = {
  /** The echo is expected on the mean; at times, and in some band, it is up to 9 dB louder. */
  echoMargin: 8,
  /** Noise is known by its quiet moments; it is this much more on the whole. */
  noiseMargin: 2,
  /** No band says more than this, either way: one tone is not a voice. */
  mostDb: 12,
  /** The noise may rise so much in a frame (0.9 dB a second), and falls by a share of the difference. */
  noiseRise: 1.004,
  noiseFall: 0.3,
  /** What is quieter than this, in any band, has no echo: -70 dBFS. */
  silence: 100,
  /** How late what was played may be told; meanwhile the last of it counts. */
  lateSteps: 2,
  /** With nothing to guard against, only each eighth frame is looked at, for its noise. */
  idleEvery: 8,
} as const;

const SPEAKER_BANK = filterBank(SPEAKER_RATE_HZ);
const MICROPHONE_BANK = filterBank(MIC_RATE_HZ);
const SILENT: Bands = new Float64Array(BANDS);

export function unguarded(): EchoGuard {
  return {
    steps: [],
    speakerMemory: NO_MEMORY,
    microphoneMemory: NO_MEMORY,
    model: unlearnt(),
    noise: new Float64Array(BANDS).fill(Number.POSITIVE_INFINITY),
    idleFrames: 0,
    output: [],
  };
}

/**
 * Marks the frames in which nothing but our own voice is heard, so that the agent is not interrupted by itself. It
 * compares levels in six bands with what was really played up to 340 ms before, and learns by itself how much of it
 * comes back, how late and how long: in about a second of the first reply, and on from there while it is subscribed.
 *
 * It is a safety net below the sound server's echo canceller, and cannot do what that does: it removes nothing, so what
 * the driver says over a reply stays mixed with it; it misses a driver who is quieter than the echo, and in the first
 * second anybody; an echo later than 340 ms, or an amplifier turned up in the middle of a reply, passes for somebody
 * else until it is learnt. What others play (radio, passengers' phones) is somebody else.
 *
 * Emits each frame at once. Completes, and fails, with the frames.
 */
export function markOwnVoice(playback$: Observable<PlaybackEvent>): OperatorFunction<AudioFrame, ListenedFrame> {
  return (frames$) =>
    merge(
      playback$.pipe(filter((event) => event.type === "played")),
      frames$.pipe(
        map((frame) => ({ type: "heard", frame }) as const),
        endWith({ type: "end" } as const),
      ),
    ).pipe(
      takeWhile((event) => event.type !== "end"),
      scan((guard, event) => nextGuard(guard, event), unguarded()),
      mergeMap(({ output }) => output),
    );
}

export type EchoEvent = PlayedBlock | { readonly type: "heard"; readonly frame: AudioFrame } | { readonly type: "end" };

export function nextGuard(guard: EchoGuard, event: EchoEvent): EchoGuard {
  if (event.type === "played") return played(guard, event);
  return event.type === "heard" ? heard(guard, event.frame) : { ...guard, output: [] };
}

/** Keeps the powers of what was played, on the clock's own grid. */
function played(guard: EchoGuard, { block, atMs }: PlayedBlock): EchoGuard {
  let { steps, speakerMemory } = guard;
  for (let from = 0; from < block.length; ) {
    const index = Math.floor((atMs + (from * 1000) / SPEAKER_RATE_HZ) / STEP_MS + 1e-9);
    const untilMs = (index + 1) * STEP_MS - atMs;
    const piece = block.subarray(from, Math.max(from + 1, Math.round((untilMs * SPEAKER_RATE_HZ) / 1000)));
    const [powers, memory] = bandPowers(SPEAKER_BANK, speakerMemory, piece);
    steps = withPiece(steps, index, powers, piece.length);
    speakerMemory = memory;
    from += piece.length;
  }
  return { ...guard, steps, speakerMemory, output: [] };
}

function withPiece(steps: readonly Step[], index: number, powers: Bands, samples: number): readonly Step[] {
  const last = steps.at(-1);
  const isSame = last?.index === index;
  const before = isSame ? last.energies : SILENT;
  const energies = powers.map((power, band) => (before[band] ?? 0) + power * samples);
  const step = { index, energies, samples: samples + (isSame ? last.samples : 0) };
  return [...(isSame ? steps.slice(0, -1) : steps).slice(-STEPS - GUARD.lateSteps), step];
}

function heard(guard: EchoGuard, frame: AudioFrame): EchoGuard {
  const played = playedBefore(guard.steps, frame.capturedAt);
  const isSounding = played.some((powers) => powers.some((power) => power >= GUARD.silence));
  const idleFrames = isSounding ? 0 : guard.idleFrames + 1;
  if (!isSounding && guard.idleFrames % GUARD.idleEvery !== 0) return { ...guard, idleFrames, output: [frame] };

  const [powers, microphoneMemory] = bandPowers(MICROPHONE_BANK, guard.microphoneMemory, frame.pcm);
  const noise = followNoise(guard.noise, powers, isSounding ? 1 : GUARD.idleEvery);
  const next = { ...guard, microphoneMemory, noise, idleFrames };
  if (!isSounding) return { ...next, output: [frame] };

  const echo = echoOf(guard.model, played);
  const expected = echo.map((power, band) => power + (noise[band] ?? 0));
  const ownVoice = surpriseDb(powers, echo, noise) <= 0;
  const model = learnt(guard.model, played, powers, expected, !ownVoice);
  return { ...next, model, output: [{ ...frame, ownVoice }] };
}

/** By how much more is heard than echo and noise can be, on the mean of the bands. */
function surpriseDb(powers: Bands, echo: Bands, noise: Bands): number {
  let sum = 0;
  for (const [band, power] of powers.entries()) {
    const most = GUARD.echoMargin * (echo[band] ?? 0) + GUARD.noiseMargin * (noise[band] ?? 0);
    const db = 10 * Math.log10((power + 1) / (most + 1));
    sum += Math.min(GUARD.mostDb, Math.max(-GUARD.mostDb, db));
  }
  return sum / BANDS;
}

function followNoise(noise: Bands, powers: Bands, frames: number): Bands {
  return noise.map((before, band) => {
    const power = powers[band] ?? 0;
    if (!Number.isFinite(before)) return power;
    if (power >= before) return Math.min(power, before * GUARD.noiseRise ** frames);
    return before + GUARD.noiseFall * (power - before);
  });
}

/** What was played 0, 20, 40 … ms before: the grid of the clock brought to that of the frames. */
function playedBefore(steps: readonly Step[], atMs: number): Played {
  const position = atMs / STEP_MS;
  const index = Math.floor(position);
  const share = position - index;
  const powers = Array.from({ length: STEPS + 1 }, (_, back) => powersAt(steps, index - back));
  return Array.from({ length: STEPS }, (_, back) => {
    const [later, earlier] = [powers[back] ?? SILENT, powers[back + 1] ?? SILENT];
    return later.map((power, band) => share * power + (1 - share) * (earlier[band] ?? 0));
  });
}

function powersAt(steps: readonly Step[], index: number): Bands {
  const newest = steps.at(-1);
  if (newest === undefined || index > newest.index + GUARD.lateSteps) return SILENT;
  const step = index > newest.index ? newest : steps.findLast((other) => other.index === index);
  return step?.energies.map((energy) => energy / step.samples) ?? SILENT;
}
