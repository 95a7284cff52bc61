import type { Clip } from "./clips.ts";
import { endOfWordMs, FLITE_VOICES, type FliteVoice, type Speak } from "./flite.ts";
import type { Random } from "./random.ts";
import {
  ADDRESSES,
  CALLS,
  CARRIERS,
  COMMANDS_HELD_OUT,
  COMMANDS_TO_TRAIN,
  NEAR_MISSES,
  OTHER_SPEECH,
  OTHER_SPEECH_HELD_OUT,
} from "./sentences.ts";
import { join, silence } from "./sound.ts";

const ADDRESSES_TO_TRAIN = 480;
const CALLS_TO_TRAIN = 80;
const NEAR_MISSES_TO_TRAIN = 500;
const LEVELS = [1, 0.25, 0.06];

/** The word in sentences of the training half, and speech without it. */
export async function syntheticTraining(word: string, speak: Speak, random: Random): Promise<readonly Clip[]> {
  const clips: (Clip | undefined)[] = [];
  const stretch = (): number => Math.round(random.between(0.85, 1.25) * 20) / 20;
  const say = (text: string): Promise<Clip | undefined> =>
    spoken(word, text, random.pick(FLITE_VOICES), stretch(), speak);
  for (let i = 0; i < ADDRESSES_TO_TRAIN; i++) {
    clips.push(await say(filled(random.pick(ADDRESSES), word, random.pick(COMMANDS_TO_TRAIN))));
  }
  for (let i = 0; i < CALLS_TO_TRAIN; i++) clips.push(await say(filled(random.pick(CALLS), word, "")));
  for (const text of [...OTHER_SPEECH, ...COMMANDS_TO_TRAIN])
    clips.push(...(await withoutWord(text, speak, stretch())));
  for (let i = 0; i < NEAR_MISSES_TO_TRAIN; i++) {
    const text = random.pick(CARRIERS).replaceAll("$", () => random.pick(NEAR_MISSES));
    clips.push({ sound: (await speak(text, random.pick(FLITE_VOICES), stretch())).sound });
  }
  return clips.filter((clip) => clip !== undefined);
}

/** The word before commands that were not trained with, in every voice, at three levels. */
export async function syntheticAddresses(word: string, template: string, speak: Speak): Promise<readonly Clip[]> {
  const clips: Clip[] = [];
  for (const command of COMMANDS_HELD_OUT) {
    for (const voice of FLITE_VOICES) {
      const clip = await spoken(word, filled(template, word, command), voice, 1, speak);
      if (clip !== undefined)
        clips.push(...LEVELS.map((level) => ({ ...clip, sound: clip.sound.map((x) => x * level) })));
    }
  }
  return clips;
}

/** Held-out speech without the word, near misses and an assistant's replies among it. */
export async function syntheticOthers(speak: Speak): Promise<readonly Clip[]> {
  const clips = await Promise.all(
    [...OTHER_SPEECH_HELD_OUT, ...COMMANDS_HELD_OUT].map((text) => withoutWord(text, speak, 1)),
  );
  return clips.flat();
}

function filled(template: string, word: string, command: string): string {
  return template.replace("%", word).replace("$", command);
}

/** Nothing when the voice merged the word's sounds with its neighbours', so that nobody knows where it ends. */
async function spoken(
  word: string,
  text: string,
  voice: FliteVoice,
  stretch: number,
  speak: Speak,
): Promise<Clip | undefined> {
  const said = await speak(text, voice, stretch);
  const wordEndMs = endOfWordMs(said, await speak(word, voice, stretch));
  return wordEndMs === undefined ? undefined : { sound: join([said.sound, silence(800)]), wordEndMs };
}

async function withoutWord(text: string, speak: Speak, stretch: number): Promise<readonly Clip[]> {
  const said = await Promise.all(FLITE_VOICES.map((voice) => speak(text, voice, stretch)));
  return said.map(({ sound }) => ({ sound }));
}
