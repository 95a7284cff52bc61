import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { admit, LIMITS, type LimitState, NO_REQUESTS, type Request } from "../../../src/policy/limits.ts";
import type { VehicleCommand } from "../../../src/vehicle/command.ts";

const volume = (value: number): VehicleCommand => ({ type: "set-signals", ops: [{ path: "Volume", value }] });
const request = (id: number, atMs: number, turn = String(id), command = volume(id)): Request => ({
  id: String(id),
  turn,
  command,
  atMs,
});

/** Which of the requests pass. */
function passing(requests: readonly Request[]): readonly boolean[] {
  let state: LimitState = NO_REQUESTS;
  return requests.map((next) => {
    state = admit(state, next);
    return state.refusal === undefined;
  });
}
const count = (passed: readonly boolean[]) => passed.filter(Boolean).length;

describe("limits", () => {
  test("five commands pass in a second, and the sixth a second after the first", () => {
    const at = [0, 100, 200, 300, 400, 500, 999, 1_000];
    expect(passing(at.map((ms, id) => request(id, ms)))).toEqual([true, true, true, true, true, false, false, true]);
  });

  test("twenty changes of one thing pass in a minute, others go on", () => {
    const flood = Array.from({ length: 25 }, (_, id) => request(id, id * 1_000));
    const other = request(99, 25_000, "99", { type: "call-service", service: "nav.cancel", args: {} });
    expect(count(passing(flood))).toBe(20);
    expect(passing([...flood, other]).at(-1)).toBe(true);
    expect(passing([...flood, request(100, 61_000)]).at(-1)).toBe(true);
  });

  test("services count like signals", () => {
    const command: VehicleCommand = { type: "call-service", service: "nav.cancel", args: {} };
    const flood = Array.from({ length: 25 }, (_, id) => request(id, id * 1_000, String(id), command));
    expect(count(passing(flood))).toBe(20);
  });

  test("eight commands pass in one turn, and the next turn is free again", () => {
    const turn = Array.from({ length: 12 }, (_, id) => request(id, id * 1_000, "a"));
    expect(count(passing(turn))).toBe(8);
    expect(passing([...turn, request(50, 12_000, "b")]).at(-1)).toBe(true);
  });

  test("a command that has passed may come again for free", () => {
    const again = Array.from({ length: 50 }, (_, index) => request(1, index * 10));
    expect(count(passing(again))).toBe(50);
    expect(passing([...again, request(2, 500)]).at(-1)).toBe(true);
  });

  test("says why, in words for the driver", () => {
    let state: LimitState = NO_REQUESTS;
    for (let id = 0; id < 6; id += 1) state = admit(state, request(id, 0));
    expect(state.refusal).toBe("That was too much at once.");
  });

  test("no schedule gets more through, and the memory stays bounded", () => {
    const anySchedule = fc.array(fc.record({ gap: fc.nat(2_000), id: fc.nat(60), turn: fc.nat(3) }), {
      maxLength: 300,
    });
    fc.assert(
      fc.property(anySchedule, (steps) => {
        let state: LimitState = NO_REQUESTS;
        let atMs = 0;
        const passed = new Map<string, number>();
        for (const { gap, id, turn } of steps) {
          atMs += gap;
          state = admit(state, request(id, atMs, String(turn)));
          if (state.refusal === undefined && !passed.has(String(id))) passed.set(String(id), atMs);
          const lately = [...passed.values()].filter((ms) => atMs - ms < 1_000);
          expect(lately.length).toBeLessThanOrEqual(LIMITS.perSecond);
          expect(state.passed.length).toBeLessThanOrEqual(LIMITS.perSecond * 180);
        }
      }),
    );
  });
});
