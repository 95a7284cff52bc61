import { MIC_RATE_HZ } from "../audio/audio-frame.ts";

/** The detector looks once per hop: 80 ms. */
export const HOP_SAMPLES = 1280;
export const HOP_MS = (HOP_SAMPLES * 1000) / MIC_RATE_HZ;

/** What a head judges: the newest 16 embeddings of 96 numbers, one a hop, which see about two seconds of sound. */
export const EMBEDDING_SIZE = 96;
export const WINDOW_SIZE = 16 * EMBEDDING_SIZE;
