import { describe, expect, onTestFinished, test } from "vitest";

import { driveOnce } from "../support/drive.ts";
import { MOSQUITTO } from "../support/mosquitto.ts";
import { startOpenMosquitto } from "../support/open-mosquitto.ts";
import { haveOrSkip } from "../support/require-or-skip.ts";

const failuresOf = (turns: Awaited<ReturnType<typeof driveOnce>>["turns"]) =>
  turns.filter(({ ok }) => !ok).map(({ said, heard, failures }) => ({ said, heard, failures }));

describe("a spoken drive", () => {
  test("the commute passes every turn, and no sound leaves before a wake", async () => {
    const { turns, bytesBeforeWake, bytesInSpans } = await driveOnce({ scenario: "morning-commute" });
    expect(failuresOf(turns)).toEqual([]);
    expect(turns.length).toBeGreaterThanOrEqual(12);
    expect(bytesBeforeWake).toBe(0);
    expect(bytesInSpans).toBeGreaterThan(0);
    for (const { commands } of turns) {
      for (const { phases } of commands) expect(phases.at(-1)).toBe("done");
    }
  });

  test("another driver, another persona, faster than real time", async () => {
    const { turns, bytesBeforeWake } = await driveOnce({ scenario: "parked", seed: 2, persona: "kai", speed: 4 });
    expect(failuresOf(turns)).toEqual([]);
    expect(bytesBeforeWake).toBe(0);
  });

  test.skipIf(!haveOrSkip(MOSQUITTO))("the same on a real Mosquitto", async () => {
    const broker = await startOpenMosquitto();
    onTestFinished(() => broker.close());
    const { turns, bytesBeforeWake } = await driveOnce({ scenario: "parked", broker: broker.url });
    expect(failuresOf(turns)).toEqual([]);
    expect(bytesBeforeWake).toBe(0);
  });
});
