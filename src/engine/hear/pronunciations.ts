import { readFileSync } from "node:fs";
import type { GrammarSpec } from "../understand/grammar.ts";

/** One way to say a word: "to(2)" is the second of "to". */
export type Pronunciation = readonly [entry: string, phones: string];

/** Words of cars that the CMU dictionary lacks, in its own phones. */
const EXTRA: Readonly<Record<string, string>> = {
  codriver: "K OW D R AY V ER",
  defog: "D IY F AO G",
  defogger: "D IY F AO G ER",
  defroster: "D IY F R AO S T ER",
  defrosting: "D IY F R AO S T IH NG",
  demist: "D IY M IH S T",
  demister: "D IY M IH S T ER",
  infotainment: "IH N F OW T EY N M AH N T",
  recirculate: "R IY S ER K Y AH L EY T",
  recirculating: "R IY S ER K Y AH L EY T IH NG",
  recirculation: "R IY S ER K Y AH L EY SH AH N",
  sunshade: "S AH N SH EY D",
  tailgate: "T EY L G EY T",
  undo: "AH N D UW",
  unmute: "AH N M Y UW T",
  unpause: "AH N P AO Z",
  windscreen: "W IH N D S K R IY N",
};

export interface Vocabulary {
  readonly known: readonly Pronunciation[];
  readonly missing: readonly string[];
}

/** Looks words up in a CMU dictionary file (some 130,000 lines, which are not kept). */
export function lookUp(words: readonly string[], dictionary: string): Vocabulary {
  const wanted = new Set(words);
  const known: Pronunciation[] = [];
  const found = new Set<string>();
  for (const [, word = "", variant = "", phones = ""] of readFileSync(dictionary, "utf8").matchAll(ENTRY)) {
    if (!wanted.has(word)) continue;
    found.add(word);
    known.push([word + variant, phones]);
  }
  const lacking = words.filter((word) => !found.has(word));
  const extra = lacking.flatMap((word): Pronunciation[] => (EXTRA[word] === undefined ? [] : [[word, EXTRA[word]]]));
  return { known: [...known, ...extra], missing: lacking.filter((word) => EXTRA[word] === undefined) };
}

const ENTRY = /^([^\s(]+)(\(\d+\))?[ \t]+(.+?)\s*$/gm;

/** The sentence for whoever wrote the phrases: which words cannot be heard, and where they stand. */
export function unknownWords(missing: readonly string[], { phrases, lists }: GrammarSpec): string {
  const places: readonly (readonly [string, string])[] = [
    ...Object.entries(phrases).flatMap(([tool, templates]) => templates.map((text) => [tool, text] as const)),
    ...Object.entries(lists).flatMap(([list, entries]) => entries.map(({ say }) => [`list ${list}`, say] as const)),
  ];
  const where = missing.map((word) => {
    const place = places.find(([, text]) =>
      text
        .toLowerCase()
        .split(/[^\p{L}']+/u)
        .includes(word),
    );
    return place === undefined ? `"${word}"` : `"${word}" (${place[0]}: "${place[1]}")`;
  });
  return `The recogniser's dictionary has no pronunciation of ${where.join(", ")}; use other words.`;
}
