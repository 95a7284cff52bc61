/** The state of one stream of random numbers. A value: drawing from it gives a number and the next state. */
export interface RandomStream {
  readonly state: number;
}

/** A stream of its own for every name, so that what one component draws never shifts what another gets. */
export function randomStream(seed: number, name: string): RandomStream {
  // FNV-1a over the name, started from the seed.
  let hash = (seed ^ 0x811c9dc5) | 0;
  for (const character of name) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return { state: hash };
}

/** A number in [0, 1) and the stream after it (mulberry32). */
export function draw({ state }: RandomStream): readonly [value: number, next: RandomStream] {
  const next = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(next ^ (next >>> 15), next | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return [((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296, { state: next }];
}

/** A number in [low, high) and the stream after it. */
export function drawBetween(stream: RandomStream, low: number, high: number): readonly [number, RandomStream] {
  const [value, next] = draw(stream);
  return [low + value * (high - low), next];
}
