/** One thing that was said: spoken by the driver (16 kHz), typed, or answered. */
export interface Said {
  readonly itemId: string;
  readonly role: "user" | "assistant";
  /** What was spoken to the model has no text: it gives none. */
  readonly text: string;
  readonly sound: Int16Array | undefined;
  /** How long an answer takes to say; 0 for one that was not spoken. */
  readonly ms: number;
}

/** All that one request carries: the upstream remembers nothing. */
export interface Prompt {
  readonly system: string;
  readonly said: readonly Said[];
  readonly textOnly: boolean;
}

/** What is remembered of a conversation; the oldest is forgotten first. */
const MAX_SAID = 16;
const MAX_SOUND_SAMPLES = 60 * 16_000;

/** The persona of a car would claim to have done what it was asked for. */
const NO_TOOLS =
  "You cannot operate the car, look anything up or see the road. Asked to do so, say briefly that you cannot.";

/**
 * Without these words the model answers in text alone. The second line is part of its published prompt: in other words,
 * or anywhere but at the end of the system prompt, it works less often; with a long persona it needs the first as well.
 */
const SPEAK =
  "请用简短、自然的口语回答，不要使用列表、编号、网址或表情符号。\n" +
  "请用文本和音频进行对话，交替生成5个文本token和15个音频token，音频部分使用发音人：default_female";

export function systemPrompt(instructions: string, notes: readonly string[], textOnly: boolean): string {
  const parts = [instructions.trim(), ...notes, NO_TOOLS, ...(textOnly ? [] : [SPEAK])];
  return parts.filter((part) => part !== "").join("\n");
}

/** The newest of it, beginning with somebody who asks. */
export function remembered(said: readonly Said[]): readonly Said[] {
  const samples = said.reduce((sum, { sound }) => sum + (sound?.length ?? 0), 0);
  if (said.length <= MAX_SAID && samples <= MAX_SOUND_SAMPLES) return said;
  const [, ...rest] = said;
  const firstQuestion = rest.findIndex(({ role }) => role === "user");
  return remembered(firstQuestion < 0 ? [] : rest.slice(firstQuestion));
}

/** What nobody has answered yet. */
export function unanswered(said: readonly Said[]): readonly Said[] {
  return said.slice(said.findLastIndex(({ role }) => role === "assistant") + 1);
}

/** The words of a text that were said after a share of its time, as if every letter took the same. */
export function wordsWithin(text: string, share: number): string {
  const letters = text.length * Math.max(0, share);
  const ends = [...new Intl.Segmenter(undefined, { granularity: "word" }).segment(text)].map(
    ({ index, segment }) => index + segment.length,
  );
  return text.slice(0, ends.findLast((end) => end <= letters) ?? 0).trim();
}
