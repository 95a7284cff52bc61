import { from, lastValueFrom, mergeMap, toArray } from "rxjs";
import { openHearing } from "../../engine/hear/open-hearing.ts";
import type { CompiledGrammar } from "../../engine/understand/compile.ts";
import type { GrammarSpec, SpokenCall } from "../../engine/understand/grammar.ts";
import { parseTyped } from "../../engine/understand/typed.ts";
import { UsageError } from "../explain.ts";
import { checkWritable } from "../print.ts";
import { type ConcludeOptions, conclude } from "./conclude.ts";
import { type HeardText, hearClip } from "./hear-clip.ts";
import { reportIntent } from "./report.ts";
import { type Heard, type IntentResult, scoreIntent } from "./score-intent.ts";
import { type NoiseOptions, type ReadSound, type Sound, soundOf, soundReader } from "./sound.ts";
import { type Clip, type Half, halfOf, type Kind, readSuite } from "./suite.ts";
import { compiled, deedsOf, grammarOf, toolsOf } from "./tool-set.ts";

export interface IntentOptions extends NoiseOptions, ConcludeOptions {
  readonly word?: string;
  readonly tools?: string;
  readonly half: Half;
  readonly kinds: readonly Kind[];
  readonly model: string;
}

/** Ears that listen at the same time. Each clip has one of its own, so their number changes no result. */
const EARS = 2;

/** How well the commands of a suite are heard and understood, and whether anything else is taken for one. */
export async function evalIntent(folder: string, options: IntentOptions): Promise<number> {
  checkWritable(options.json);
  const result = await measureIntent(folder, options);
  const { half, kinds } = options;
  const conditions = { ...soundOf(options), half, kinds, model: options.model };
  return conclude(
    { result: { ...result, conditions }, lines: reportIntent(result), accuracy: result.accuracy },
    options,
  );
}

/** As `evalIntent`, without a word to anybody. */
export async function measureIntent(
  folder: string,
  options: Omit<IntentOptions, keyof ConcludeOptions>,
): Promise<IntentResult> {
  const spec = { ...grammarOf(options.tools), ...(options.word !== undefined && { wakeWord: options.word }) };
  const suite = readSuite(folder);
  const grammar = compiled(spec);
  const { clips, leftOut } = chosenClips(suite, grammar, options);
  const read = await soundReader(options, suite);
  const hear = (clip: Asked): Promise<Heard> => hearAsked(clip, { grammar, spec, model: options.model, read });
  const heard = await lastValueFrom(from(clips).pipe(mergeMap(hear, EARS), toArray()), { defaultValue: [] });
  return scoreIntent(
    heard.sort((a, b) => (a.file < b.file ? -1 : 1)),
    leftOut,
  );
}

interface Asked {
  readonly clip: Clip;
  readonly expected: readonly SpokenCall[];
}

interface Chosen {
  readonly clips: readonly Asked[];
  readonly leftOut: number;
}

/** The chosen half of the commands and of the clips that ask for nothing, each halved by itself. */
function chosenClips(suite: readonly Clip[], grammar: CompiledGrammar, { half, kinds }: IntentOptions): Chosen {
  const all = suite
    .filter(({ kind }) => kinds.includes(kind))
    .map((clip) => ({ clip, expected: wanted(clip, grammar) }));
  const clear = all.flatMap(({ clip, expected }) => (expected === undefined ? [] : [{ clip, expected }]));
  const commands = clear.filter(({ expected }) => expected.length > 0);
  const others = clear.filter(({ expected }) => expected.length === 0);
  if (commands.length === 0 && (others.length === 0 || all.some(({ clip }) => clip.wants !== undefined))) {
    const intents = [...new Set(suite.flatMap(({ wants = [] }) => wants.map(({ name }) => name)))];
    const found = intents.length === 0 ? "no row has a label" : `the rows ask for ${intents.join(", ")}`;
    throw new UsageError(`The suite asks for none of the tools ${toolsOf(grammar).join(", ")}: ${found}.`);
  }
  return { clips: [...halfOf(commands, half), ...halfOf(others, half)], leftOut: all.length - clear.length };
}

/**
 * Commands with a label for these tools, or with a transcript that the grammar understands, ask for something; people
 * who just talk, noises, and wishes that no tool can fulfil ask for nothing. Of all others nobody knows.
 */
function wanted({ kind, wants, transcript }: Clip, grammar: CompiledGrammar): readonly SpokenCall[] | undefined {
  if (kind === "wake") return undefined;
  if (kind !== "command") return [];
  if (wants === undefined) {
    const said = parseTyped(grammar, transcript);
    return said && deedsOf(said);
  }
  const tools = toolsOf(grammar);
  return wants.every(({ name }) => tools.includes(name)) ? wants : undefined;
}

interface Ears {
  readonly grammar: CompiledGrammar;
  readonly spec: GrammarSpec;
  readonly model: string;
  readonly read: ReadSound;
}

async function hearAsked({ clip, expected }: Asked, { grammar, spec, model, read }: Ears): Promise<Heard> {
  const sound = await read(clip);
  const hearing = await openHearing({ grammar: spec, model }).catch((cause: unknown) => {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  });
  try {
    const heard = await hearClip(hearing, sound.pcm);
    const utterances = heard
      .filter(({ text }) => grammar.completeness(text) !== "nothing")
      .map((utterance) => ({ heard: utterance, calls: callsOf(utterance, grammar) }));
    const acted = utterances.findLast(({ calls }) => calls.length > 0)?.heard;
    return {
      file: clip.file,
      expected,
      utterances: utterances.map(({ heard: { text, rejected, score }, calls }) => ({ text, rejected, score, calls })),
      durationMs: sound.durationMs,
      latencyMs: acted && expected.length > 0 ? latencyOf(acted, sound) : undefined,
    };
  } finally {
    hearing.close();
    await hearing.ended;
  }
}

const callsOf = ({ text, rejected }: HeardText, grammar: CompiledGrammar): readonly SpokenCall[] =>
  rejected ? [] : deedsOf(grammar.parse(text));

/** What was waited in audio, and the work that follows. */
const latencyOf = ({ atMs, workMs }: HeardText, { speechEndMs }: Sound): number => atMs - speechEndMs + workMs;
