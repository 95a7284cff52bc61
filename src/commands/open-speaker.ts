import { catchError, defer, switchMap } from "rxjs";

import { AudioDeviceError } from "../audio/audio-device-error.ts";
import { nullSpeaker } from "../audio/null-speaker.ts";
import type { Outage } from "../audio/outages.ts";
import { PLAYERS, type PlayerName, playerSpeaker } from "../audio/player-speaker.ts";
import { returningSpeaker } from "../audio/returning-speaker.ts";
import type { Speaker } from "../audio/speaker.ts";
import { type SpeakerPackage, speakerDevice } from "../audio/speaker-device.ts";
import type { Environment } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { programsOn } from "./doctor/probes/programs.ts";
import { soundServerAnswers } from "./open-microphone.ts";

const SILENT = "The replies are not audible.";

export type SpeakerConfig = Pick<Config["audio"], "speaker" | "player" | "output">;

/**
 * The speaker that the configuration asks for; it comes back when it is lost. `auto` does without one while there is
 * none, and says so; `device` errors with an `AudioDeviceError` when it is missing from the start.
 */
export function openSpeaker(
  audio: SpeakerConfig,
  environment: Environment,
  tell: (outage: Outage) => void,
  load: () => Promise<SpeakerPackage> = () => import("speaker"),
): Speaker {
  if (audio.speaker === "none") return nullSpeaker();
  const insist = audio.speaker === "device";
  const silent = (outage: Outage): void =>
    tell(outage.out ? { ...outage, message: `${outage.message} ${SILENT}` } : outage);

  return defer(() => findPlayer(audio, environment, load)).pipe(
    switchMap((player$) => returningSpeaker(player$, { insist, tell: silent })),
    catchError((error: unknown) => {
      if (insist || !(error instanceof AudioDeviceError)) throw error;
      silent({ out: true, first: true, message: error.message });
      return nullSpeaker();
    }),
  );
}

/**
 * Programs first: when they are ended nothing more is heard, while the package's card plays on for 100 ms. Chosen once: a
 * program that takes the card for itself would keep a sound server from coming back.
 */
async function findPlayer(
  { player, output }: SpeakerConfig,
  environment: Environment,
  load: () => Promise<SpeakerPackage>,
): Promise<Speaker> {
  const device = output === "default" ? undefined : output;
  const chosen = player === "auto" ? await firstPlayer(environment, load) : player;
  return chosen === "speaker" ? speakerDevice(load, device) : playerSpeaker({ player: chosen, device, environment });
}

async function firstPlayer(
  environment: Environment,
  load: () => Promise<SpeakerPackage>,
): Promise<PlayerName | "speaker"> {
  const installed = programsOn(environment, PLAYERS);
  if (installed.includes("pacat") && (await soundServerAnswers(environment))) return "pacat";
  if (installed.includes("aplay")) return "aplay";
  if (await loads(load)) return "speaker";
  throw new AudioDeviceError("not-found", NO_PLAYER);
}

const NO_PLAYER =
  "There is nothing to play sound with. Install pulseaudio-utils (pacat) where PulseAudio or PipeWire runs, or " +
  "alsa-utils (aplay).";

async function loads(load: () => Promise<SpeakerPackage>): Promise<boolean> {
  try {
    await load();
    return true;
  } catch {
    return false;
  }
}
