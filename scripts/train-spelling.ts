import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { contextsOf, marked, readSpelling, type Spelling } from "../src/engine/hear/spelling.ts";

/** Learns from a CMU dictionary how English is read aloud: `npx tsx scripts/train-spelling.ts`. The same dictionary gives the same file. */

const { values: flags } = parseArgs({
  options: {
    dictionary: { type: "string", default: "/usr/share/pocketsphinx/model/en-us/cmudict-en-us.dict" },
    out: { type: "string", default: fileURLToPath(new URL("../src/engine/hear/spelling.txt", import.meta.url)) },
    /** A rule stands for at least so many more letters than the rule it overrules. */
    gain: { type: "string", default: "3" },
  },
});

type Phones = readonly string[];
type Word = readonly [letters: string, phones: Phones];

/** One word in a hundred is kept for the examination, the same ones of every dictionary. */
const isHeldOut = (word: string): boolean =>
  Array.from(word).reduce((sum, letter, at) => sum + letter.charCodeAt(0) * (at + 7), 0) % 100 === 0;
const ROUNDS = 6;
const LETTERS = /^[a-z]+$/;

/** First pronunciations only: the others are mostly weak forms. */
function readWords(): readonly Word[] {
  const lines = readFileSync(flags.dictionary, "utf8").split("\n");
  return lines.flatMap((line): readonly Word[] => {
    const [word = "", ...phones] = line.trim().split(/\s+/);
    return LETTERS.test(word) && word.length > 1 ? [[word, phones]] : [];
  });
}

/** Each letter stands for no, one or two phones: the likeliest division, by what letters stood for so far. */
function align(
  [letters, phones]: Word,
  chance: (letter: string, said: string) => number,
): readonly string[] | undefined {
  const width = phones.length + 1;
  const best = new Float64Array((letters.length + 1) * width).fill(-Infinity);
  const taken = new Int8Array(best.length);
  best[0] = 0;
  for (let at = 0; at < letters.length; at += 1) {
    for (let from = 0; from < width; from += 1) {
      const sofar = best[at * width + from] ?? -Infinity;
      if (sofar === -Infinity) continue;
      for (let count = 0; count <= 2 && from + count < width; count += 1) {
        const score = sofar + chance(letters[at] ?? "", phones.slice(from, from + count).join(" "));
        const cell = (at + 1) * width + from + count;
        if (score > (best[cell] ?? -Infinity)) {
          best[cell] = score;
          taken[cell] = count;
        }
      }
    }
  }
  if (best.at(-1) === -Infinity) return undefined;
  const said: string[] = [];
  for (let at = letters.length, to = phones.length; at > 0; at -= 1) {
    const count = taken[at * width + to] ?? 0;
    said.unshift(phones.slice(to - count, to).join(" "));
    to -= count;
  }
  return said;
}

type Counts = Map<string, Map<string, number>>;

function count(counts: Counts, key: string, said: string): void {
  const of = counts.get(key) ?? new Map<string, number>();
  counts.set(key, of.set(said, (of.get(said) ?? 0) + 1));
}

/** Hard expectation maximisation, begun with everything equally likely but silence and pairs, which are dear. */
function alignAll(words: readonly Word[]): readonly (readonly [string, readonly string[]])[] {
  let chance = (_: string, said: string): number => (said === "" ? -4 : said.includes(" ") ? -5 : -1);
  let aligned: (readonly [string, readonly string[]])[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const now = chance;
    aligned = words.flatMap((word) => {
      const said = align(word, now);
      return said === undefined ? [] : [[word[0], said] as const];
    });
    const counts: Counts = new Map();
    for (const [letters, said] of aligned) said.forEach((sound, at) => count(counts, letters[at] ?? "", sound));
    const totals = new Map([...counts].map(([letter, of]) => [letter, [...of.values()].reduce((a, b) => a + b, 0)]));
    chance = (letter, said) =>
      Math.log(((counts.get(letter)?.get(said) ?? 0) + 0.1) / ((totals.get(letter) ?? 0) + 100));
  }
  return aligned;
}

/** From narrow contexts to wide ones: a wider one is worth a rule where it is read otherwise than the narrower says. */
function learn(words: readonly Word[]): ReadonlyMap<string, string> {
  const aligned = alignAll(words);
  const counts: Counts = new Map();
  for (const [letters, said] of aligned) {
    said.forEach((sound, at) => {
      for (const context of contextsOf(marked(letters), at)) count(counts, context, sound);
    });
  }
  const rules = new Map<string, string>();
  const seen = new Set<string>();
  const levels = contextsOf(marked("aaaaaaaa"), 4).length;
  for (let level = levels - 1; level >= 0; level -= 1) {
    for (const [letters] of aligned) {
      for (let at = 0; at < letters.length; at += 1) {
        const contexts = contextsOf(marked(letters), at);
        const context = contexts[level] ?? "";
        if (seen.has(context)) continue;
        seen.add(context);
        const of = counts.get(context) ?? new Map<string, number>();
        const [best = "", most = 0] = [...of].sort(([, a], [, b]) => b - a)[0] ?? [];
        const narrower = contexts.slice(level + 1).find((one) => rules.has(one));
        const said = narrower === undefined ? undefined : rules.get(narrower);
        if (said === undefined || most - (of.get(said) ?? 0) >= Number(flags.gain)) rules.set(context, best);
      }
    }
  }
  return rules;
}

function distance(a: Phones, b: Phones): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  a.forEach((phone, index) => {
    const next = [index + 1];
    b.forEach((other, at) => {
      next.push(Math.min((row[at] ?? 0) + (phone === other ? 0 : 1), (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1));
    });
    row = next;
  });
  return row.at(-1) ?? 0;
}

function examine(spelling: Spelling, words: readonly Word[]): string {
  let wrong = 0;
  let all = 0;
  let perfect = 0;
  for (const [letters, phones] of words) {
    const errors = distance(spelling.read(letters), phones);
    wrong += errors;
    all += phones.length;
    if (errors === 0) perfect += 1;
  }
  const share = (part: number, whole: number) => `${((100 * part) / whole).toFixed(1)} %`;
  return `${share(wrong, all)} of ${all} phones wrong, ${share(perfect, words.length)} of ${words.length} words without a mistake`;
}

const words = readWords();
const heldOut = words.filter(([letters]) => isHeldOut(letters));
const rules = learn(words.filter(([letters]) => !isHeldOut(letters)));
const text = [...rules]
  .map(([context, said]) => `${context} ${said}`.trimEnd())
  .sort()
  .join("\n");
writeFileSync(flags.out, `${text}\n`);
process.stdout.write(
  `${rules.size} rules, ${text.length} bytes\nwords not learnt from: ${examine(readSpelling(text), heldOut)}\n`,
);
