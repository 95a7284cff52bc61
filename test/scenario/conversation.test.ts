import { expect, test } from "vitest";

import { driveOnce } from "../support/drive.ts";

test("a driver who answers questions, adds, corrects, takes back, chooses and interrupts is understood every time", async () => {
  const { turns, bytesBeforeWake } = await driveOnce({ scenario: "conversation" });
  expect(turns.filter(({ ok }) => !ok).map(({ said, heard, failures }) => ({ said, heard, failures }))).toEqual([]);
  expect(bytesBeforeWake).toBe(0);
  // What needed a yes was sent once, and only after it.
  const unlocking = turns.filter(({ said }) => said === "unlock the doors" || said === "yes");
  expect(unlocking.map(({ commands }) => commands.length)).toEqual([0, 1]);
});
