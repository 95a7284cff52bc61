/** Log energies of a bank of filters, frame after frame, as soundswallower's `spectrogram` gives them. */
export interface Spectrogram {
  readonly data: Float32Array;
  readonly nfr: number;
  readonly nfeat: number;
}

const CEPSTRA = 13;
/** What the models were trained with (`lifter` of their parameters). */
const LIFTER = 22;
/** The mean that is known before counts as much as this many frames of 10 ms. */
const PRIOR_FRAMES = 30;

/**
 * The mean cepstrum of some sound: how this voice, microphone and cabin sound whatever is said. The transform is linear,
 * so the mean of the cepstra is the cepstrum of the mean spectrum. `before` is what is believed without the sound.
 */
export function voiceMean({ data, nfr, nfeat }: Spectrogram, before: readonly number[]): readonly number[] {
  const spectrum = Array.from({ length: nfeat }, (_, band) => {
    let sum = 0;
    for (let frame = 0; frame < nfr; frame += 1) sum += data[frame * nfeat + band] ?? 0;
    return sum / nfr;
  });
  return cepstrum(spectrum).map(
    (mean, index) => (mean * nfr + (before[index] ?? 0) * PRIOR_FRAMES) / (nfr + PRIOR_FRAMES),
  );
}

/** The orthonormal cosine transform of a log spectrum, liftered, as the decoder's front end does it. */
function cepstrum(spectrum: readonly number[]): readonly number[] {
  const bands = spectrum.length;
  return Array.from({ length: CEPSTRA }, (_, order) => {
    const sum = spectrum.reduce(
      (all, energy, band) => all + energy * Math.cos((Math.PI * order * (band + 0.5)) / bands),
      0,
    );
    const lift = 1 + (LIFTER / 2) * Math.sin((Math.PI * order) / LIFTER);
    return sum * Math.sqrt((order === 0 ? 1 : 2) / bands) * lift;
  });
}
