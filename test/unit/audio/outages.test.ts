import { describe, expect, test } from "vitest";

import { type Outage, outages } from "../../../src/audio/outages.ts";

function device() {
  const told: Outage[] = [];
  let nowMs = 0;
  const history = outages(
    "The horn",
    (outage) => told.push(outage),
    () => nowMs,
  );
  const pass = (ms: number): void => {
    nowMs += ms;
  };
  return { history, told, pass };
}

describe("outages", () => {
  test("the first sign of life, the loss and the return are each told once", () => {
    const { history, told, pass } = device();
    history.works();
    history.works();
    pass(60_000);
    history.fails("unplugged");
    history.fails("unplugged");
    pass(2_500);
    history.works();
    expect(told).toEqual([
      { out: false, first: true, message: "The horn works." },
      { out: true, first: false, message: "unplugged" },
      { out: false, first: false, message: "The horn works again after 2.5 s." },
    ]);
  });

  test("another reason for the same outage is told as well, and the outage counts from its beginning", () => {
    const { history, told, pass } = device();
    history.works();
    history.fails("unplugged");
    pass(1_000);
    history.fails("no such card");
    pass(1_000);
    history.works();
    expect(told.map(({ message }) => message)).toEqual([
      "The horn works.",
      "unplugged",
      "no such card",
      "The horn works again after 2.0 s.",
    ]);
  });

  test("a device that comes and goes is tried ever less often; one that worked for 10 s begins anew", () => {
    const { history, pass } = device();
    const flap = (upMs: number): number => {
      history.works();
      pass(upMs);
      return history.fails("loose contact");
    };
    expect([flap(10_000), flap(100), flap(100), flap(9_999), flap(10_000)]).toEqual([0, 1, 2, 3, 0]);
  });

  test("what was never there is out from the first failure", () => {
    const { history, told } = device();
    history.fails("no such card");
    history.fails("still none");
    expect(told).toEqual([
      { out: true, first: true, message: "no such card" },
      { out: true, first: false, message: "still none" },
    ]);
    expect([history.hasWorked, history.isOut]).toEqual([false, true]);
  });
});
