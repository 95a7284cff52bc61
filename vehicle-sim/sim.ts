import {
  concatMap,
  defer,
  filter,
  from,
  map,
  merge,
  type Observable,
  type OperatorFunction,
  range,
  scan,
  share,
  tap,
} from "rxjs";

import type { CarClock, CarLink } from "../src/mqtt/car-link.ts";
import type { CommandUpdate, VehicleCommand } from "../src/vehicle/command.ts";
import type { SignalPath, SignalValue } from "../src/vehicle/signal.ts";
import { type ClockTick, simClock } from "./clock.ts";
import type { DrivePoint } from "./components/drivetrain.ts";
import { executor } from "./gateway/executor.ts";
import { simCar } from "./gateway/sim-car.ts";
import { catalogueOf, type Profile } from "./profile.ts";
import { isContinuous, NOTHING_PUBLISHED, nextPublication } from "./publication.ts";
import { createWorld, type World } from "./world.ts";

/** What happened in the simulated car. `atMs` is simulated time, so that the same story has the same log. */
export type SimEvent =
  | { readonly type: "state"; readonly atMs: number; readonly path: SignalPath; readonly value: SignalValue }
  | { readonly type: "command"; readonly atMs: number; readonly id: string; readonly command: VehicleCommand }
  | { readonly type: "answer"; readonly atMs: number; readonly update: CommandUpdate }
  /** The process was held up for longer than the world catches up with. */
  | { readonly type: "lost-time"; readonly atMs: number; readonly lostMs: number };

export interface SimOptions {
  /** Opens the car's end of the contract with the car's own clock. Not yet connected: that is done by subscribing. */
  readonly link: (clock: () => CarClock) => CarLink;
  readonly profile: Profile;
  readonly seed: number;
  /** Signal values that differ from the profile's. */
  readonly start?: Readonly<Record<SignalPath, SignalValue>>;
  readonly drive?: readonly DrivePoint[];
  /** Simulated seconds per second. */
  readonly speed?: number;
  /** What moves the world: real time at `speed`, unless given. */
  readonly clock$?: Observable<ClockTick>;
}

/** Simulated time begins on a winter morning, whatever day it is. */
const FIRST_MOMENT_MS = Date.UTC(2026, 0, 15, 7, 30);

/**
 * A simulated car on the vehicle contract: state, catalogue, heartbeat, commands. Subscribing starts it with everything
 * it knows, then goes online; unsubscribing stops it and hangs up.
 */
export function simulateCar(options: SimOptions): Observable<SimEvent> {
  const { profile, seed, start = {}, drive = [], speed = 1, clock$ = simClock(speed) } = options;
  return defer(() => {
    const catalogue = catalogueOf(profile);
    const world = createWorld({ seed, energy: profile.energy, start: { ...profile.start, ...start }, drive });
    const tick$ = clock$.pipe(share());
    const car = simCar({ world, catalogue, steps$: tick$.pipe(concatMap(({ steps }) => range(0, steps))) });
    const link = options.link(() => clockOf(car.world$.value, speed));
    const now = (): number => car.world$.value.timeMs;

    const received$ = link.commands$.pipe(share());
    link.publishCatalogue(catalogue);
    // State first: the link connects with the subscription to its commands, and then says all it was given.
    return merge(
      car.world$.pipe(publishing(link, speed)),
      received$.pipe(map(({ id, command }): SimEvent => ({ type: "command", atMs: now(), id, command }))),
      received$.pipe(
        executor({ car, catalogue }),
        tap(({ replyTo, update }) => link.respond(replyTo, update)),
        map(({ update }): SimEvent => ({ type: "answer", atMs: now(), update })),
      ),
      tick$.pipe(
        filter(({ lostMs }) => lostMs > 0),
        map(({ lostMs }): SimEvent => ({ type: "lost-time", atMs: now(), lostMs })),
      ),
    );
  });
}

function clockOf({ timeMs }: World, rate: number): CarClock {
  return { mode: "sim", rate, at: new Date(FIRST_MOMENT_MS + timeMs) };
}

function publishing(link: CarLink, speed: number): OperatorFunction<World, SimEvent> {
  return (world$) =>
    world$.pipe(
      scan((publication, world) => nextPublication(publication, world, speed), NOTHING_PUBLISHED),
      concatMap(({ changes }) => from(changes)),
      tap(({ path, value }) => link.publishState(path, value, { continuous: isContinuous(path) })),
      map((change): SimEvent => ({ type: "state", ...change })),
    );
}
