import { readFileSync } from "node:fs";
import type { GrammarSpec } from "../understand/grammar.ts";
import type { Dictionary, Pronunciation } from "./dictionary.ts";
import { readSpelling, type Spelling } from "./spelling.ts";

/** Words of cars that the CMU dictionary lacks and that are not read as they are spelt, in its own phones. */
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
  unmute: "AH N M Y UW T",
  unpause: "AH N P AO Z",
  windscreen: "W IH N D S K R IY N",
};

export interface Vocabulary {
  readonly known: readonly Pronunciation[];
  /** Words that no dictionary has; they are listened for as they are spelt. */
  readonly guessed: readonly string[];
  /** Words that not even a guess can be made of: they have no letter of the Latin alphabet. */
  readonly missing: readonly string[];
}

/** How words are said: as the dictionary knows, or as they are spelt, which gets one sound in nine wrong. */
export function pronouncer(dictionary: Dictionary): (words: readonly string[]) => Vocabulary {
  let spelling: Spelling | undefined;
  const look = (word: string): readonly Pronunciation[] => {
    const found = dictionary.pronunciationsOf(word);
    return found.length > 0 || EXTRA[word] === undefined ? found : [[word, EXTRA[word]]];
  };
  const guess = (word: string): readonly Pronunciation[] => {
    const letters = latin(word);
    if (letters === "") return [];
    const [plain] = look(letters);
    if (plain !== undefined) return [[word, plain[1]]];
    spelling ??= readSpelling(readFileSync(new URL("spelling.txt", import.meta.url), "utf8"));
    const ways = [spelling.read(letters).join(" "), compound(letters, dictionary) ?? ""].filter((way) => way !== "");
    return [...new Set(ways)].map((way, index) => [index === 0 ? word : `${word}(${index + 1})`, way]);
  };
  return (words) => {
    const said = words.map((word) => ({ word, ways: look(word) }));
    const guesses = said.filter(({ ways }) => ways.length === 0).map(({ word }) => ({ word, ways: guess(word) }));
    return {
      known: [...said, ...guesses].flatMap(({ ways }) => ways),
      guessed: guesses.filter(({ ways }) => ways.length > 0).map(({ word }) => word),
      missing: guesses.filter(({ ways }) => ways.length === 0).map(({ word }) => word),
    };
  };
}

/** "Müller" has the letters of "muller". */
const latin = (word: string): string =>
  word
    .replaceAll("ß", "ss")
    .normalize("NFD")
    .toLowerCase()
    .replace(/[^a-z]/g, "");

const SHORTEST_PART = 4;

/** "Harbourview" may be said as "harbour" and "view". The most even division counts. */
function compound(word: string, dictionary: Dictionary): string | undefined {
  const cuts = Array.from(
    { length: Math.max(0, word.length - 2 * SHORTEST_PART + 1) },
    (_, at) => at + SHORTEST_PART,
  ).sort((a, b) => Math.abs(a - word.length / 2) - Math.abs(b - word.length / 2));
  for (const cut of cuts) {
    const [first] = dictionary.pronunciationsOf(word.slice(0, cut));
    const [second] = dictionary.pronunciationsOf(word.slice(cut));
    if (first !== undefined && second !== undefined) return `${first[1]} ${second[1]}`;
  }
  return undefined;
}

/** The sentence for whoever wrote the phrases: which words cannot be heard, and where they stand. */
export function unspeakable(missing: readonly string[], { phrases, lists }: GrammarSpec): string {
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
  return `The recogniser cannot tell how to say ${where.join(", ")}; write it as it would be spelt in English.`;
}
