import { filter, firstValueFrom, merge, switchMap, takeUntil, timer, toArray } from "rxjs";
import { MIC_RATE_HZ } from "../src/audio/audio-frame.ts";
import { joined } from "../src/audio/resample.ts";
import type { Hearing, HearingEvent } from "../src/engine/hear/hearing.ts";
import { openHearing } from "../src/engine/hear/open-hearing.ts";
import { openSpeech } from "../src/engine/speak/open-speech.ts";
import type { Speech, Voice } from "../src/engine/speak/speech.ts";
import { type CompiledGrammar, compileGrammar } from "../src/engine/understand/compile.ts";
import type { GrammarSpec } from "../src/engine/understand/grammar.ts";
import { sample } from "../src/engine/understand/samples.ts";
import { enginePhrases, TOOLS } from "../src/tools/index.ts";
import { LISTS } from "../src/tools/lists.ts";
import type { Benchmark, Figure } from "./figures.ts";

const SENTENCES = 80;
const VOICES: readonly Voice[] = ["rms", "awb", "slt"];
const PAUSE_MS = [300, 600] as const;
const QUIET_MS = 1_500;
const LONGEST_WAIT_MS = 15_000;

/** Sentences of the tools' own phrases with one pause between two words, heard by the embedded ear. */
export const cutIn: Benchmark = {
  name: "cut-in",
  about: `sentences with a pause of ${PAUSE_MS.join("–")} ms between two words, anywhere; voices ${VOICES.join(", ")}`,
  run: async () => {
    const phrases = Object.fromEntries(Object.entries(enginePhrases(TOOLS)).map(([tool, { en }]) => [tool, en]));
    const spec: GrammarSpec = { phrases, lists: LISTS, wakeWord: "jarvis" };
    const grammar = compileGrammar(spec);
    const [speech, hearing] = await Promise.all([openSpeech(), openHearing({ grammar: spec })]);
    try {
      const heard: Heard[] = [];
      for (const sentence of sentencesOf(grammar)) {
        heard.push(await listened(sentence, heard.at(-1)?.endMs ?? 0, speech, hearing, grammar));
      }
      return figuresOf(heard, hearing.model);
    } finally {
      speech.close();
      hearing.close();
    }
  },
};

interface Sentence {
  readonly parts: readonly [string, string];
  readonly pauseMs: number;
  readonly voice: Voice;
  readonly meaning: string;
}

interface Heard {
  /** What stood before the pause could have been the whole sentence. */
  readonly couldEnd: boolean;
  /** The end was decided before the driver went on. */
  readonly cut: boolean;
  readonly right: boolean;
  /** Where the next sentence begins, in the ear's time. */
  readonly endMs: number;
}

function sentencesOf(grammar: CompiledGrammar): readonly Sentence[] {
  const texts = Array.from({ length: SENTENCES * 3 }, (_, seed) => sample(grammar, seed).text.split(" "));
  return texts
    .filter((words) => words.length >= 4)
    .slice(0, SENTENCES)
    .map((words, index) => {
      const random = (index * 0.618_033_988_7) % 1;
      const at = 1 + Math.floor(random * (words.length - 1));
      return {
        parts: [words.slice(0, at).join(" "), words.slice(at).join(" ")],
        pauseMs: PAUSE_MS[0] + ((index * 0.414_213_562) % 1) * (PAUSE_MS[1] - PAUSE_MS[0]),
        voice: VOICES[index % VOICES.length] ?? "rms",
        meaning: JSON.stringify(grammar.parse(words.join(" "))),
      };
    });
}

/** The ear counts milliseconds of all that it was ever given, so each sentence begins where the one before ended. */
async function listened(
  sentence: Sentence,
  startMs: number,
  speech: Speech,
  ear: Hearing,
  grammar: CompiledGrammar,
): Promise<Heard> {
  const first = await spoken(sentence.parts[0], sentence.voice, speech);
  const second = await spoken(sentence.parts[1], sentence.voice, speech);
  const sound = joined([floor(QUIET_MS), first, floor(sentence.pauseMs), second, floor(QUIET_MS)]);
  const lengthMs = (sound.length * 1000) / MIC_RATE_HZ;
  const resumesAtMs = startMs + QUIET_MS + (first.length * 1000) / MIC_RATE_HZ + sentence.pauseMs;
  const events = collected(ear, startMs + lengthMs);
  for (let at = 0; at < sound.length; at += MIC_RATE_HZ / 10) ear.append(sound.subarray(at, at + MIC_RATE_HZ / 10));
  const told = await events;
  const cut = told.some((event) => event.type === "speech-stopped" && event.atMs < resumesAtMs);
  const meanings = told.flatMap((event) =>
    event.type === "heard" && !event.rejected ? [JSON.stringify(grammar.parse(event.text))] : [],
  );
  return {
    couldEnd: grammar.parse(sentence.parts[0]) !== undefined,
    cut,
    right: meanings.length === 1 && meanings[0] === sentence.meaning,
    endMs: startMs + lengthMs,
  };
}

/** Everything until the ear has heard the sentence out, or has been silent for too long. */
function collected(ear: Hearing, endMs: number): Promise<readonly HearingEvent[]> {
  const last$ = ear.events$.pipe(
    filter((event) => event.type === "speech-stopped" && event.atMs > endMs - 2 * QUIET_MS),
  );
  const over$ = merge(last$.pipe(switchMap(() => timer(300))), timer(LONGEST_WAIT_MS));
  return firstValueFrom(ear.events$.pipe(takeUntil(over$), toArray()));
}

async function spoken(text: string, voice: Voice, speech: Speech): Promise<Int16Array> {
  return joined(await firstValueFrom(speech.speak({ text, voice, rateHz: MIC_RATE_HZ }).pipe(toArray())));
}

/** Noise at −60 dBFS. */
function floor(ms: number): Int16Array {
  let state = Math.round(ms) + 1;
  return Int16Array.from({ length: Math.round((ms * MIC_RATE_HZ) / 1000) }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return Math.round((state / 2_147_483_648) * 57);
  });
}

function figuresOf(heard: readonly Heard[], model: string): readonly Figure[] {
  const n = heard.length;
  const midway = heard.filter(({ couldEnd }) => !couldEnd);
  const share = (of: readonly Heard[], is: (one: Heard) => boolean) =>
    `${((of.filter(is).length / of.length) * 100).toFixed(1)} %`;
  const isCut = ({ cut }: Heard) => cut;
  return [
    { what: "ended before the driver went on", target: "3 %", measured: share(heard, isCut), n },
    {
      what: "the same where the sentence could not end at the pause",
      target: "3 %",
      measured: share(midway, isCut),
      n: midway.length,
    },
    {
      what: `tool and every argument right (${model})`,
      target: "report",
      measured: share(heard, ({ right }) => right),
      n,
    },
  ];
}
