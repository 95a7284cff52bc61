/** How much of an utterance was louder than the microphone can tell. */
export interface Clipping {
  readonly samples: number;
  readonly cut: number;
}

export const UNCLIPPED: Clipping = { samples: 0, cut: 0 };

const LIMIT = 32_700;
/** Voices that were cut off by more than this were never understood, and what is left of them fits short commands well. */
const MOST = 0.25;

export function followClipping({ samples, cut }: Clipping, pcm: Int16Array): Clipping {
  let more = 0;
  for (const sample of pcm) if (Math.abs(sample) >= LIMIT) more += 1;
  return { samples: samples + pcm.length, cut: cut + more };
}

export const isTooClipped = ({ samples, cut }: Clipping): boolean => cut > samples * MOST;
