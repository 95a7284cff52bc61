/** A source of numbers in [0, 1). */
export type Random = () => number;

/** The same seed and name give the same numbers on every machine (mulberry32); another name gives others. */
export function seededRandom(seed: number, name = ""): Random {
  // FNV-1a over the name, started from the seed.
  let state = (seed ^ 0x811c9dc5) | 0;
  for (const character of name) state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
