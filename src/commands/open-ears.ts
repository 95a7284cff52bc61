import { type Observable, Subject } from "rxjs";

import type { Config } from "../config/schema.ts";
import { openHearing } from "../engine/hear/open-hearing.ts";
import { openVoiceDetector } from "../engine/hear/open-voice-detector.ts";
import type { VoiceDetector } from "../turn/voice-detector.ts";
import { openWakeWord, type WakeWordDetector } from "../wake/wake-word.ts";
import { type OpenAnswerEar, openAnswerEar } from "./open-answer-ear.ts";
import { Opened } from "./opened.ts";
import { spokenWishes } from "./spoken-wishes.ts";

/** All that listens on this side of the wire. */
export interface Ears {
  readonly wakeWord: WakeWordDetector;
  readonly answerEar: OpenAnswerEar;
  readonly voice?: VoiceDetector;
  /** What has failed, for a person. */
  readonly problems$: Observable<string>;
  close(): Promise<void>;
}

/** What takes a while to open. */
interface Openers {
  readonly openWakeWord: typeof openWakeWord;
  readonly openVoiceDetector: typeof openVoiceDetector;
}

/**
 * The wake word that the configuration names, as sensitive as it says; an ear for yes and no, and one for who interrupts.
 * When one cannot be opened none is left open.
 */
export async function openEars(config: Config, open: Openers = { openWakeWord, openVoiceDetector }): Promise<Ears> {
  const { word, threshold } = config.wake;
  const problems$ = new Subject<string>();
  const onLost = (reason: string): void => problems$.next(`${reason} Only the wake word interrupts a reply now.`);
  const opened = new Opened();
  try {
    const [wakeWord, voice] = await Promise.all([
      opened.add(open.openWakeWord({ word, ...(threshold !== undefined && { threshold }) }), (ear) => ear.close()),
      config.audio.bargeIn === "voice" ? open.openVoiceDetector({ onLost }) : undefined,
    ]);
    const answerEar = openAnswerEar({ openHearing, wishes: spokenWishes(config), model: config.model.acousticModel });
    return {
      wakeWord,
      answerEar,
      ...(voice && { voice }),
      problems$: problems$.asObservable(),
      close: async () => {
        await opened.close();
        await answerEar.close();
      },
    };
  } catch (error) {
    await opened.close();
    throw error;
  }
}
