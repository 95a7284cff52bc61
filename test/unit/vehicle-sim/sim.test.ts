import { createHash } from "node:crypto";
import { EMPTY, Subject } from "rxjs";
import { describe, expect, onTestFinished, test } from "vitest";

import type { CarClock, CarLink } from "../../../src/mqtt/car-link.ts";
import type { ReceivedCommand } from "../../../src/mqtt/command-wire.ts";
import type { CommandUpdate } from "../../../src/vehicle/command.ts";
import type { SignalValue } from "../../../src/vehicle/signal.ts";
import { loadProfile } from "../../../vehicle-sim/profile.ts";
import { type SimEvent, type SimOptions, simulateCar } from "../../../vehicle-sim/sim.ts";

const WINDOW = "Vehicle.Cabin.Door.Row1.DriverSide.Window.Position";
const CELSIUS = "Vehicle.Cabin.HVAC.Station.Row1.Driver.Temperature";

/** A link that remembers, in order, what was asked of it. */
function fakeLink() {
  const commands$ = new Subject<ReceivedCommand>();
  const said: string[] = [];
  const answers: CommandUpdate[] = [];
  const link: CarLink = {
    commands$,
    stage$: EMPTY,
    broker$: EMPTY,
    faults$: EMPTY,
    respond: (_replyTo, update) => {
      said.push(`answer ${update.phase}`);
      answers.push(update);
    },
    publishState: (path, value) => said.push(`state ${path} ${String(value)}`),
    publishCatalogue: ({ profile }) => said.push(`catalogue ${profile}`),
    publishEvent: () => undefined,
  };
  return { link, commands$, said, answers };
}

const command = (path: string, value: SignalValue, id = "1"): ReceivedCommand => ({
  id,
  command: { type: "set-signals", ops: [{ path, value }] },
  author: { agent: "a", seat: "Row1.DriverSide", turn: "1", origin: "test" },
  remainingMs: 5_000,
  replyTo: { topic: "rsp/a", correlation: new Uint8Array() },
});

function start(options: Partial<SimOptions> = {}) {
  const { link, commands$, said, answers } = fakeLink();
  const clock$ = new Subject<{ steps: number; lostMs: number }>();
  const events: SimEvent[] = [];
  let time: (() => CarClock) | undefined;
  const running = simulateCar({
    link: (clock) => {
      time = clock;
      return link;
    },
    profile: loadProfile("hatchback-ev"),
    seed: 1,
    drive: [{ atMs: 1_000, speedKmh: 50 }],
    clock$,
    ...options,
  }).subscribe((event) => events.push(event));
  onTestFinished(() => running.unsubscribe());
  return {
    commands$,
    said,
    answers,
    events,
    running,
    clock$,
    time: () => time?.(),
    pass: (steps: number, pieces = 1) => {
      for (let piece = 0; piece < pieces; piece += 1) clock$.next({ steps: steps / pieces, lostMs: 0 });
    },
  };
}

test("tells its catalogue and all state before it hears a command", () => {
  const { said, commands$ } = start();
  expect(said[0]).toBe("catalogue hatchback-ev");
  expect(said).toHaveLength(1 + 71);
  expect(commands$.observed).toBe(true);
});

test("a change is on the wire before the car says done", () => {
  const { said, commands$ } = start();
  said.length = 0;
  commands$.next(command(CELSIUS, 22.5));
  expect(said).toEqual([`state ${CELSIUS} 22.5`, "answer accepted", "answer done"]);
});

test("a doubled command acts once and is answered alike", () => {
  const { commands$, answers, events, pass } = start();
  commands$.next(command(WINDOW, 50));
  commands$.next(command(WINDOW, 50));
  pass(60);
  commands$.next(command(WINDOW, 50));
  expect(answers.filter(({ final }) => final).map(({ phase }) => phase)).toEqual(["done", "done"]);
  const arrivals = events.filter((event) => event.type === "state" && event.path === WINDOW && event.value === 50);
  expect(arrivals).toHaveLength(1);
});

test("its clock is the world's", () => {
  const { time, pass } = start({ speed: 4 });
  const before = time()?.at.getTime() ?? 0;
  pass(20);
  expect(time()).toMatchObject({ mode: "sim", rate: 4 });
  expect((time()?.at.getTime() ?? 0) - before).toBe(1_000);
});

test("says so when it was held up", () => {
  const { clock$, events } = start();
  clock$.next({ steps: 1, lostMs: 4_000 });
  expect(events.at(-1)).toMatchObject({ type: "lost-time", lostMs: 4_000 });
});

test("stops with its subscription", () => {
  const { running, clock$, commands$, said } = start();
  running.unsubscribe();
  expect([clock$.observed, commands$.observed]).toEqual([false, false]);
  const before = said.length;
  clock$.next({ steps: 100, lostMs: 0 });
  expect(said).toHaveLength(before);
});

describe("the event log", () => {
  function log(pieces: number, seed = 1): string {
    const car = start({ seed });
    car.pass(100, pieces);
    car.commands$.next(command(WINDOW, 30));
    car.pass(100, pieces);
    car.commands$.next(command(CELSIUS, 24, "2"));
    car.pass(200, pieces);
    return createHash("sha256")
      .update(car.events.map((event) => JSON.stringify(event)).join("\n"))
      .digest("hex");
  }

  test("is the same for the same seed, however the clock ticked", () => {
    expect(new Set([log(1), log(2), log(10), log(100)]).size).toBe(1);
  });

  test("is another for another seed", () => {
    expect(log(1, 2)).not.toBe(log(1, 1));
  });
});
