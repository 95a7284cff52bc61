/** The levels of the last frames, oldest first. */
export type NoiseFloor = readonly number[];

/** Three seconds: there is a moment without speech in them. */
const FRAMES = 96;
/** The quietest tenth of them is the noise. */
const QUIETEST = 0.1;
const SILENCE = 1;

export const NO_NOISE: NoiseFloor = [];

export const followNoise = (floor: NoiseFloor, level: number): NoiseFloor => [...floor.slice(1 - FRAMES), level];

/** How far, in dB, speech of this level stands above the noise. Both are effective values. */
export function snrOf(floor: NoiseFloor, speechLevel: number): number {
  const levels = [...floor].sort((a, b) => a - b);
  const noise = levels[Math.floor(levels.length * QUIETEST)] ?? 0;
  return 20 * Math.log10(Math.max(speechLevel, SILENCE) / Math.max(noise, SILENCE));
}
