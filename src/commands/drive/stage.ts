import { randomUUID } from "node:crypto";
import { merge, type Observable, Subject, share, tap } from "rxjs";
import { simulatedDriver } from "../../../vehicle-sim/driver/driver.ts";
import type { DriverEvent } from "../../../vehicle-sim/driver/sound.ts";
import { loadProfile } from "../../../vehicle-sim/profile.ts";
import type { Scenario } from "../../../vehicle-sim/scenario.ts";
import { type SimEvent, simulateCar } from "../../../vehicle-sim/sim.ts";
import type { Microphone } from "../../audio/microphone.ts";
import type { Speaker } from "../../audio/speaker.ts";
import type { SoundWitness } from "../../compose.ts";
import type { Environment } from "../../config/load.ts";
import type { Config } from "../../config/schema.ts";
import { openSpeech } from "../../engine/speak/open-speech.ts";
import type { Voice } from "../../engine/speak/speech.ts";
import { vehicleLink } from "../../mqtt/vehicle-link.ts";
import type { AgentEvent } from "../../observability/agent-event.ts";
import type { Persona } from "../../persona/persona.ts";
import type { Provider } from "../../session/provider.ts";
import { PATHS } from "../../vehicle/paths.ts";
import type { SignalPath, SignalValue } from "../../vehicle/signal.ts";
import { agent } from "../agent.ts";
import { type OpenBroker, openBroker } from "../open-broker.ts";
import { openEars } from "../open-ears.ts";
import { openProvider } from "../open-provider.ts";
import { Opened } from "../opened.ts";
import { simulatorLink } from "../simulator-link.ts";
import { AudioMeter } from "./audio-meter.ts";

export interface StageOptions {
  readonly config: Config;
  readonly environment: Environment;
  readonly persona: Persona;
  readonly scenario: Scenario;
  readonly seed: number;
  readonly speed: number;
  readonly speaker$: Speaker;
  readonly witness?: SoundWitness;
  /** Instead of the simulated driver's: a recording of a person, for example. */
  readonly microphone?: Microphone;
  /** Around the provider: what breaks its line, for example. */
  readonly around?: (provider: Provider) => Provider;
}

/** A whole drive, ready to begin: nothing runs before its streams are subscribed to. */
export interface Stage {
  readonly agent$: Observable<AgentEvent>;
  readonly driver$: Observable<DriverEvent>;
  readonly sim$: Observable<SimEvent>;
  /** Each emission lets the driver say the next sentence. */
  readonly next$: Subject<unknown>;
  readonly signals: () => ReadonlyMap<SignalPath, SignalValue>;
  readonly simTimeMs: () => number;
  readonly meter: AudioMeter;
  readonly broker: OpenBroker;
  readonly voice: string;
  close(): Promise<void>;
}

/** Opens the broker, the model, the wake word and the driver's voice at once, and puts car, agent and driver on them. */
export async function openStage(options: StageOptions): Promise<Stage> {
  const { config, environment } = options;
  const opened = new Opened();
  try {
    const [broker, { provider, fallback, speech: ear, gone$ }, ears, speech] = await Promise.all([
      opened.add(openBroker(config, environment), (open) => open.close()),
      opened.add(openProvider(config, environment), (open) => open.close()),
      opened.add(openEars(config), (open) => open.close()),
      opened.add(openSpeech(), (open) => open.close()),
    ]);
    const meter = new AudioMeter();
    const next$ = new Subject();
    const instance = randomUUID();
    const pace = options.speed > 1 ? "fast" : "real-time";
    const simulation = car(options, broker);
    const { noiseSnrDb } = options.scenario.driver;
    const speedKmh = (): number => Number(simulation.signals().get(PATHS.speed) ?? 0);
    const driver = simulatedDriver({
      speech,
      next$,
      pace,
      wakeWord: config.wake.word,
      turns: options.scenario.turns,
      seed: options.seed,
      voices: driverVoices(options),
      isBehind: () => ears.wakeWord.stats().backlogMs > 500,
      ...(noiseSnrDb !== undefined && { roadNoise: { snrDb: noiseSnrDb, speedKmh } }),
      ...(options.scenario.driver.pauseMs !== undefined && { pauseMs: options.scenario.driver.pauseMs }),
    });
    const events$ = agent({
      ...options,
      provider: meter.around(options.around?.(provider) ?? provider),
      ...(fallback && { fallback: meter.around(fallback) }),
      ...(ear && { speech: ear }),
      microphone: options.microphone ?? driver.microphone,
      witness: {
        microphone: (frame) => (meter.captured(frame), options.witness?.microphone(frame)),
        speaker: (block, atMs) => options.witness?.speaker(block, atMs),
      },
      ears,
      car: vehicleLink({ broker: broker.as("agent"), root: broker.root, clientId: "agent", instance }),
      instance,
      pace,
      typedTurns: true,
    });
    return {
      agent$: merge(events$.pipe(tap((event) => meter.follow(event))), gone$).pipe(share()),
      driver$: driver.events$,
      next$,
      meter,
      broker,
      voice: driver.voice,
      ...simulation,
      close: () => opened.close(),
    };
  } catch (error) {
    await opened.close();
    throw error;
  }
}

/** Voices that resemble people; kal16 is an old diphone voice. */
const DRIVER_VOICES: readonly Voice[] = ["rms", "awb", "slt"];

/** The driver must not sound like the assistant, unless the scenario says whose voice it is. */
function driverVoices({ scenario, persona }: StageOptions): readonly Voice[] {
  const { voice } = scenario.driver;
  return voice === undefined ? DRIVER_VOICES.filter((name) => name !== persona.voices.local) : [voice];
}

/** The simulated car on its end of the contract, and what is true in it. */
function car(
  { scenario, seed, speed }: StageOptions,
  broker: OpenBroker,
): Pick<Stage, "sim$" | "signals" | "simTimeMs"> {
  const profile = loadProfile(scenario.given.profile);
  const signals = new Map<SignalPath, SignalValue>();
  let simTimeMs = 0;
  const sim$ = simulateCar({
    link: simulatorLink(broker),
    profile,
    seed,
    speed,
    start: scenario.given.set,
    drive: scenario.drive,
  }).pipe(
    tap((event) => {
      simTimeMs = Math.max(simTimeMs, event.atMs);
      if (event.type === "state") signals.set(event.path, event.value);
    }),
  );
  return { sim$, signals: () => signals, simTimeMs: () => simTimeMs };
}
