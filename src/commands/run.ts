import { randomUUID } from "node:crypto";
import { type Logger, pino } from "pino";
import {
  EMPTY,
  filter,
  lastValueFrom,
  map,
  merge,
  mergeMap,
  type Observable,
  Subject,
  share,
  takeUntil,
  tap,
} from "rxjs";

import type { Microphone } from "../audio/microphone.ts";
import { environment } from "../config/environment.ts";
import { defaultConfigFile, isGiven, loadConfig } from "../config/load.ts";
import { type VehicleLink, vehicleLink } from "../mqtt/vehicle-link.ts";
import { type AgentEvent, withoutWords } from "../observability/agent-event.ts";
import { loadPersona } from "../persona/load-persona.ts";
import type { VehicleBus } from "../vehicle/vehicle-bus.ts";
import { agent } from "./agent.ts";
import { type CutUtterances, cutUtterances } from "./cut-utterances.ts";
import { EXIT, UsageError } from "./explain.ts";
import { personaFolder } from "./folders.ts";
import { openBroker } from "./open-broker.ts";
import { type DeviceOutage, openDevices } from "./open-devices.ts";
import { openEars } from "./open-ears.ts";
import { openProvider } from "./open-provider.ts";
import { Opened } from "./opened.ts";
import { interrupted } from "./until-interrupted.ts";
import { drained, quietAfter } from "./when-over.ts";

export interface RunOptions {
  readonly config?: string;
  readonly allowSimulated?: boolean;
  readonly once?: boolean;
}

/** The head-unit daemon: this machine's microphone and speaker on the car's broker. Resolves with the exit code. */
export async function run({ config: named, allowSimulated = false, once = false }: RunOptions): Promise<number> {
  const file = named ?? defaultConfigFile(environment());
  const config = loadConfig(file, environment());
  if (!isGiven("vehicle.broker", file, environment())) throw new UsageError(NO_BROKER);
  const persona = loadPersona(config.persona, personaFolder());
  const log = pino({ level: config.log.level });
  const opened = new Opened();
  try {
    const [broker, { provider, fallback, speech, gone$ }, ears, devices] = await Promise.all([
      opened.add(openBroker(config, environment(), "for-ever"), (open) => open.close()),
      opened.add(openProvider(config, environment()), (open) => open.close()),
      opened.add(openEars(config), (open) => open.close()),
      openDevices(config.audio, environment()),
    ]);
    const instance = randomUUID();
    const car = vehicleLink({ broker: broker.as("agent"), root: broker.root, clientId: "agent", instance });
    const stop$ = interrupted().pipe(
      tap(() => log.info(ASKED_TO_END)),
      share(),
    );
    const ended$ = new Subject<void>();
    const utterances = cutUtterances();
    const agent$ = agent({
      config,
      persona,
      provider: utterances.around(provider),
      ...(fallback && { fallback: utterances.around(fallback) }),
      ...(speech && { speech }),
      microphone: endingWith(stop$, devices.microphone, ended$),
      speaker$: devices.speaker$,
      ears,
      car,
      instance,
      pace: "real-time",
      typedTurns: config.hmi.typedTurns,
    });
    const trusted$ = allowSimulated || config.vehicle.allowSimulated ? EMPTY : onlyRealCars(car.bus);
    const over$ = merge(drained(stop$, agent$), once ? quietAfter(ended$, agent$) : EMPTY);
    await lastValueFrom(
      merge(deviceNews(devices.outages$, { log, utterances, car }), agent$, trusted$, gone$).pipe(
        tap((event) => utterances.follow(event)),
        // Whatever else the agent does: nobody can speak to it.
        tap(({ type }) => type === "state" && utterances.isOut && car.say.status("error")),
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

const NO_BROKER =
  "No broker: set vehicle.broker (in codriver.yaml, or as CODRIVER_VEHICLE__BROKER) to the car's MQTT 5 broker, such as " +
  "mqtt://127.0.0.1:1883, or to `embedded` for one inside this process.";

const ASKED_TO_END = "Asked to end: what has been begun may take 3 s more. A second signal ends it at once.";

interface Concerned {
  readonly log: Logger;
  readonly utterances: CutUtterances;
  readonly car: VehicleLink;
}

/** Without a microphone nobody is listened to: the model is told nothing more, and the car that something is wrong. */
function deviceNews(outages$: Observable<DeviceOutage>, { log, utterances, car }: Concerned): Observable<AgentEvent> {
  return outages$.pipe(
    tap(({ out, first, message }) => !out && first && log.info(message)),
    filter(({ out, first }) => out || !first),
    tap(({ where, out }) => {
      if (where !== "microphone") return;
      utterances.microphone(out);
      car.say.status(out ? "error" : "idle");
    }),
    map(({ where, message }): AgentEvent => ({ type: "problem", where, message })),
  );
}

/** What somebody should look into is a warning; what was heard so far is only worth following while debugging. */
function levelOf(event: AgentEvent): "warn" | "info" | "debug" {
  if (event.type === "heard" && !event.final) return "debug";
  return ["problem", "link-lost", "dropped"].includes(event.type) ? "warn" : "info";
}

/** Nobody is listened to any more once the process was asked to end. */
function endingWith(stop$: Observable<unknown>, microphone: Microphone, ended$: Subject<void>): Microphone {
  return {
    ...microphone,
    frames$: microphone.frames$.pipe(tap({ complete: () => ended$.next() }), takeUntil(stop$)),
  };
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
