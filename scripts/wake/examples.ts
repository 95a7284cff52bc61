import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { EMBEDDING_SIZE, HOP_MS, HOP_SAMPLES, WINDOW_SIZE } from "../../src/wake/hop.ts";
import { type FeatureModels, featureStreams, loadFeatureModels } from "../../src/wake/wake-features.ts";
import { type Sound, toPcm } from "./sound.ts";

/** The embeddings of a clip, one window a hop, cut out without copying. */
export interface Features {
  readonly hops: number;
  readonly embeddings: Float32Array;
  window(hop: number): Float32Array;
}

export type Extract = (sound: Sound) => Promise<Features>;
export type Label = "word" | "other" | "unsure";

const BEFORE = WINDOW_SIZE - EMBEDDING_SIZE;

/** Runs sounds through the very features that the detector uses, and keeps the result in `cache`. */
export async function openExtractor(cache: string): Promise<Extract> {
  const models: FeatureModels = await loadFeatureModels();
  const open = await featureStreams(models);
  mkdirSync(cache, { recursive: true });

  return async (sound) => {
    const pcm = toPcm(sound);
    const file = join(cache, `${createHash("sha256").update(pcm).digest("hex").slice(0, 24)}.f32`);
    if (existsSync(file)) return featuresOf(new Float32Array(new Uint8Array(readFileSync(file)).buffer));

    const stream = open();
    const hops = Math.floor(pcm.length / HOP_SAMPLES);
    const embeddings = new Float32Array(BEFORE + hops * EMBEDDING_SIZE);
    embeddings.set(stream.window.subarray(EMBEDDING_SIZE));
    for (let hop = 0; hop < hops; hop++) {
      await stream.advance(pcm.subarray(hop * HOP_SAMPLES, (hop + 1) * HOP_SAMPLES));
      embeddings.set(stream.window.subarray(BEFORE), BEFORE + hop * EMBEDDING_SIZE);
    }
    writeFileSync(file, Buffer.from(embeddings.buffer));
    return featuresOf(embeddings);
  };
}

export function featuresOf(embeddings: Float32Array): Features {
  return {
    hops: (embeddings.length - BEFORE) / EMBEDDING_SIZE,
    embeddings,
    window: (hop) => embeddings.subarray(hop * EMBEDDING_SIZE, hop * EMBEDDING_SIZE + WINDOW_SIZE),
  };
}

/** How long after the start of a clip this hop is decided, in milliseconds. */
export const hopEndMs = (hop: number): number => (hop + 1) * HOP_MS;

/** A window is the word's when it ends from 40 to 280 ms after a word; what is near that is not taught at all. */
export function labelOf(hop: number, wordEndsMs: readonly number[]): Label {
  const afters = wordEndsMs.map((end) => hopEndMs(hop) - end);
  if (afters.some((after) => after >= 40 && after <= 280)) return "word";
  return afters.some((after) => after > -160 && after < 480) ? "unsure" : "other";
}
