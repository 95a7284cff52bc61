import { asyncScheduler, mergeMap, NEVER, throwError, timer } from "rxjs";
import { describe, expect, test } from "vitest";
import type { ApprovedCommand, CommandLink } from "../../../src/policy/command-link.ts";
import { createOutbox, type OutboxOptions } from "../../../src/policy/outbox.ts";
import type { CommandUpdate, VehicleCommand } from "../../../src/vehicle/command.ts";
import type { GatewayPresence } from "../../../src/vehicle/vehicle-bus.ts";
import { virtualTime } from "../../support/virtual-time.ts";

const AUTHOR = { agent: "agent", seat: "Row1.DriverSide", turn: "1", origin: "voice" } as const;
const WINDOW = approved({ type: "set-signals", ops: [{ path: "Vehicle.Window", value: 0 }], deadlineMs: 1_000 });
const DIAL = approved({ type: "call-service", service: "phone.dial", args: {}, deadlineMs: 1_000 });

function approved(command: VehicleCommand): ApprovedCommand {
  return command as ApprovedCommand;
}

const update = (phase: CommandUpdate["phase"], id = "1"): CommandUpdate => ({
  id,
  phase,
  final: phase !== "accepted" && phase !== "progress",
});
const ANSWERS = {
  a: update("accepted"),
  p: update("progress"),
  d: update("done"),
  f: update("failed"),
  x: update("done", "another"),
};
const GATEWAYS: Record<string, GatewayPresence> = {
  1: { state: "online", instance: "first" },
  2: { state: "online", instance: "second" },
  l: { state: "lost" },
};

interface Scene {
  /** Marbles of the car's answers, of the link's readiness (y, n) and of the gateway's instance. */
  readonly answers?: string;
  readonly ready?: string;
  readonly gateway?: string;
  readonly command?: ApprovedCommand;
  readonly options?: Partial<OutboxOptions>;
  /** Stop listening after so many milliseconds. */
  readonly listenMs?: number;
}

/** Sends one command; returns what its sender heard and when something went on the wire. */
function play({ answers = "-", ready = "y", gateway = "-", command = WINDOW, options, listenMs }: Scene) {
  const heard: CommandUpdate[] = [];
  const wire: { readonly atMs: number; readonly remainingMs: number }[] = [];
  let completedAtMs = -1;
  virtualTime(({ hot, cold, flush }) => {
    const link: CommandLink = {
      publish: (_message, remainingMs) => wire.push({ atMs: asyncScheduler.now(), remainingMs }),
      updates$: hot(answers, ANSWERS),
      ready$: cold(ready, { y: true, n: false }),
    };
    const outbox = createOutbox({ link, gateway$: hot(gateway, GATEWAYS), ...options });
    const listening = outbox.send(command, { id: "1", author: AUTHOR }).subscribe({
      next: (news) => heard.push(news),
      complete: () => {
        completedAtMs = asyncScheduler.now();
      },
    });
    if (listenMs !== undefined) timer(listenMs).subscribe(() => listening.unsubscribe());
    flush();
  });
  return {
    phases: heard.map(({ phase }) => phase),
    last: heard.at(-1),
    times: wire.map(({ atMs }) => atMs),
    wire,
    completedAtMs,
  };
}

describe("outbox", () => {
  test("publishes at once, tells the phases, ends with the final one", () => {
    const { phases, times, completedAtMs } = play({ answers: "10ms a 9ms p 9ms p 9ms d" });
    expect(phases).toEqual(["accepted", "progress", "progress", "done"]);
    expect(times).toEqual([0]);
    expect(completedAtMs).toBe(40);
  });

  test("resends every 250 ms until the car has answered, then only waits", () => {
    expect(play({ answers: "600ms a 300ms d" }).times).toEqual([0, 250, 500]);
  });

  test("every resend says how much time is left", () => {
    expect(play({ answers: "600ms d" }).wire.map(({ remainingMs }) => remainingMs)).toEqual([1_000, 750, 500]);
  });

  test("a final answer alone is enough", () => {
    const { phases, times } = play({ answers: "300ms f" });
    expect(phases).toEqual(["failed"]);
    expect(times).toEqual([0, 250]);
  });

  test("doubled and overtaken phases are told once, and nothing follows the final one", () => {
    expect(play({ answers: "a a p a d d f" }).phases).toEqual(["accepted", "progress", "done"]);
    expect(play({ answers: "d a f" }).phases).toEqual(["done"]);
  });

  test("other commands' answers are not ours", () => {
    expect(play({ answers: "x 9ms d" }).phases).toEqual(["done"]);
  });

  test.for<[string, string]>([
    ["10ms -", "the car did not answer in time"],
    ["10ms a", "the car took it on but did not finish in time"],
  ])("after the deadline (answers: %s) there is one timeout: %s", ([answers, detail]) => {
    const { last, completedAtMs, times } = play({ answers });
    expect(last).toEqual({
      id: "1",
      phase: "timeout",
      final: true,
      error: { code: "TIMEOUT", detail, retryable: false },
    });
    expect(completedAtMs).toBe(1_000);
    expect(Math.max(...times)).toBeLessThan(1_000);
  });

  test("waits for the link, but no longer than the deadline", () => {
    expect(play({ ready: "n 399ms y", answers: "500ms d" })).toMatchObject({ phases: ["done"], times: [400] });
    const never = play({ ready: "n" });
    expect(never.times).toEqual([]);
    expect(never.last).toMatchObject({ phase: "timeout", error: { code: "TIMEOUT", retryable: true } });
  });

  test("asks again after the link was away: the final answer may have been lost with it", () => {
    const { phases, times } = play({ answers: "100ms a 700ms d", ready: "y 299ms n 99ms y" });
    expect(times).toEqual([0, 400, 650]);
    expect(phases).toEqual(["accepted", "done"]);
  });

  test("a repeatable command is sent again to a gateway that restarted", () => {
    const { times, phases } = play({ gateway: "1 299ms 2", answers: "100ms a 400ms d" });
    expect(phases).toEqual(["accepted", "done"]);
    expect(times).toEqual([0, 500]);
  });

  test("what must not happen twice is not sent again to a gateway that restarted", () => {
    const { times, last, phases } = play({
      command: DIAL,
      gateway: "1 299ms l 99ms 2",
      answers: "100ms a",
      ready: "y 299ms n 99ms y",
    });
    expect(times).toEqual([0]);
    expect(phases).toEqual(["accepted", "failed"]);
    expect(last?.error).toMatchObject({ code: "UNAVAILABLE", retryable: false });
  });

  test("it is sent again to the gateway that already knows it", () => {
    const { times } = play({
      command: DIAL,
      gateway: "1 299ms l 89ms 1",
      answers: "500ms d",
      ready: "y 299ms n 99ms y",
    });
    expect(times).toEqual([0, 250, 400]);
  });

  test("and not at all where nobody can tell whether the gateway restarted", () => {
    const { times } = play({ command: DIAL, options: { gateway$: NEVER }, ready: "y 99ms n 99ms y" });
    expect(times).toEqual([0]);
  });

  test("listening no more does not stop the delivery", () => {
    expect(play({ listenMs: 100, answers: "600ms d" }).times).toEqual([0, 250, 500]);
  });

  test("a broken link is a failed command, not an error", () => {
    const link: CommandLink = {
      publish: () => undefined,
      updates$: throwError(() => new Error("no broker at mqtt://127.0.0.1:1")),
      ready$: NEVER,
    };
    const heard: CommandUpdate[] = [];
    createOutbox({ link })
      .send(WINDOW, { id: "1", author: AUTHOR })
      .subscribe((news) => heard.push(news));
    expect(heard).toMatchObject([{ phase: "failed", error: { code: "UNAVAILABLE" } }]);
    expect(heard[0]?.error?.detail).toContain("mqtt://127.0.0.1:1");
  });

  test("stopping ends what is under way", () => {
    virtualTime(({ cold, flush }) => {
      const heard: string[] = [];
      const link: CommandLink = { publish: () => undefined, updates$: NEVER, ready$: cold("y", { y: true }) };
      const outbox = createOutbox({ link, stop$: timer(300) });
      outbox
        .send(WINDOW, { id: "1", author: AUTHOR })
        .subscribe(({ phase }) => heard.push(`${phase}@${asyncScheduler.now()}`));
      flush();
      expect(heard).toEqual(["failed@300"]);
    });
  });

  test("the same id twice is one delivery with one outcome, also afterwards", () => {
    virtualTime(({ hot, cold, flush }) => {
      let published = 0;
      const link: CommandLink = {
        publish: () => published++,
        updates$: hot("100ms d", ANSWERS),
        ready$: cold("y", { y: true }),
      };
      const outbox = createOutbox({ link });
      const heard: string[] = [];
      for (const ms of [0, 50, 400]) {
        timer(ms)
          .pipe(mergeMap(() => outbox.send(WINDOW, { id: "1", author: AUTHOR })))
          .subscribe(({ phase }) => heard.push(phase));
      }
      flush();
      expect(heard).toEqual(["done", "done", "done"]);
      expect(published).toBe(1);
    });
  });

  test("one command too many fails as BUSY at once; when others have ended there is room again", () => {
    virtualTime(({ cold, flush }) => {
      const link: CommandLink = { publish: () => undefined, updates$: NEVER, ready$: cold("y", { y: true }) };
      const outbox = createOutbox({ link, maxOpen: 2 });
      const heard: string[] = [];
      ["1", "2", "3"].forEach((id) => {
        outbox.send(WINDOW, { id, author: AUTHOR }).subscribe(({ error }) => heard.push(`${id} ${error?.code}`));
      });
      expect(heard).toEqual(["3 BUSY"]);
      flush();
      outbox.send(WINDOW, { id: "4", author: AUTHOR }).subscribe(({ error }) => heard.push(`4 ${error?.code}`));
      flush();
      expect(heard).toEqual(["3 BUSY", "1 TIMEOUT", "2 TIMEOUT", "4 TIMEOUT"]);
    });
  });
});
