/** How English is read aloud. */
export interface Spelling {
  /** The phones (CMU) of a word; letters that nobody taught it are silent. */
  read(word: string): readonly string[];
}

const EDGE = "#";
/** Letters to the left and to the right of a letter, the widest view first. */
const VIEWS = [
  [4, 4],
  [3, 4],
  [3, 3],
  [2, 3],
  [2, 2],
  [1, 2],
  [1, 1],
  [0, 1],
  [0, 0],
] as const;
const WIDEST = 4;

/** A word between edges, which say as much as letters. */
export const marked = (word: string): string => `${EDGE.repeat(WIDEST)}${word}${EDGE.repeat(WIDEST)}`;

/** What stands around a letter of a marked word, the widest view first: "h(e)ll". */
export function contextsOf(word: string, letter: number): readonly string[] {
  const at = letter + WIDEST;
  return VIEWS.map(
    ([left, right]) => `${word.slice(at - left, at)}(${word[at] ?? ""})${word.slice(at + 1, at + 1 + right)}`,
  );
}

/** Reads rules such as `(c)e S`, one a line; the widest that fits counts. */
export function readSpelling(text: string): Spelling {
  const rules = new Map<string, readonly string[]>();
  for (const line of text.split("\n")) {
    const [context = "", ...phones] = line.split(" ");
    rules.set(context, phones);
  }
  return {
    read: (word) => {
      const whole = marked(word);
      return Array.from(word).flatMap((_, letter) => {
        const context = contextsOf(whole, letter).find((one) => rules.has(one));
        return context === undefined ? [] : (rules.get(context) ?? []);
      });
    },
  };
}
