const DEFAULTS = {
  ack: ["Okay."],
  result: ["{say}"],
  refused: ["Sorry, {say}"],
  cannot: ["Sorry, I can't do that. {help}"],
  failed: ["Sorry, that did not work. {say}"],
  not_understood: ["Sorry, I did not understand that. {help}"],
  greeting: ["Yes?"],
  help: ["I can {examples}."],
} satisfies Record<string, readonly string[]>;

export type WordingKey = keyof typeof DEFAULTS;

/**
 * How the engine says things, several variants a key, used in turn. `{say}` is a tool's own sentence, `{help}` the `help`
 * sentence, `{examples}` what can be asked for. An empty list of `ack` means to keep quiet.
 */
export type Wording = Readonly<Record<WordingKey, readonly string[]>>;

export type Blanks = Readonly<Partial<Record<"say" | "help" | "examples", string>>>;

const MAX_VARIANTS = 20;
const MAX_LENGTH = 200;

/** Takes what a client sent; a key that is absent or no list of short strings keeps the built-in words. */
export function readWording(raw: unknown): Wording {
  const given = new Map(Object.entries(typeof raw === "object" && raw !== null ? raw : {}));
  return Object.fromEntries(
    Object.entries(DEFAULTS).map(([key, words]) => [key, isVariants(given.get(key)) ? given.get(key) : words]),
  ) as Wording;
}

/** The variant of this turn, its blanks filled. A tool's sentence is never left out: without a blank for it, it follows. */
export function word(variants: readonly string[], turn: number, blanks: Blanks = {}): string {
  const variant = variants[turn % variants.length] ?? "";
  const template = blanks.say === undefined || variant.includes("{say}") ? variant : `${variant} {say}`;
  return template
    .replace(/\{(say|help|examples)\}/g, (_, blank: keyof Blanks, at: number) =>
      fit(blanks[blank] ?? "", template.slice(0, at)),
    )
    .replace(/\s+/g, " ")
    .trim();
}

const EXAMPLES_AT_ONCE = 3;

/** Names a few things that can be asked for, others each time; empty when there is nothing to name. */
export function helpOf({ help }: Wording, examples: readonly string[], turn: number): string {
  const count = Math.min(EXAMPLES_AT_ONCE, examples.length);
  const some = Array.from({ length: count }, (_, index) => examples[(turn * count + index) % examples.length] ?? "");
  const last = some.pop();
  if (last === undefined) return "";
  return word(help, turn, { examples: some.length === 0 ? last : `${some.join(", ")} or ${last}` });
}

/** Inside a sentence ("Sorry, {say}") a sentence starts with a small letter, unless it is "I" or an abbreviation. */
function fit(text: string, before: string): string {
  const isStart = /(^|[.!?:])\s*$/.test(before);
  return isStart || /^(I\b|\p{Lu}\p{Lu})/u.test(text) ? text : text.charAt(0).toLowerCase() + text.slice(1);
}

const isVariants = (value: unknown): value is readonly string[] =>
  Array.isArray(value) &&
  value.length <= MAX_VARIANTS &&
  value.every((variant) => typeof variant === "string" && variant !== "" && variant.length <= MAX_LENGTH);
