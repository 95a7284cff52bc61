import { readFileSync } from "node:fs";

/** One way to say a word: "to(2)" is the second of "to". */
export type Pronunciation = readonly [entry: string, phones: string];

export interface Dictionary {
  /** Every way to say a word; none when it is unknown. */
  pronunciationsOf(word: string): readonly Pronunciation[];
}

const NEWLINE = 10;
const SPACES = [32, 9];
const BRACKET = 40;
const COMMENT = 59;
const BUCKETS = 1 << 17;
const NONE = -1;

/** A CMU dictionary file: some 130,000 lines, kept as they are, with a small index. */
export function openDictionary(file: string): Dictionary {
  const bytes = readFileSync(file);
  const lines = startsOf(bytes);
  const first = new Int32Array(BUCKETS).fill(NONE);
  const next = new Int32Array(lines.length).fill(NONE);
  // Backwards, so that the first line of a word comes first.
  for (let line = lines.length - 1; line >= 0; line -= 1) {
    const bucket = bucketOf(bytes, lines[line] ?? 0);
    next[line] = first[bucket] ?? NONE;
    first[bucket] = line;
  }
  const entryAt = (line: number): Pronunciation => {
    const start = lines[line] ?? 0;
    const end = bytes.indexOf(NEWLINE, start);
    const [entry = "", ...phones] = bytes
      .toString("latin1", start, end < 0 ? bytes.length : end)
      .trim()
      .split(/\s+/);
    return [entry, phones.join(" ")];
  };
  return {
    pronunciationsOf(word) {
      const found: Pronunciation[] = [];
      const bucket = bucketOf(Buffer.from(`${word} `, "latin1"), 0);
      for (let line = first[bucket] ?? NONE; line !== NONE; line = next[line] ?? NONE) {
        const entry = entryAt(line);
        if (entry[0].replace(/\(\d+\)$/, "") === word) found.push(entry);
      }
      return found;
    },
  };
}

function startsOf(bytes: Buffer): Int32Array {
  const starts: number[] = [];
  for (let at = 0; at >= 0 && at < bytes.length; ) {
    if (bytes[at] !== COMMENT && bytes[at] !== NEWLINE) starts.push(at);
    const end = bytes.indexOf(NEWLINE, at);
    at = end < 0 ? bytes.length : end + 1;
  }
  return Int32Array.from(starts);
}

/** By the word at the beginning of a line, its number in brackets left out (FNV-1a). */
function bucketOf(bytes: Buffer, start: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? NEWLINE;
    if (SPACES.includes(byte) || byte === NEWLINE || byte === BRACKET) break;
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return (hash >>> 15) % BUCKETS;
}
