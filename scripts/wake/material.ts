import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { MIC_RATE_HZ } from "../../src/audio/audio-frame.ts";
import { readWav } from "../../src/audio/wav.ts";
import type { Sound } from "./sound.ts";

/** A row of `manifest.tsv`. */
export interface Recording {
  readonly file: string;
  readonly kind: string;
  readonly transcript: string;
  readonly licence: string;
  readonly source: string;
}

export interface Halves<T> {
  readonly training: readonly T[];
  readonly heldOut: readonly T[];
}

/** What there is to learn one word from, split by file. */
export interface Material {
  readonly word: Halves<Recording>;
  readonly other: Halves<Recording>;
}

/** Reads the manifest of a folder of recordings. Who speaks is mostly unknown, so halves may share speakers. */
export function readMaterial(folder: string, word: string): Material {
  const recordings = readManifest(folder);
  const isWord = ({ kind, transcript }: Recording): boolean =>
    kind === "wake" &&
    transcript
      .toLowerCase()
      .split(/[^\p{L}]+/u)
      .includes(word);
  return {
    word: halves(recordings.filter(isWord)),
    other: withoutStrings(halves(recordings.filter((recording) => !isWord(recording)))),
  };
}

/** Licences that might bind a model made from the recording: such a recording only tests. */
const STRINGS = /BY-SA|BY-NC|GPL/;

function withoutStrings({ training, heldOut }: Halves<Recording>): Halves<Recording> {
  const isBound = ({ licence }: Recording): boolean => STRINGS.test(licence);
  return {
    training: training.filter((recording) => !isBound(recording)),
    heldOut: [...heldOut, ...training.filter(isBound)],
  };
}

/** Reads a 16 kHz recording. */
export async function readSound(path: string): Promise<Sound> {
  const { pcm, rateHz } = await readWav(path);
  if (rateHz !== MIC_RATE_HZ) throw new Error(`${path} has ${rateHz} Hz where ${MIC_RATE_HZ} belong`);
  return Float32Array.from(pcm);
}

function readManifest(folder: string): readonly Recording[] {
  const file = join(folder, "manifest.tsv");
  if (!existsSync(file)) throw new Error(`There is no ${file}: name the folder of recordings with --material`);
  const [header = "", ...rows] = readFileSync(file, "utf8").trimEnd().split("\n");
  const columns = header.split("\t");
  return rows
    .map((row) => row.split("\t"))
    .map((cells) => Object.fromEntries(columns.map((column, i) => [column, cells[i] ?? ""])) as unknown as Recording)
    .sort((a, b) => (a.file < b.file ? -1 : 1));
}

/** Every other recording in the order of names, so that both halves hold every source. */
function halves<T>(items: readonly T[]): Halves<T> {
  return { training: items.filter((_, i) => i % 2 === 0), heldOut: items.filter((_, i) => i % 2 === 1) };
}
