/** Digital silence upsets the cepstral mean, so a floor of -66 dBFS is added, such as every microphone has. */
const FLOOR = 0.0005;

/** Makes float samples with a noise floor out of PCM. The noise is the same for each stream. */
export function ditherer(): (pcm: Int16Array) => Float32Array {
  let state = 0x2545f491;
  const noise = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state / 0x80000000;
  };
  return (pcm) => Float32Array.from(pcm, (sample) => sample / 32_768 + noise() * FLOOR);
}
