import { readFileSync } from "node:fs";
import { join } from "node:path";

import { MIC_RATE_HZ } from "../../src/audio/audio-frame.ts";
import { joined } from "../../src/audio/resample.ts";
import { readWav } from "../../src/audio/wav.ts";
import { seededRandom } from "../../src/shared/random.ts";

/** Recordings of people, noises and other languages; beside the repository. */
export const SPEECH = "../shared/material/speech";

const FULL_SCALE = 32_767;

/** Each sample times a factor, as a converter that is driven too far would give it. */
export function amplified(pcm: Int16Array, factor: number): Int16Array {
  return pcm.map((sample) => Math.max(-FULL_SCALE, Math.min(FULL_SCALE, Math.round(sample * factor))));
}

/** At this effective value over all of it, against full scale. */
export function atLevel(pcm: Int16Array, dbfs: number): Int16Array {
  const rms = Math.sqrt(pcm.reduce((sum, sample) => sum + sample ** 2, 0) / pcm.length);
  return amplified(pcm, (FULL_SCALE * 10 ** (dbfs / 20)) / rms);
}

/** Two at once, the second a little later. */
export function overlapped(one: Int16Array, other: Int16Array, laterMs: number): Int16Array {
  const from = (laterMs * MIC_RATE_HZ) / 1000;
  return Int16Array.from({ length: Math.max(one.length, from + other.length) }, (_, at) =>
    Math.max(-FULL_SCALE, Math.min(FULL_SCALE, (one[at] ?? 0) + (other[at - from] ?? 0))),
  );
}

/** The last bit of a converter that has nothing to convert. */
export function dither(ms: number): Int16Array {
  const random = seededRandom(1, "dither");
  return Int16Array.from({ length: (ms * MIC_RATE_HZ) / 1000 }, () => Math.round(random() * 2 - 1));
}

const CHORDS_HZ = [
  [220, 277.2, 329.6],
  [146.8, 220, 293.7],
  [164.8, 246.9, 329.6],
  [196, 246.9, 293.7],
];

/** Four chords in turn with their overtones, a lead over them, a bass drum on each beat and a snare on every other. */
export function music(seconds: number): Int16Array {
  const random = seededRandom(1, "music");
  const beatS = 0.5;
  return Int16Array.from({ length: seconds * MIC_RATE_HZ }, (_, at) => {
    const t = at / MIC_RATE_HZ;
    const beat = Math.floor(t / beatS);
    const since = t - beat * beatS;
    const chord = CHORDS_HZ[Math.floor(beat / 4) % CHORDS_HZ.length] ?? [];
    const tone = (hz: number): number =>
      [1, 2, 3, 4].reduce((sum, overtone) => sum + Math.sin(2 * Math.PI * hz * overtone * t) / overtone ** 1.5, 0);
    const chords = chord.reduce((sum, hz) => sum + tone(hz), 0) * 0.12;
    const lead = tone((chord[beat % 3] ?? 0) * 2) * 0.2 * Math.exp(-3 * since);
    const bassDrum = Math.sin(2 * Math.PI * 60 * since * Math.exp(-4 * since)) * Math.exp(-12 * since);
    const snare = beat % 2 === 1 ? (random() * 2 - 1) * Math.exp(-18 * since) : 0;
    return Math.round(9_000 * (chords + lead + bassDrum * 0.8 + snare * 0.5));
  });
}

interface Listed {
  readonly file: string;
  readonly kind: string;
  readonly language: string;
}

/** The material's recordings of some kind, in the order of their list. */
export function listed(isWanted: (recording: Listed) => boolean): readonly string[] {
  const [header = "", ...rows] = readFileSync(join(SPEECH, "manifest.tsv"), "utf8").trim().split("\n");
  const columns = header.split("\t");
  return rows
    .map((row) => row.split("\t"))
    .map((cells) => Object.fromEntries(columns.map((column, at) => [column, cells[at] ?? ""])) as unknown as Listed)
    .filter(isWanted)
    .map(({ file }) => join(SPEECH, file));
}

/** One after the other with a moment between them, at most so much of each. */
export async function inTurn(
  files: readonly string[],
  { pauseMs, mostSeconds = Infinity }: { readonly pauseMs: number; readonly mostSeconds?: number },
): Promise<Int16Array> {
  const recordings = await Promise.all(files.map((file) => readWav(file)));
  const pause = new Int16Array((pauseMs * MIC_RATE_HZ) / 1000);
  return joined(recordings.flatMap(({ pcm }) => [pcm.subarray(0, mostSeconds * MIC_RATE_HZ), pause]));
}
