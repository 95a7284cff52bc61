/** A tone of half the full scale. */
export function sine(frequencyHz: number, rateHz: number, seconds: number): Int16Array {
  const step = (2 * Math.PI * frequencyHz) / rateHz;
  return Int16Array.from({ length: Math.round(rateHz * seconds) }, (_, index) =>
    Math.round(16_384 * Math.sin(index * step)),
  );
}

export function peak(pcm: Int16Array): number {
  return pcm.reduce((highest, sample) => Math.max(highest, Math.abs(sample)), 0);
}
