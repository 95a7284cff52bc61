import { readdir, readFile } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";

import { WINDOW_SIZE } from "./hop.ts";
import { WakeWordError } from "./wake-word-error.ts";

/** The small network that tells one word from everything else: one hidden layer, written out as plain numbers. */
export interface HeadWeights {
  /** `hidden` rows of `WINDOW_SIZE`. */
  readonly w1: Float32Array;
  readonly b1: Float32Array;
  readonly w2: Float32Array;
  readonly b2: Float32Array;
}

/** What is written beside the weights, as `<word>.json`. */
const metadata = z.object({
  word: z.string().min(1),
  hidden: z.number().int().min(1).max(1024),
  threshold: z.number().gt(0).lt(1),
  confirmations: z.number().int().min(1).max(10),
});

export interface WakeHead extends z.infer<typeof metadata> {
  readonly weights: HeadWeights;
}

const HEADS = new URL("./heads/", import.meta.url);

/** The probability, 0 to 1, that the word has just ended at the end of this window. */
export function score({ w1, b1, w2, b2 }: HeadWeights, window: Float32Array): number {
  let logit = b2[0] ?? 0;
  for (let unit = 0; unit < b1.length; unit++) {
    const activation = (b1[unit] ?? 0) + dot(w1, unit * window.length, window);
    if (activation > 0) logit += activation * (w2[unit] ?? 0);
  }
  return 1 / (1 + Math.exp(-logit));
}

/** The sum of products of a row of `weights` and `values`, whose length is a multiple of four. */
export function dot(weights: Float32Array, offset: number, values: Float32Array): number {
  // Four sums that do not wait for each other: three times as fast as one.
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let i = 0, at = offset; i < values.length; i += 4, at += 4) {
    a += (weights[at] ?? 0) * (values[i] ?? 0);
    b += (weights[at + 1] ?? 0) * (values[i + 1] ?? 0);
    c += (weights[at + 2] ?? 0) * (values[i + 2] ?? 0);
    d += (weights[at + 3] ?? 0) * (values[i + 3] ?? 0);
  }
  return a + b + c + d;
}

/** Reads the bundled head for a word, or the one whose metadata file is at `path`. */
export async function loadHead(word: string, path?: string): Promise<WakeHead> {
  const file = path ?? fileURLToPath(new URL(`${word}.json`, HEADS));
  if (path === undefined) await mustBeBundled(word);
  const about = parseMetadata(file, await read(file));
  if (about.word !== word) throw bad(file, `is for the word "${about.word}", not "${word}"`);
  const weightsFile = file.replace(/\.json$/, ".bin");
  return { ...about, weights: unpackWeights(weightsFile, await read(weightsFile), about.hidden) };
}

/** The words that a head is bundled for, in alphabetical order. */
export async function bundledWords(): Promise<readonly string[]> {
  const files = await readdir(HEADS).catch(() => []);
  return files
    .filter((file) => file.endsWith(".json"))
    .map((file) => basename(file, ".json"))
    .sort();
}

/** The weights as they stand in the `.bin` file: w1, b1, w2, b2 as little-endian 32-bit floats. */
export function packWeights({ w1, b1, w2, b2 }: HeadWeights): Uint8Array {
  const values = [w1, b1, w2, b2].flatMap((part) => Array.from(part));
  const bytes = new DataView(new ArrayBuffer(values.length * 4));
  for (const [index, value] of values.entries()) bytes.setFloat32(index * 4, value, true);
  return new Uint8Array(bytes.buffer);
}

/** Reads what `packWeights` wrote; the error names `file`. */
export function unpackWeights(file: string, bytes: Buffer, hidden: number): HeadWeights {
  const sizes = [hidden * WINDOW_SIZE, hidden, hidden, 1] as const;
  const expected = sizes.reduce((sum, size) => sum + size, 0) * 4;
  if (bytes.length !== expected) throw bad(file, `has ${bytes.length} bytes where ${expected} belong`);

  const values = Float32Array.from({ length: expected / 4 }, (_, index) => bytes.readFloatLE(index * 4));
  if (!values.every(Number.isFinite)) throw bad(file, "holds a weight that is no finite number");
  const [w1End, b1End] = [sizes[0], sizes[0] + hidden];
  return {
    w1: values.slice(0, w1End),
    b1: values.slice(w1End, b1End),
    w2: values.slice(b1End, b1End + hidden),
    b2: values.slice(b1End + hidden),
  };
}

function parseMetadata(file: string, bytes: Buffer): z.infer<typeof metadata> {
  try {
    return metadata.parse(JSON.parse(bytes.toString("utf8")));
  } catch (cause) {
    throw bad(file, cause instanceof z.ZodError ? z.prettifyError(cause) : "is not JSON", cause);
  }
}

async function mustBeBundled(word: string): Promise<void> {
  const words = await bundledWords();
  if (words.includes(word)) return;
  const known = words.length === 0 ? "none" : words.join(", ");
  throw new WakeWordError(
    "unknown-word",
    `There is no wake word "${word}". Bundled: ${known}. Train another with \`npm run train:wake -- --word ${word}\`.`,
  );
}

async function read(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw bad(file, "cannot be read", cause);
  }
}

function bad(file: string, what: string, cause?: unknown): WakeWordError {
  return new WakeWordError(
    "bad-head",
    `The wake word head ${file} ${what}. Train it again with \`npm run train:wake\`.`,
    {
      cause,
    },
  );
}
