import type { Observable } from "rxjs";

import type { Microphone } from "../../audio/microphone.ts";
import type { Speaker } from "../../audio/speaker.ts";
import type { Environment } from "../../config/load.ts";
import type { Config } from "../../config/schema.ts";
import type { Provider } from "../../session/provider.ts";
import type { Dialer } from "../../session/socket.ts";
import type { DocumentError } from "../../shared/yaml-document.ts";
import type { BrokerVisit } from "./probes/broker-visit.ts";
import type { CertificateFacts, TlsAddress } from "./probes/certificate.ts";
import type { SoundServer } from "./probes/sound-server.ts";

export interface Machine {
  /** Node's version without the `v`. */
  readonly node: string;
  readonly platform: string;
  readonly arch: string;
  readonly freeMemoryBytes: number;
  /** Where the program was started. */
  readonly freeDiskBytes: number;
  readonly now: Date;
}

/** How late timers fire on this machine, in milliseconds. */
export interface Lateness {
  readonly p95Ms: number;
  readonly maxMs: number;
}

export interface WakeFacts {
  readonly threshold: number;
  readonly confirmations: number;
}

/**
 * All that checks look at. What opens something does so on subscription and closes it on unsubscription; nothing makes
 * a sound, publishes a message or costs money.
 */
export interface Scene {
  readonly environment: Environment;
  /** The configuration file, if there is one. */
  readonly file: string | undefined;
  readonly config: Config | DocumentError;
  /** Whether the speaker may be heard. */
  readonly beep: boolean;
  readonly personas: string;
  readonly machine: () => Machine;
  readonly lateness$: Observable<Lateness>;
  /** Of these programs, those that are on the PATH. */
  readonly programs: (names: readonly string[]) => readonly string[];
  /** Emits when the configured word is listened for. */
  wakeWord(config: Config): Observable<WakeFacts>;
  /** The acoustic model by its name; throws a sentence. */
  readonly acousticModel: (config: Config) => { readonly name: string; readonly bundled: boolean };
  /** The model that tells speech from silence. */
  readonly voiceActivity: () => Promise<unknown>;
  /** One word of the embedded engine's voice. */
  readonly spokenWord$: Observable<Int16Array>;
  /** The recorder that is chosen for this configuration; rejects when there is none. */
  readonly microphone: (config: Config) => Promise<Microphone>;
  speaker(config: Config): Speaker;
  /** PulseAudio or PipeWire; nothing when neither runs. */
  readonly soundServer: () => Promise<SoundServer | undefined>;
  /** One visit, shared by all who ask. */
  readonly broker: (config: Config) => Promise<BrokerVisit>;
  readonly certificate: (address: TlsAddress) => Promise<CertificateFacts>;
  /** Emits when the realtime model can be dialled; the embedded one runs until unsubscribed. */
  provider(config: Config): Observable<Provider>;
  readonly dialer: Dialer;
}
