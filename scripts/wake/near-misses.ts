import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

type Phones = readonly string[];

const VOWELS = new Set("AA AE AH AO AW AY EH ER EY IH IY OW OY UH UW".split(" "));
/** Sounds that are told apart least. */
const KIN = new Set("P B,T D,K G,F V,TH DH,S Z,SH ZH,CH JH,JH ZH,CH SH,M N,N NG,R ER,L R".split(","));
const KIN_COST = 0.5;
/** A word that is longer or shorter by more sounds is never near. */
const MOST_LONGER = 3;

/**
 * The words of the pronunciation dictionary that sound most like a word, the nearest first; none that holds the word
 * itself, like its plural. `spoken` says how a word is pronounced that the dictionary does not know.
 */
export function nearMisses(word: string, spoken: Phones, count: number): readonly string[] {
  const dictionary = readDictionary();
  const wanted = dictionary.get(word) ?? spoken;
  return [...dictionary]
    .filter(
      ([text, phones]) =>
        text !== word && /^[a-z]+$/.test(text) && isAbout(wanted.length, phones) && !holds(phones, wanted),
    )
    .map(([text, phones]) => ({ text, distance: distance(phones, wanted) }))
    .sort((a, b) => a.distance - b.distance || (a.text < b.text ? -1 : 1))
    .slice(0, count)
    .map(({ text }) => text);
}

/** Every so many-th plain word of the dictionary: all the sounds of the language, in words nobody chose. */
export function someWords(word: string, count: number): readonly string[] {
  const words = [...readDictionary().keys()].filter((text) => /^[a-z]{3,10}$/.test(text) && !text.includes(word));
  return words.filter((_, i) => i % Math.floor(words.length / count) === 0);
}

/** The CMU dictionary as soundswallower brings it; the first pronunciation of each word. */
function readDictionary(): ReadonlyMap<string, Phones> {
  const main = createRequire(import.meta.url).resolve("soundswallower");
  const file = join(dirname(main), "model/en-us/dict.txt");
  const lines = readFileSync(file, "utf8").split("\n");
  const entries = lines.map((line) => line.trim().split(/\s+/)).filter(([text = ";"]) => !/^;|\(/.test(text));
  return new Map(entries.map(([text = "", ...phones]) => [text, phones]));
}

const isAbout = (length: number, phones: Phones): boolean => Math.abs(phones.length - length) <= MOST_LONGER;

function holds(phones: Phones, part: Phones): boolean {
  return ` ${phones.join(" ")} `.includes(` ${part.join(" ")} `);
}

/** How many sounds must be changed, added or left out; kindred ones count half. */
function distance(a: Phones, b: Phones): number {
  let row = b.map((_, j) => j + 1);
  row.unshift(0);
  for (const [i, from] of a.entries()) {
    const next = [i + 1];
    for (const [j, to] of b.entries()) {
      next.push(Math.min((row[j] ?? 0) + cost(from, to), (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

function cost(a: string, b: string): number {
  if (a === b) return 0;
  const kindred = (VOWELS.has(a) && VOWELS.has(b)) || KIN.has(`${a} ${b}`) || KIN.has(`${b} ${a}`);
  return kindred ? KIN_COST : 1;
}
