import { type Observable, Subject } from "rxjs";

import type { Microphone } from "../audio/microphone.ts";
import type { Outage } from "../audio/outages.ts";
import type { Speaker } from "../audio/speaker.ts";
import type { Environment } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { openMicrophone } from "./open-microphone.ts";
import { openSpeaker } from "./open-speaker.ts";

export interface DeviceOutage extends Outage {
  readonly where: "microphone" | "speaker";
}

/** This machine's microphone and speaker; both come back when they are lost. */
export interface Devices {
  readonly microphone: Microphone;
  readonly speaker$: Speaker;
  /** What becomes of them while they are used. Told as it happens, to whoever listens then. */
  readonly outages$: Observable<DeviceOutage>;
}

/** Chooses the programs that record and play. Rejects with an `AudioDeviceError` when nothing here can record. */
export async function openDevices(audio: Config["audio"], environment: Environment): Promise<Devices> {
  const outages$ = new Subject<DeviceOutage>();
  const tell = (where: DeviceOutage["where"]) => (outage: Outage) => outages$.next({ where, ...outage });
  return {
    microphone: await openMicrophone(audio, environment, tell("microphone")),
    speaker$: openSpeaker(audio, environment, tell("speaker")),
    outages$: outages$.asObservable(),
  };
}
