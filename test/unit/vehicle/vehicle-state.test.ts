import { map, NEVER, type Observable, of, Subject } from "rxjs";
import { describe, expect, test } from "vitest";

import { PATHS, windowPath } from "../../../src/vehicle/paths.ts";
import type { SignalUpdate, SignalValue, VehicleSnapshot } from "../../../src/vehicle/signal.ts";
import type { GatewayPresence, VehicleBus } from "../../../src/vehicle/vehicle-bus.ts";
import { EMPTY_PICTURE, nextPicture, snapshotOf, vehicleState } from "../../../src/vehicle/vehicle-state.ts";
import { reading } from "../../support/vehicle.ts";
import { virtualTime } from "../../support/virtual-time.ts";

const WINDOW = windowPath("driver");
const update = (path: string, value: SignalValue): SignalUpdate => ({ path, reading: reading(value) });

interface Streams {
  readonly signals$?: Observable<SignalUpdate>;
  readonly heartbeat$?: Observable<unknown>;
  readonly gateway$?: Observable<GatewayPresence>;
}

const busOf = ({ signals$ = NEVER, heartbeat$ = NEVER, gateway$ = NEVER }: Streams): VehicleBus => ({
  signals$,
  heartbeat$,
  gateway$,
  catalogue$: NEVER,
});

const tell = (snapshot: VehicleSnapshot, path: string): string => {
  const { value, status } = snapshot.read(path);
  return `${String(value)} ${status}`;
};

/** What `path` reads at each of the given milliseconds. */
function timeline(streams: Streams, path: string, at: readonly number[]): readonly string[] {
  const seen: string[] = [];
  virtualTime(({ cold, flush }) => {
    const state$ = vehicleState(busOf(streams));
    const subscription = state$.subscribe();
    for (const ms of at) cold(`${ms}ms x`).subscribe(() => seen.push(tell(state$.value, path)));
    cold(`${Math.max(...at) + 1}ms x`).subscribe(() => subscription.unsubscribe());
    flush();
  });
  return seen;
}

/** As `timeline`, with the streams made inside virtual time. */
function history(
  marbles: { readonly signals?: string; readonly beats?: string; readonly gateway?: string },
  values: Readonly<Record<string, SignalUpdate>>,
  path: string,
  at: readonly number[],
): readonly string[] {
  const seen: string[] = [];
  virtualTime(({ cold, flush }) => {
    const state$ = vehicleState(
      busOf({
        signals$: marbles.signals === undefined ? NEVER : cold(marbles.signals, values),
        heartbeat$: marbles.beats === undefined ? NEVER : cold(marbles.beats),
        gateway$:
          marbles.gateway === undefined
            ? NEVER
            : cold<GatewayPresence>(marbles.gateway, {
                a: { state: "online", instance: "a" },
                b: { state: "online", instance: "b" },
                l: { state: "lost" },
              }),
      }),
    );
    const subscription = state$.subscribe();
    for (const ms of at) cold(`${ms}ms x`).subscribe(() => seen.push(tell(state$.value, path)));
    cold(`${Math.max(...at) + 1}ms x`).subscribe(() => subscription.unsubscribe());
    flush();
  });
  return seen;
}

const BEATING = "b 999ms b 999ms b 999ms b 999ms b 999ms b 999ms b 999ms b 999ms b";

describe("a reading", () => {
  test("never heard of is unavailable", () => {
    expect(timeline({ heartbeat$: of(1) }, WINDOW, [10])).toEqual(["undefined unavailable"]);
  });

  test("is not believed before the gateway has shown a sign of life", () => {
    expect(timeline({ signals$: of(update(WINDOW, 40)) }, WINDOW, [10])).toEqual(["40 stale"]);
  });

  test("that is not continuous stays valid while the gateway lives", () => {
    expect(history({ signals: "s", beats: BEATING }, { s: update(WINDOW, 40) }, WINDOW, [10, 8_000])).toEqual([
      "40 valid",
      "40 valid",
    ]);
  });

  test("is stale 3 s after the last heartbeat, and valid again after the next", () => {
    const seen = history(
      { signals: "s", beats: "b 4999ms b" },
      { s: update(WINDOW, 40) },
      WINDOW,
      [2_999, 3_001, 5_001],
    );
    expect(seen).toEqual(["40 valid", "40 stale", "40 valid"]);
  });

  test("of speed is stale 3 s after it came, and valid again when it comes", () => {
    const values = { s: update(PATHS.speed, 50), t: update(PATHS.speed, 60) };
    const seen = history(
      { signals: "s 3999ms t", beats: BEATING },
      values,
      PATHS.speed,
      [2_999, 3_001, 4_001, 6_999, 7_001],
    );
    expect(seen).toEqual(["50 valid", "50 stale", "60 valid", "60 valid", "60 stale"]);
  });

  test("is stale as soon as the gateway is lost, though it still beats", () => {
    const seen = history(
      { signals: "s", beats: BEATING, gateway: "a 999ms l" },
      { s: update(WINDOW, 40) },
      WINDOW,
      [999, 1_001],
    );
    expect(seen).toEqual(["40 valid", "40 stale"]);
  });

  test("is valid again when the same gateway is back", () => {
    const seen = history(
      { signals: "s", beats: BEATING, gateway: "a 999ms l 999ms a" },
      { s: update(WINDOW, 40) },
      WINDOW,
      [2_001],
    );
    expect(seen).toEqual(["40 valid"]);
  });

  test("from before a restart stays stale until the new gateway says it", () => {
    const values = { s: update(WINDOW, 40), t: update(WINDOW, 0) };
    const seen = history(
      { signals: "s 3999ms t", beats: BEATING, gateway: "a 999ms l 999ms b" },
      values,
      WINDOW,
      [2_001, 4_001],
    );
    expect(seen).toEqual(["40 stale", "0 valid"]);
  });

  test("that a restarted gateway said before its birth counts", () => {
    const values = { s: update(WINDOW, 40), t: update(WINDOW, 0) };
    const seen = history(
      { signals: "s 1499ms t", beats: BEATING, gateway: "a 999ms l 999ms b" },
      values,
      WINDOW,
      [2_001],
    );
    expect(seen).toEqual(["0 valid"]);
  });

  test("that the car calls broken stays so", () => {
    const broken = { path: WINDOW, reading: reading(40, "fault") };
    expect(timeline({ signals$: of(broken), heartbeat$: of(1) }, WINDOW, [10])).toEqual(["40 fault"]);
  });
});

describe("observers", () => {
  test("hear at once, then at most every 100 ms, and always end up with the newest", () => {
    virtualTime(({ cold, expectObservable }) => {
      const signals$ = cold<SignalUpdate>("10ms a 9ms b 9ms c 500ms d", {
        a: update(WINDOW, 1),
        b: update(WINDOW, 2),
        c: update(WINDOW, 3),
        d: update(WINDOW, 4),
      });
      const state$ = vehicleState(busOf({ signals$, heartbeat$: cold("10ms b") }));
      expectObservable(state$.pipe(map((snapshot) => tell(snapshot, WINDOW))), "1s !").toBe("u 99ms x 430ms y", {
        u: "undefined unavailable",
        x: "3 valid",
        y: "4 valid",
      });
    });
  });

  test("share one connection, which ends with the last of them", () => {
    const signals$ = new Subject<SignalUpdate>();
    const state$ = vehicleState(busOf({ signals$ }));
    const first = state$.subscribe();
    const second = state$.subscribe();
    expect(signals$.observed).toBe(true);
    first.unsubscribe();
    expect(signals$.observed).toBe(true);
    second.unsubscribe();
    expect(signals$.observed).toBe(false);
  });
});

describe("the picture", () => {
  test("a snapshot does not change after it was taken", () => {
    const before = nextPicture({ ...EMPTY_PICTURE, beating: true }, { type: "update", update: update(WINDOW, 10) });
    const snapshot = snapshotOf(before);
    nextPicture(before, { type: "update", update: update(WINDOW, 90) });
    expect(snapshot.read(WINDOW).value).toBe(10);
  });

  test("holds a bounded number of signals, and goes on updating those it has", () => {
    let picture = { ...EMPTY_PICTURE, beating: true };
    for (let index = 0; index < 2_000; index += 1) {
      picture = nextPicture(picture, { type: "update", update: update(`Vehicle.Flood.Signal${index}`, index) });
    }
    picture = nextPicture(picture, { type: "update", update: update("Vehicle.Flood.Signal0", -1) });
    expect(picture.readings.size).toBe(1_024);
    expect(snapshotOf(picture).read("Vehicle.Flood.Signal0").value).toBe(-1);
  });
});
