/** One value for each band, the lowest first. */
export type Bands = Float64Array;

const CENTRES_HZ = [300, 600, 1100, 1900, 3000, 4800] as const;
/** About an octave wide each: enough to tell one voice's vowel from another's. */
const SHARPNESS = 1.6;
const MEMORY = 4;

export const BANDS = CENTRES_HZ.length;

/** Band-pass filters for one sample rate. */
export interface FilterBank {
  readonly gain: readonly number[];
  readonly first: readonly number[];
  readonly second: readonly number[];
}

/** What the filters remember of the samples before: four values for each band. */
export type FilterMemory = Float64Array;

export const NO_MEMORY: FilterMemory = new Float64Array(BANDS * MEMORY);

/** The same bands at any rate above 10 kHz, so that sounds of different rates can be compared. */
export function filterBank(rateHz: number): FilterBank {
  const bands = CENTRES_HZ.map((centreHz) => {
    const angle = (2 * Math.PI * centreHz) / rateHz;
    const width = Math.sin(angle) / (2 * SHARPNESS);
    return {
      gain: width / (1 + width),
      first: (-2 * Math.cos(angle)) / (1 + width),
      second: (1 - width) / (1 + width),
    };
  });
  return {
    gain: bands.map(({ gain }) => gain),
    first: bands.map(({ first }) => first),
    second: bands.map(({ second }) => second),
  };
}

/** The mean square of these samples in each band, and what to give with the samples that follow. */
export function bandPowers(bank: FilterBank, before: FilterMemory, pcm: Int16Array): readonly [Bands, FilterMemory] {
  const memory = Float64Array.from(before);
  const powers = new Float64Array(BANDS);
  for (let band = 0; band < BANDS; band++) {
    const [gain, first, second] = [bank.gain[band] ?? 0, bank.first[band] ?? 0, bank.second[band] ?? 0];
    const at = band * MEMORY;
    let [x1, x2, y1, y2] = [memory[at] ?? 0, memory[at + 1] ?? 0, memory[at + 2] ?? 0, memory[at + 3] ?? 0];
    let sum = 0;
    for (const x of pcm) {
      const y = gain * (x - x2) - first * y1 - second * y2;
      [x2, x1, y2, y1] = [x1, x, y1, y];
      sum += y * y;
    }
    memory.set([x1, x2, y1, y2], at);
    powers[band] = sum / Math.max(1, pcm.length);
  }
  return [powers, memory];
}
