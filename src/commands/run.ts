import { randomUUID } from "node:crypto";
import { pino } from "pino";
import {
  EMPTY,
  filter,
  lastValueFrom,
  map,
  merge,
  mergeMap,
  NEVER,
  type Observable,
  Subject,
  scan,
  switchMap,
  takeUntil,
  tap,
  timer,
} from "rxjs";

import type { Microphone } from "../audio/microphone.ts";
import { recorderMicrophone } from "../audio/recorder-microphone.ts";
import { wavMicrophone } from "../audio/wav-microphone.ts";
import { environment } from "../config/environment.ts";
import { defaultConfigFile, loadConfig } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { vehicleLink } from "../mqtt/vehicle-link.ts";
import { type AgentEvent, withoutWords } from "../observability/agent-event.ts";
import { loadPersona } from "../persona/load-persona.ts";
import type { VehicleBus } from "../vehicle/vehicle-bus.ts";
import { agent } from "./agent.ts";
import { EXIT, UsageError } from "./explain.ts";
import { personaFolder } from "./folders.ts";
import { openBroker } from "./open-broker.ts";
import { openEars } from "./open-ears.ts";
import { openProvider } from "./open-provider.ts";
import { openSpeaker } from "./open-speaker.ts";
import { Opened } from "./opened.ts";
import { interrupted } from "./until-interrupted.ts";

export interface RunOptions {
  readonly config?: string;
  readonly allowSimulated?: boolean;
  readonly once?: boolean;
}

/** The head-unit daemon: this machine's microphone and speaker on the car's broker. Resolves with the exit code. */
export async function run({ config: file, allowSimulated = false, once = false }: RunOptions): Promise<number> {
  const config = loadConfig(file ?? defaultConfigFile(environment()), environment());
  const persona = loadPersona(config.persona, personaFolder());
  const log = pino({ level: config.log.level });
  const opened = new Opened();
  try {
    const [broker, { provider, gone$ }, ears] = await Promise.all([
      opened.add(openBroker(config, environment()), (open) => open.close()),
      opened.add(openProvider(config, environment()), (open) => open.close()),
      opened.add(openEars(config), (open) => open.close()),
    ]);
    const instance = randomUUID();
    const car = vehicleLink({ broker: broker.as("agent"), root: broker.root, clientId: "agent", instance });
    const ended$ = new Subject<void>();
    const microphone = noticingTheEnd(microphoneOf(config), ended$);
    const speaker$ = openSpeaker(config.audio.speaker, (text) => log.warn(text));
    const agent$ = agent({
      config,
      persona,
      provider,
      microphone,
      speaker$,
      ears,
      car,
      instance,
      pace: "real-time",
      typedTurns: false,
    });
    const trusted$ = allowSimulated || config.vehicle.allowSimulated ? EMPTY : onlyRealCars(car.bus);
    const over$ = once ? merge(interrupted(), quietAfter(ended$, agent$)) : interrupted();
    await lastValueFrom(
      merge(agent$, trusted$, gone$).pipe(
        tap((event) => log[levelOf(event)](config.privacy.transcripts ? event : withoutWords(event))),
        takeUntil(over$),
      ),
      { defaultValue: undefined },
    );
    return EXIT.ok;
  } finally {
    await opened.close();
  }
}

/** What somebody should look into is a warning; what was heard so far is only worth following while debugging. */
function levelOf(event: AgentEvent): "warn" | "info" | "debug" {
  if (event.type === "heard" && !event.final) return "debug";
  return ["problem", "link-lost", "dropped"].includes(event.type) ? "warn" : "info";
}

/** A path to a WAV file stands for a microphone; everything else is a device of the recorder. */
function microphoneOf({ audio: { microphone } }: Config): Microphone {
  if (microphone.endsWith(".wav")) return wavMicrophone(microphone, { pace: "real-time" });
  return recorderMicrophone({ recorder: "arecord", ...(microphone !== "default" && { device: microphone }) });
}

function noticingTheEnd(microphone: Microphone, ended$: Subject<void>): Microphone {
  return { ...microphone, frames$: microphone.frames$.pipe(tap({ complete: () => ended$.next() })) };
}

/** Nothing has been going on for a second since the microphone ended. */
function quietAfter(ended$: Observable<void>, agent$: Observable<AgentEvent>): Observable<unknown> {
  const asleep$ = agent$.pipe(
    filter((event) => event.type === "state"),
    map(({ state }) => ({ asleep: state === "asleep" })),
  );
  return merge(asleep$, ended$.pipe(map(() => ({ ended: true })))).pipe(
    scan((before, now) => ({ ...before, ...now }), { asleep: true, ended: false }),
    switchMap(({ asleep, ended }) => (asleep && ended ? timer(1_000) : NEVER)),
  );
}

/** Errors when the car says that it is a simulated one: a real head unit must not take it for real. */
function onlyRealCars({ gateway$ }: VehicleBus): Observable<never> {
  return gateway$.pipe(
    filter(({ simulated }) => simulated === true),
    mergeMap(() => {
      throw new UsageError("This car says that it is simulated. Start with --allow-simulated to use it all the same.");
    }),
  );
}
