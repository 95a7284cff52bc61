import { AudioDeviceError } from "../audio/audio-device-error.ts";
import type { Microphone } from "../audio/microphone.ts";
import type { Outage } from "../audio/outages.ts";
import { type RecorderName, recorderMicrophone } from "../audio/recorder-microphone.ts";
import { returningMicrophone } from "../audio/returning-microphone.ts";
import { wavMicrophone } from "../audio/wav-microphone.ts";
import type { Environment } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { outputOf, programsOn } from "./doctor/probes/programs.ts";

/**
 * The microphone that the configuration names. A path to a WAV file stands for one; everything else is a device of the
 * recorder, which comes back when it is lost. Rejects with an `AudioDeviceError` when no program that records is
 * installed.
 */
export async function openMicrophone(
  audio: Config["audio"],
  environment: Environment,
  tell: (outage: Outage) => void,
): Promise<Microphone> {
  if (audio.microphone.endsWith(".wav")) return wavMicrophone(audio.microphone, { pace: "real-time" });
  return returningMicrophone(await openRecorder(audio, environment), tell);
}

/** The recorder that the configuration names, on its device. Rejects like `openMicrophone`. */
export async function openRecorder(
  { microphone, recorder: wanted }: Pick<Config["audio"], "microphone" | "recorder">,
  environment: Environment,
): Promise<Microphone> {
  const recorder = wanted === "auto" ? await findRecorder(environment) : wanted;
  return recorderMicrophone({ recorder, environment, device: microphone === "default" ? undefined : microphone });
}

async function findRecorder(environment: Environment): Promise<RecorderName> {
  const installed = new Set(programsOn(environment, ["parec", "arecord", "sox", "rec"]));
  if (installed.has("parec") && (await soundServerAnswers(environment))) return "parec";
  const other = (["arecord", "sox", "rec"] as const).find((name) => installed.has(name));
  if (other !== undefined) return other;
  throw new AudioDeviceError("not-found", installed.has("parec") ? NO_SERVER : NO_RECORDER);
}

const NO_RECORDER =
  "There is no program that records. Install alsa-utils (arecord), or pulseaudio-utils (parec) where PulseAudio or " +
  "PipeWire runs; sox does too.";
const NO_SERVER =
  "No PulseAudio server answers parec (`pactl info` tells why). Start it for this user, or install alsa-utils.";

/** Whether PulseAudio, or PipeWire in its place, runs for this user; where it starts on demand, this is one. */
export async function soundServerAnswers(environment: Environment): Promise<boolean> {
  return (await outputOf("pactl", ["info"], environment)) !== undefined;
}
