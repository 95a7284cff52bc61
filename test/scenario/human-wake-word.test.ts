import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { filter, firstValueFrom, ignoreElements, lastValueFrom, map, merge, take, toArray } from "rxjs";
import { describe, expect, test } from "vitest";

import { MIC_RATE_HZ } from "../../src/audio/audio-frame.ts";
import { joined } from "../../src/audio/resample.ts";
import { readWav, writeWav } from "../../src/audio/wav.ts";
import { wavMicrophone } from "../../src/audio/wav-microphone.ts";
import { openStage } from "../../src/commands/drive/stage.ts";
import { openSpeech } from "../../src/engine/speak/open-speech.ts";
import { stageOptions } from "../support/drive.ts";
import { haveOrSkip } from "../support/require-or-skip.ts";

/** A person saying "jarvis", from the half that the wake word was not trained on. */
const RECORDING = "../shared/material/speech/wake/wake-word-benchmark/jarvis_00c476c2-9e01-40df-96c8-a5153db5b157.wav";
const WINDOW = "Vehicle.Cabin.Door.Row1.DriverSide.Window.Position";

describe.skipIf(!haveOrSkip(RECORDING))("a recording of a person", () => {
  test("wakes the agent, and the command behind it moves the window", async () => {
    const file = await personThenCommand("open the window a little");
    const microphone = wavMicrophone(file, { pace: "real-time", trailingSilenceMs: 12_000 });
    const stage = await openStage({ ...stageOptions({ scenario: "parked" }), microphone });
    try {
      const moved$ = stage.sim$.pipe(
        filter((event) => event.type === "state" && event.path === WINDOW && event.value === 20),
        map(() => "moved"),
      );
      const agent$ = stage.agent$.pipe(ignoreElements());
      await expect(lastValueFrom(merge(agent$, moved$).pipe(take(1)))).resolves.toBe("moved");
      expect(stage.meter.bytesBeforeWake).toBe(0);
    } finally {
      await stage.close();
    }
  });
});

async function personThenCommand(command: string): Promise<string> {
  const speech = await openSpeech();
  const spoken = await firstValueFrom(
    speech.speak({ text: command, voice: "rms", rateHz: MIC_RATE_HZ }).pipe(toArray()),
  );
  speech.close();
  const { pcm } = await readWav(RECORDING);
  const file = join(mkdtempSync(join(tmpdir(), "codriver-person-")), "person.wav");
  await writeWav(file, [joined([new Int16Array(MIC_RATE_HZ), pcm, ...spoken])], MIC_RATE_HZ);
  return file;
}
