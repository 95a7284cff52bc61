import type { Grammar, SpokenCall } from "./grammar.ts";
import { speakable } from "./speakable.ts";

/** Short and long ways of writing the same. Templates have one of them, drivers type either. */
const SHORT_LONG: readonly (readonly [string, string])[] = [
  ["what's", "what is"],
  ["how's", "how is"],
  ["where's", "where is"],
  ["it's", "it is"],
  ["i'm", "i am"],
  ["i'd", "i would"],
  ["we're", "we are"],
  ["don't", "do not"],
  ["ac", "a c"],
  ["aircon", "air con"],
  ["halfway", "half way"],
  ["windshield", "windscreen"],
];

/** Typed text as spoken words: digits spelt out, punctuation gone, lower case. */
export function normalize(text: string): string {
  return speakable(text.replace(/(\d)\s*½/g, "$1.5").normalize("NFKC"))
    .toLowerCase()
    .replace(/[’‘`]/g, "'")
    .replace(/[^\p{L}']+/gu, " ")
    .replace(/(?<!\p{L})'|'(?!\p{L})/gu, " ")
    .replace(/ +/g, " ")
    .trim();
}

/** The calls that typed text asks for; undefined when it is not of this grammar. */
export function parseTyped(grammar: Grammar, text: string): readonly SpokenCall[] | undefined {
  const said = normalize(text);
  const long = SHORT_LONG.reduce((all, [from, to]) => replaceWords(all, from, to), said);
  const short = SHORT_LONG.reduce((all, [to, from]) => replaceWords(all, from, to), said);
  return grammar.parse(said) ?? grammar.parse(long) ?? grammar.parse(short);
}

const replaceWords = (text: string, from: string, to: string): string =>
  ` ${text} `.replaceAll(` ${from} `, ` ${to} `).trim();
