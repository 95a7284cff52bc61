/** Longer texts are cut at a clause: half a minute of speech is more than anybody listens to in a car. */
export const MAX_TEXT_CHARS = 2_000;
/** A clause without punctuation is cut at a space here, so that no single rendering takes long. */
const MAX_CLAUSE_CHARS = 180;
/** Shorter pieces between commas are spoken with what follows: a pause after each word of a list sounds broken. */
const MIN_COMMA_CLAUSE_CHARS = 12;

const SPOKEN: readonly (readonly [RegExp, string])[] = [
  [/[\u2018\u2019\u02bc]/gu, "'"],
  [/[\u201c\u201d]/gu, '"'],
  [/ ?[\u2014\u2013] | [\u2014\u2013]/gu, ", "],
  [/[\u2010-\u2014]/gu, "-"],
  [/\u2026/gu, "..."],
  [/ ?° ?C?(?![A-Za-z])/gu, " degrees"],
  [/ ?° ?F(?![A-Za-z])/gu, " degrees Fahrenheit"],
  [/(?<=\d) ?km\/h\b/gu, " kilometres per hour"],
  [/(?<=\d) ?km\b/gu, " kilometres"],
  [/(?<=\d) ?kWh\b/gu, " kilowatt hours"],
  [/&/gu, " and "],
];

const ABBREVIATIONS = new Set([
  "dr",
  "mr",
  "mrs",
  "ms",
  "st",
  "no",
  "approx",
  "vs",
  "etc",
  "min",
  "max",
  "e.g",
  "i.e",
  "a.m",
  "p.m",
]);

/** What a voice for English can say of a text: symbols in words, markup, emoji and other scripts left out. */
export function speakable(text: string): string {
  // Runs of spaces go first: the patterns below look at all of a run from each of its places.
  const plain = text.normalize("NFC").replaceAll(/\s+/gu, " ");
  const worded = SPOKEN.reduce((spoken, [written, word]) => spoken.replaceAll(written, word), plain);
  return worded
    .normalize("NFKD")
    .replaceAll(/\p{Mark}/gu, "")
    .replaceAll(/[^\x20-\x7e]|[*_`~^|\\<>{}[\]#"()]/gu, " ")
    .replaceAll(/\s+/gu, " ")
    .replaceAll(/ (?=[,.;:!?])/gu, "")
    .trim();
}

export interface Clauses {
  readonly clauses: readonly string[];
  /** How many characters at the end were left out because the text was too long. */
  readonly cutChars: number;
}

/** Splits a text where a speaker would pause. Points and colons inside numbers and after abbreviations do not count. */
export function clausesOf(text: string): Clauses {
  // Far longer texts are cut before any work is done on them; the factor leaves room for what is not speakable.
  const spoken = speakable(text.slice(0, 4 * MAX_TEXT_CHARS));
  const all = joinShort(piecesOf(spoken)).flatMap(splitLong).filter(hasWord);
  let length = 0;
  const clauses = all.filter((clause) => (length += clause.length + 1) <= MAX_TEXT_CHARS);
  const keptChars = clauses.join(" ").length;
  const unread = Math.max(0, text.length - 4 * MAX_TEXT_CHARS);
  return { clauses, cutChars: clauses.length < all.length || unread > 0 ? spoken.length - keptChars + unread : 0 };
}

/** Every piece ends with the punctuation that ended it. */
function piecesOf(text: string): readonly string[] {
  const pieces: string[] = [];
  let start = 0;
  for (const { index, 0: mark } of text.matchAll(/[,.;:!?]+(?= |$)/gu)) {
    if (mark === "." && endsWithAbbreviation(text.slice(start, index)) && index + 1 < text.length) continue;
    pieces.push(text.slice(start, index + mark.length).trim());
    start = index + mark.length;
  }
  return [...pieces, text.slice(start).trim()].filter((piece) => piece !== "");
}

function endsWithAbbreviation(text: string): boolean {
  const word = text.slice(text.lastIndexOf(" ") + 1).toLowerCase();
  return ABBREVIATIONS.has(word) || /^[a-z]$/u.test(word);
}

function joinShort(pieces: readonly string[]): readonly string[] {
  const joined: string[] = [];
  let open = "";
  for (const piece of pieces) {
    open = open === "" ? piece : `${open} ${piece}`;
    if (piece.endsWith(",") && open.length < MIN_COMMA_CLAUSE_CHARS) continue;
    joined.push(open);
    open = "";
  }
  return open === "" ? joined : [...joined, open];
}

function splitLong(clause: string): readonly string[] {
  if (clause.length <= MAX_CLAUSE_CHARS) return [clause];
  const space = clause.lastIndexOf(" ", MAX_CLAUSE_CHARS);
  const end = space > 0 ? space : MAX_CLAUSE_CHARS;
  return [clause.slice(0, end), ...splitLong(clause.slice(end).trim())];
}

function hasWord(clause: string): boolean {
  return /[A-Za-z0-9]/u.test(clause);
}
