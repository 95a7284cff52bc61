import {
  asyncScheduler,
  connect,
  distinctUntilChanged,
  filter,
  map,
  merge,
  type Observable,
  scan,
  switchMap,
  throttleTime,
  timer,
} from "rxjs";

import { type Behavior, behavior } from "../shared/behavior.ts";
import { PATHS } from "./paths.ts";
import type { Reading, SignalPath, SignalUpdate, VehicleSnapshot } from "./signal.ts";
import type { GatewayPresence, VehicleBus } from "./vehicle-bus.ts";

/** A heartbeat or a continuous signal that has not come for this long is not believed any more. */
const STALE_AFTER_MS = 3_000;
/** Observers hear of the car at most this often; what they miss is only what newer readings replaced. */
const CONFLATE_MS = 100;
/** A car has a few hundred signals. A path beyond these is dropped: the bus may carry anything. */
const MAX_SIGNALS = 1_024;

/** Republished at least every second, also when unchanged: their silence means something. */
const CONTINUOUS: readonly SignalPath[] = [PATHS.speed, PATHS.latitude, PATHS.longitude, PATHS.power];

/** What can happen to our picture of the car. */
export type VehicleEvent =
  | { readonly type: "update"; readonly update: SignalUpdate }
  | { readonly type: "presence"; readonly presence: GatewayPresence }
  | { readonly type: "beat" }
  | { readonly type: "silence" }
  | { readonly type: "signal-silent"; readonly path: SignalPath };

/** Our picture of the car. The gateway is alive while it beats and has not said, or been said, to be gone. */
export interface VehiclePicture {
  readonly readings: ReadonlyMap<SignalPath, Reading>;
  readonly beating: boolean;
  /** While the gateway is gone: what was known when it went. */
  readonly whenLost: ReadonlyMap<SignalPath, Reading> | undefined;
  readonly instance: string | undefined;
}

export const EMPTY_PICTURE: VehiclePicture = {
  readings: new Map(),
  beating: false,
  whenLost: undefined,
  instance: undefined,
};

const UNAVAILABLE: Reading = { value: undefined, at: 0, status: "unavailable", simulated: false };

/** Nothing is known. */
export const EMPTY_SNAPSHOT: VehicleSnapshot = { read: () => UNAVAILABLE };

/**
 * What is known of the car while somebody is subscribed. `value` is always the newest; subscribers hear at once and
 * then at most every 100 ms. A reading is stale 3 s after the gateway's last heartbeat, when the gateway is lost or
 * has restarted without sending it again, and, for speed, position and power, 3 s after it was last sent.
 */
export function vehicleState(bus: VehicleBus): Behavior<VehicleSnapshot> {
  const picture$ = vehicleEvents(bus).pipe(scan(nextPicture, EMPTY_PICTURE), distinctUntilChanged(), map(snapshotOf));
  const current$ = behavior(picture$, EMPTY_SNAPSHOT);
  const conflated$ = current$.pipe(throttleTime(CONFLATE_MS, asyncScheduler, { leading: true, trailing: true }));
  return Object.defineProperty(conflated$, "value", { get: () => current$.value }) as Behavior<VehicleSnapshot>;
}

/** The table of what each event does to the picture. */
export function nextPicture(picture: VehiclePicture, event: VehicleEvent): VehiclePicture {
  switch (event.type) {
    case "update":
      return withReading(picture, event.update);
    case "presence":
      return withPresence(picture, event.presence);
    case "beat":
      return picture.beating ? picture : { ...picture, beating: true };
    case "silence":
      return { ...picture, beating: false };
    case "signal-silent":
      return { ...picture, readings: outdated(picture.readings, (path) => path === event.path) };
  }
}

/** A view of one picture: what it says never changes afterwards. */
export function snapshotOf({ readings, beating, whenLost }: VehiclePicture): VehicleSnapshot {
  const alive = beating && !whenLost;
  return {
    read(path) {
      const reading = readings.get(path) ?? UNAVAILABLE;
      return alive ? reading : asStale(reading);
    },
  };
}

function vehicleEvents({ signals$, gateway$, heartbeat$ }: VehicleBus): Observable<VehicleEvent> {
  const silent = (path: SignalPath): VehicleEvent => ({ type: "signal-silent", path });
  return merge(
    gateway$.pipe(map((presence): VehicleEvent => ({ type: "presence", presence }))),
    heartbeat$.pipe(
      connect((beat$) => merge(beat$.pipe(map((): VehicleEvent => ({ type: "beat" }))), silenceAfter(beat$))),
    ),
    signals$.pipe(
      connect((update$) =>
        merge(
          update$.pipe(map((update): VehicleEvent => ({ type: "update", update }))),
          ...CONTINUOUS.map((path) =>
            update$.pipe(
              filter((update) => update.path === path),
              switchMap(() => timer(STALE_AFTER_MS)),
              map(() => silent(path)),
            ),
          ),
        ),
      ),
    ),
  );
}

function silenceAfter(beat$: Observable<unknown>): Observable<VehicleEvent> {
  return beat$.pipe(
    switchMap(() => timer(STALE_AFTER_MS)),
    map((): VehicleEvent => ({ type: "silence" })),
  );
}

function withReading(picture: VehiclePicture, { path, reading }: SignalUpdate): VehiclePicture {
  const { readings } = picture;
  if (readings.size >= MAX_SIGNALS && !readings.has(path)) return picture;
  return { ...picture, readings: new Map(readings).set(path, reading) };
}

/**
 * A gateway says all it knows before it says `online`. What a restarted one has not said again since the loss may be
 * no longer so.
 */
function withPresence(picture: VehiclePicture, { state, instance }: GatewayPresence): VehiclePicture {
  const { readings, whenLost } = picture;
  if (state === "lost") return { ...picture, whenLost: whenLost ?? readings };
  const online = { ...picture, whenLost: undefined, instance: instance ?? picture.instance };
  if (!whenLost || online.instance === picture.instance) return online;
  return { ...online, readings: outdated(readings, (path) => readings.get(path) === whenLost.get(path)) };
}

function outdated(readings: ReadonlyMap<SignalPath, Reading>, is: (path: SignalPath) => boolean) {
  return new Map([...readings].map(([path, reading]) => [path, is(path) ? asStale(reading) : reading]));
}

function asStale(reading: Reading): Reading {
  return reading.status === "valid" ? { ...reading, status: "stale" } : reading;
}
