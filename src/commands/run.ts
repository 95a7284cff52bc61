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
  share,
  switchMap,
  takeUntil,
  tap,
  timer,
} from "rxjs";

import type { Microphone } from "../audio/microphone.ts";
import type { Outage } from "../audio/outages.ts";
import { environment } from "../config/environment.ts";
import { defaultConfigFile, isGiven, loadConfig } from "../config/load.ts";
import { vehicleLink } from "../mqtt/vehicle-link.ts";
import { type AgentEvent, withoutWords } from "../observability/agent-event.ts";
import { loadPersona } from "../persona/load-persona.ts";
import type { VehicleBus } from "../vehicle/vehicle-bus.ts";
import { agent } from "./agent.ts";
import { cutUtterances } from "./cut-utterances.ts";
import { drained } from "./drain.ts";
import { EXIT, UsageError } from "./explain.ts";
import { personaFolder } from "./folders.ts";
import { openBroker } from "./open-broker.ts";
import { openEars } from "./open-ears.ts";
import { openMicrophone } from "./open-microphone.ts";
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
export async function run({ config: named, allowSimulated = false, once = false }: RunOptions): Promise<number> {
  const file = named ?? defaultConfigFile(environment());
  const config = loadConfig(file, environment());
  if (!isGiven("vehicle.broker", file, environment())) throw new UsageError(NO_BROKER);
  const persona = loadPersona(config.persona, personaFolder());
  const log = pino({ level: config.log.level });
  const opened = new Opened();
  const devices$ = new Subject<DeviceOutage>();
  const told = (where: DeviceOutage["where"]) => (outage: Outage) => devices$.next({ where, ...outage });
  try {
    const [broker, { provider, gone$ }, ears, device] = await Promise.all([
      opened.add(openBroker(config, environment(), "for-ever"), (open) => open.close()),
      opened.add(openProvider(config, environment()), (open) => open.close()),
      opened.add(openEars(config), (open) => open.close()),
      openMicrophone(config.audio, environment(), told("microphone")),
    ]);
    const instance = randomUUID();
    const car = vehicleLink({ broker: broker.as("agent"), root: broker.root, clientId: "agent", instance });
    const stop$ = interrupted().pipe(share());
    const ended$ = new Subject<void>();
    const utterances = cutUtterances();
    const agent$ = agent({
      config,
      persona,
      provider: utterances.around(provider),
      microphone: endingWith(stop$, device, ended$),
      speaker$: openSpeaker(config.audio, environment(), told("speaker")),
      ears,
      car,
      instance,
      pace: "real-time",
      typedTurns: false,
    });
    const outages$ = devices$.pipe(
      tap(({ where, out }) => {
        if (where !== "microphone") return;
        utterances.microphone(out);
        car.say.status(out ? "error" : "idle");
      }),
      map(({ where, message }): AgentEvent => ({ type: "problem", where, message })),
    );
    const trusted$ = allowSimulated || config.vehicle.allowSimulated ? EMPTY : onlyRealCars(car.bus);
    const over$ = merge(drained(stop$, agent$), once ? quietAfter(ended$, agent$) : EMPTY);
    await lastValueFrom(
      merge(outages$, agent$, trusted$, gone$).pipe(
        tap((event) => utterances.follow(event)),
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

type DeviceOutage = Outage & { readonly where: "microphone" | "speaker" };

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
