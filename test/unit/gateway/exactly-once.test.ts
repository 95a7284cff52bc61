import fc from "fast-check";
import { concat, defer, filter, map, mergeMap, type Observable, of, Subject, startWith, tap, timer } from "rxjs";
import { TestScheduler } from "rxjs/testing";
import { expect, test } from "vitest";
import type { ReceivedCommand } from "../../../src/mqtt/command-wire.ts";
import type { ApprovedCommand, CommandLink } from "../../../src/policy/command-link.ts";
import { createOutbox } from "../../../src/policy/outbox.ts";
import type { CommandUpdate } from "../../../src/vehicle/command.ts";
import type { CarCatalogue } from "../../../src/vehicle/vehicle-bus.ts";
import type { Car, CarStep } from "../../../vehicle-sim/gateway/car.ts";
import { executor } from "../../../vehicle-sim/gateway/executor.ts";

/** Delays of the copies of one message, in milliseconds: none is a loss, two are a doubling, unequal ones reorder. */
type Copies = readonly number[];

interface Wish {
  readonly atMs: number;
  readonly id: number;
  readonly path: number;
  readonly deadlineMs: number;
  readonly carMs: number;
  readonly ending: "done" | "failed" | "rejected" | "silent" | "throws";
}

interface Schedule {
  readonly wishes: readonly Wish[];
  readonly up: readonly Copies[];
  readonly down: readonly Copies[];
  /** How many ids the gateway can remember. */
  readonly maxIds: number;
  /** When the link goes away and comes back, alternately. */
  readonly flaps: readonly number[];
}

const copies = fc.array(fc.integer({ min: 0, max: 1_500 }), { maxLength: 3 });
const schedule: fc.Arbitrary<Schedule> = fc.record({
  wishes: fc.array(
    fc.record({
      atMs: fc.integer({ min: 0, max: 3_000 }),
      id: fc.integer({ min: 0, max: 4 }),
      path: fc.integer({ min: 0, max: 2 }),
      deadlineMs: fc.integer({ min: 200, max: 5_000 }),
      carMs: fc.integer({ min: 0, max: 4_000 }),
      ending: fc.constantFrom("done", "done", "done", "failed", "rejected", "silent", "throws"),
    }),
    { minLength: 1, maxLength: 6 },
  ),
  up: fc.array(copies, { minLength: 1, maxLength: 12 }),
  down: fc.array(copies, { minLength: 1, maxLength: 12 }),
  maxIds: fc.constantFrom(1, 3, 4_096),
  flaps: fc.array(fc.integer({ min: 0, max: 4_000 }), { maxLength: 4 }),
});

const CATALOGUE: CarCatalogue = {
  profile: "test",
  signals: Object.fromEntries([0, 1, 2].map((n) => [`Vehicle.P${n}`, { type: "actuator", datatype: "uint8" }])),
  services: [],
};
const AUTHOR = { agent: "agent", seat: "unknown", turn: "1", origin: "test" } as const;
const uuid = (n: number): string => `00000000-0000-5000-8000-${String(n).padStart(12, "0")}`;

interface Outcome {
  readonly asked: ReadonlyMap<string, number>;
  readonly ended: ReadonlyMap<string, readonly CommandUpdate[]>;
  readonly executed: ReadonlyMap<string, number>;
  readonly reallyDone: ReadonlySet<string>;
}

/** Plays one schedule of outbox, lossy channel and executor to its end, in virtual time. */
function play({ wishes, up, down, maxIds, flaps }: Schedule): Outcome {
  const asked = new Map<string, number>();
  const ended = new Map<string, CommandUpdate[]>();
  const executed = new Map<string, number>();
  const reallyDone = new Set<string>();

  new TestScheduler(() => undefined).run(({ flush }) => {
    const arriving$ = new Subject<ReceivedCommand>();
    const updates$ = new Subject<CommandUpdate>();
    const channel = <T>(patterns: readonly Copies[], deliver: (message: T, ageMs: number) => void) => {
      let sent = 0;
      return (message: T): void => {
        for (const ms of patterns[sent++ % patterns.length] ?? []) timer(ms).subscribe(() => deliver(message, ms));
      };
    };
    // The broker counts down whole seconds and keeps what has expired.
    const sendUp = channel<ReceivedCommand>(up, (received, ageMs) => {
      const leftMs = (Math.ceil(received.remainingMs / 1_000) - Math.floor(ageMs / 1_000)) * 1_000;
      if (leftMs > 0) arriving$.next({ ...received, remainingMs: Math.min(received.remainingMs, leftMs) });
    });
    const sendDown = channel<CommandUpdate>(down, (update) => updates$.next(update));
    const switches$ = new Subject<boolean>();
    const link: CommandLink = {
      publish: ({ id, command }, remainingMs) => {
        const replyTo = { topic: "rsp/agent", correlation: new Uint8Array() };
        sendUp({ id, command, author: AUTHOR, remainingMs, replyTo });
      },
      updates$,
      ready$: switches$.pipe(startWith(true)),
    };
    [...flaps].sort((a, b) => a - b).forEach((ms, index) => timer(ms).subscribe(() => switches$.next(index % 2 === 1)));

    // What the car does is written on the value that is set.
    const car: Car = {
      execute: (command) =>
        defer((): Observable<CarStep> => {
          const wish = command.type === "set-signals" ? wishes[Number(command.ops[0]?.value)] : undefined;
          if (wish === undefined) throw new Error("the command was garbled");
          const id = uuid(wish.id);
          executed.set(id, (executed.get(id) ?? 0) + 1);
          return behave(wish, () => reallyDone.add(id));
        }),
    };
    // No copy here lives for longer than this memory: 5 s of resends, 1.5 s on the way.
    const limits = { maxIds, memoryMs: 7_500, perSecond: 4, perSecondAndTarget: 2 };
    arriving$.pipe(executor({ car, catalogue: CATALOGUE, limits })).subscribe(({ update }) => sendDown(update));

    const outbox = createOutbox({ link });
    wishes.forEach(({ atMs, id, path, deadlineMs }, index) => {
      const command = { type: "set-signals", ops: [{ path: `Vehicle.P${path}`, value: index }], deadlineMs } as const;
      const sent$ = timer(atMs).pipe(
        tap(() => asked.set(uuid(id), (asked.get(uuid(id)) ?? 0) + 1)),
        mergeMap(() => outbox.send(command as unknown as ApprovedCommand, { id: uuid(id), author: AUTHOR })),
      );
      sent$.pipe(filter(({ final }) => final)).subscribe((update) => {
        ended.set(uuid(id), [...(ended.get(uuid(id)) ?? []), update]);
      });
    });
    flush();
  });
  return { asked, ended, executed, reallyDone };
}

function behave({ carMs, ending }: Wish, done: () => void): Observable<CarStep> {
  if (ending === "rejected") return of({ phase: "rejected", final: true });
  const end$: Observable<CarStep> = timer(carMs).pipe(
    map((): CarStep => {
      if (ending === "throws") throw new Error("actuator");
      if (ending === "done") done();
      return { phase: ending === "done" ? "done" : "failed", final: true };
    }),
  );
  return concat(of<CarStep>({ phase: "accepted", final: false }), ending === "silent" ? of() : end$);
}

test("whatever is doubled, late, lost or reordered: at most one effect, exactly one outcome, no false `done`", () => {
  fc.assert(
    fc.property(schedule, (given) => {
      const { asked, ended, executed, reallyDone } = play(given);
      for (const [id, times] of asked) {
        const outcomes = ended.get(id) ?? [];
        expect(outcomes).toHaveLength(times);
        expect(new Set(outcomes).size).toBe(1);
        expect(executed.get(id) ?? 0).toBeLessThanOrEqual(1);
        if (outcomes[0]?.phase === "done") expect(reallyDone).toContain(id);
        if (outcomes[0]?.error?.code === "BUSY") expect(executed.has(id)).toBe(false);
      }
    }),
    { numRuns: 150, seed: 1 },
  );
});

test("on a perfect channel every command is done", () => {
  const wishes = [0, 1, 2].map((n) => ({
    atMs: 100,
    id: n,
    path: n,
    deadlineMs: 5_000,
    carMs: 400,
    ending: "done" as const,
  }));
  const { ended, executed } = play({ wishes, up: [[5]], down: [[5]], maxIds: 3, flaps: [] });
  expect([...ended.values()].map(([update]) => update?.phase)).toEqual(["done", "done", "done"]);
  expect([...executed.values()]).toEqual([1, 1, 1]);
});

test("a channel that loses nine of ten commands still gets this one done", () => {
  const losses = [...Array<Copies>(9).fill([]), [20]];
  const wish = { atMs: 0, id: 0, path: 0, deadlineMs: 30_000, carMs: 25_000, ending: "done" as const };
  const { ended, executed } = play({ wishes: [wish], up: losses, down: [[10]], maxIds: 1, flaps: [] });
  expect([...executed.values()]).toEqual([1]);
  expect(ended.get(uuid(0))?.map(({ phase }) => phase)).toEqual(["done"]);
});
