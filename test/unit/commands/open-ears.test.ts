import { EMPTY } from "rxjs";
import { expect, test } from "vitest";

import { openEars } from "../../../src/commands/open-ears.ts";
import { loadConfig } from "../../../src/config/load.ts";
import type { WakeWordDetector } from "../../../src/wake/wake-word.ts";

test("when there is no voice detector the wake word is not left open", async () => {
  let isClosed = false;
  const wakeWord: WakeWordDetector = {
    detect: () => EMPTY,
    caughtUp: () => Promise.resolve(),
    stats: () => ({ judgedMs: 0, droppedMs: 0, backlogMs: 0 }),
    close: () => void (isClosed = true),
  };
  const opening = openEars(loadConfig(undefined, {}), {
    openWakeWord: () => Promise.resolve(wakeWord),
    openVoiceDetector: () => Promise.reject(new Error("no model")),
  });
  await expect(opening).rejects.toThrow("no model");
  expect(isClosed).toBe(true);
});
