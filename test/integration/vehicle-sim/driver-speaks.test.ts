import { Subject } from "rxjs";
import { expect, onTestFinished, test } from "vitest";

import { openSpeech } from "../../../src/engine/speak/open-speech.ts";
import { simulatedDriver } from "../../../vehicle-sim/driver/driver.ts";
import type { DriverEvent } from "../../../vehicle-sim/driver/sound.ts";

test("a driver with a real voice is heard saying the sentence, and nothing before", async () => {
  const speech = await openSpeech();
  onTestFinished(() => speech.close());
  const next$ = new Subject<void>();
  const turns = [{ say: "open the passenger window" }];
  const driver = simulatedDriver({ speech, turns, wakeWord: "jarvis", seed: 1, next$, pace: "fast" });
  const samples: number[] = [];
  const events: DriverEvent[] = [];
  const running = driver.microphone.frames$.subscribe(({ pcm }) => samples.push(...pcm));
  running.add(driver.events$.subscribe((event) => events.push(event)));
  onTestFinished(() => running.unsubscribe());

  await expect.poll(() => samples.length).toBeGreaterThan(3_200);
  expect(Math.max(...samples)).toBeLessThan(100);
  next$.next();
  await expect.poll(() => events.map(({ type }) => type), { timeout: 20_000 }).toEqual(["says", "said"]);
  const spoken = samples.filter((sample) => Math.abs(sample) > 1_000).length;
  expect(spoken / 16_000).toBeGreaterThan(0.2);
  expect(events[0]).toMatchObject({ text: "jarvis, open the passenger window" });
});
