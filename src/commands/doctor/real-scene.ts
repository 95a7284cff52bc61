import { statfsSync } from "node:fs";
import { map, Observable, switchMap, take } from "rxjs";

import { AudioDeviceError } from "../../audio/audio-device-error.ts";
import { SPEAKER_RATE_HZ } from "../../audio/audio-frame.ts";
import type { Microphone } from "../../audio/microphone.ts";
import type { Outage } from "../../audio/outages.ts";
import type { Speaker } from "../../audio/speaker.ts";
import { wavMicrophone } from "../../audio/wav-microphone.ts";
import { type Environment, loadConfig } from "../../config/load.ts";
import type { Config } from "../../config/schema.ts";
import { findAcousticModel } from "../../engine/hear/acoustic-model.ts";
import { openSilero } from "../../engine/hear/silero.ts";
import { openSpeech } from "../../engine/speak/open-speech.ts";
import { webSockets } from "../../session/open-session.ts";
import { DocumentError } from "../../shared/yaml-document.ts";
import { loadHead } from "../../wake/wake-head.ts";
import { openWakeWord } from "../../wake/wake-word.ts";
import { personaFolder } from "../folders.ts";
import { openBroker } from "../open-broker.ts";
import { openRecorder } from "../open-microphone.ts";
import { openProvider } from "../open-provider.ts";
import { openSpeaker } from "../open-speaker.ts";
import { type BrokerVisit, NOTHING_SEEN, visitBroker } from "./probes/broker-visit.ts";
import { certificateOf } from "./probes/certificate.ts";
import { held } from "./probes/held.ts";
import { timerLateness } from "./probes/lateness.ts";
import { programsOn } from "./probes/programs.ts";
import { findSoundServer } from "./probes/sound-server.ts";
import type { Machine, Scene } from "./scene.ts";

export interface SceneOptions {
  readonly file: string | undefined;
  readonly environment: Environment;
  readonly beep: boolean;
}

/** This machine, and what the configuration connects it with. Opens nothing by itself. */
export function realScene({ file, environment, beep }: SceneOptions): Scene {
  let visit: Promise<BrokerVisit> | undefined;
  const scene: Scene = {
    environment,
    file,
    beep,
    config: configOrMistakes(file, environment),
    personas: personaFolder(),
    machine,
    lateness$: timerLateness(),
    programs: (names) => programsOn(environment, names),
    wakeWord({ wake: { word, threshold } }) {
      const options = { word, ...(threshold !== undefined && { threshold }) };
      return held(
        () => openWakeWord(options),
        (detector) => detector.close(),
      ).pipe(switchMap(() => loadHead(word)));
    },
    acousticModel,
    voiceActivity: openSilero,
    spokenWord$: spokenWord(),
    microphone: (config) => microphone(config, environment),
    speaker(config) {
      return speaker(config, environment);
    },
    soundServer: () => findSoundServer(environment),
    broker: (config) => (visit ??= seeBroker(config, environment)),
    certificate: certificateOf,
    provider(config) {
      return held(
        () =>
          openProvider(
            { ...config, log: { level: "silent" }, model: { ...config.model, fallback: "none" } },
            environment,
          ),
        (open) => open.close(),
      ).pipe(map(({ provider }) => provider));
    },
    dialer: webSockets,
  };
  return scene;
}

function configOrMistakes(file: string | undefined, environment: Environment): Scene["config"] {
  try {
    return loadConfig(file, environment);
  } catch (error) {
    if (error instanceof DocumentError) return error;
    throw error;
  }
}

function spokenWord(): Observable<Int16Array> {
  const word = { text: "ready", voice: "slt", rateHz: SPEAKER_RATE_HZ } as const;
  return held(openSpeech, (speech) => speech.close()).pipe(
    switchMap((speech) => speech.speak(word)),
    take(1),
  );
}

function machine(): Machine {
  const { bavail, bsize } = statfsSync(".");
  return {
    node: process.versions.node,
    platform: process.platform,
    arch: process.arch,
    freeMemoryBytes: process.availableMemory(),
    freeDiskBytes: bavail * bsize,
    now: new Date(),
  };
}

function acousticModel({ model }: Config): ReturnType<Scene["acousticModel"]> {
  const { name, directory } = findAcousticModel(model.acousticModel);
  return { name, bundled: directory === findAcousticModel("bundled").directory };
}

/** Without the patience of a daemon: a device that is lost is lost. */
function microphone({ audio }: Config, environment: Environment): Promise<Microphone> {
  if (audio.microphone.endsWith(".wav")) return Promise.resolve(wavMicrophone(audio.microphone, { pace: "real-time" }));
  return openRecorder(audio, environment);
}

/** The same of a speaker, which may open only when it is given sound. */
function speaker({ audio }: Config, environment: Environment): Speaker {
  return new Observable((subscriber) => {
    const lose = ({ out, message }: Outage): void => {
      if (out) subscriber.error(new AudioDeviceError("lost", message));
    };
    return openSpeaker({ ...audio, speaker: "device" }, environment, lose).subscribe(subscriber);
  });
}

async function seeBroker(config: Config, environment: Environment): Promise<BrokerVisit> {
  const open = await openBroker(config, environment);
  try {
    if (config.vehicle.broker === "embedded") return { ...NOTHING_SEEN, up: true };
    return await visitBroker(open.as("agent"), open.root);
  } finally {
    await open.close();
  }
}
