const FACTOR = 3;
/** Taps for each of the three phases. */
const SPAN = 16;
const TAPS = SPAN * FACTOR;

/** A low pass at 0.92 of 8 kHz, for sound of 48 kHz. */
const LOW_PASS = windowedSinc(0.92 / FACTOR);

/** 16 kHz → 48 kHz, block by block, half a millisecond late. */
export function threefold(): (samples: Float32Array) => Float32Array {
  let before = new Float32Array(SPAN - 1);
  return (samples) => {
    const line = chained(before, samples);
    before = line.slice(-(SPAN - 1));
    const out = new Float32Array(samples.length * FACTOR);
    for (let at = 0; at < samples.length; at += 1) {
      for (let phase = 0; phase < FACTOR; phase += 1) {
        let sum = 0;
        for (let tap = 0; tap < SPAN; tap += 1) {
          sum += (line[at + SPAN - 1 - tap] ?? 0) * (LOW_PASS[tap * FACTOR + phase] ?? 0);
        }
        out[at * FACTOR + phase] = sum * FACTOR;
      }
    }
    return out;
  };
}

/** 48 kHz → 16 kHz, in blocks of a multiple of three samples, half a millisecond late. */
export function third(): (samples: Float32Array) => Float32Array {
  let before = new Float32Array(TAPS - 1);
  return (samples) => {
    const line = chained(before, samples);
    before = line.slice(-(TAPS - 1));
    const out = new Float32Array(samples.length / FACTOR);
    for (let at = 0; at < out.length; at += 1) {
      const newest = at * FACTOR + TAPS - 1;
      let sum = 0;
      for (let tap = 0; tap < TAPS; tap += 1) sum += (line[newest - tap] ?? 0) * (LOW_PASS[tap] ?? 0);
      out[at] = sum;
    }
    return out;
  };
}

function chained(before: Float32Array, after: Float32Array): Float32Array<ArrayBuffer> {
  const whole = new Float32Array(before.length + after.length);
  whole.set(before);
  whole.set(after, before.length);
  return whole;
}

/** `cutoff` is a share of half the rate. */
function windowedSinc(cutoff: number): Float32Array {
  const middle = (TAPS - 1) / 2;
  const taps = Float32Array.from({ length: TAPS }, (_, tap) => {
    const x = Math.PI * cutoff * (tap - middle);
    const hamming = 0.54 - 0.46 * Math.cos((2 * Math.PI * tap) / (TAPS - 1));
    return (x === 0 ? 1 : Math.sin(x) / x) * hamming;
  });
  const sum = taps.reduce((all, tap) => all + tap, 0);
  return taps.map((tap) => tap / sum);
}
