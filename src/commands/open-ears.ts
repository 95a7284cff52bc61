import type { Config } from "../config/schema.ts";
import { openHearing } from "../engine/hear/open-hearing.ts";
import type { VoiceDetector } from "../turn/voice-detector.ts";
import { openWakeWord, type WakeWordDetector } from "../wake/wake-word.ts";
import { type OpenAnswerEar, openAnswerEar } from "./open-answer-ear.ts";
import { spokenWishes } from "./spoken-wishes.ts";

/** All that listens on this side of the wire. */
export interface Ears {
  readonly wakeWord: WakeWordDetector;
  readonly answerEar: OpenAnswerEar;
  readonly voice?: VoiceDetector;
  close(): Promise<void>;
}

/** The wake word that the configuration names, as sensitive as it says, and an ear for yes and no. */
export async function openEars(config: Config): Promise<Ears> {
  const { word, threshold } = config.wake;
  const wakeWord = await openWakeWord({ word, ...(threshold !== undefined && { threshold }) });
  const answerEar = openAnswerEar({ openHearing, wishes: spokenWishes(config), model: config.model.acousticModel });
  return {
    wakeWord,
    answerEar,
    close: async () => {
      wakeWord.close();
      await answerEar.close();
    },
  };
}
