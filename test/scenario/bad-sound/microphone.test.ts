import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { firstValueFrom, map, toArray } from "rxjs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { AudioDeviceError } from "../../../src/audio/audio-device-error.ts";
import { MIC_RATE_HZ } from "../../../src/audio/audio-frame.ts";
import { createResampler, joined } from "../../../src/audio/resample.ts";
import { returningMicrophone } from "../../../src/audio/returning-microphone.ts";
import { writeWav } from "../../../src/audio/wav.ts";
import { wavMicrophone } from "../../../src/audio/wav-microphone.ts";
import { cutUtterances } from "../../../src/commands/cut-utterances.ts";
import { DriverSeat, silence } from "../../support/driver-seat.ts";

const WINDOW = "Vehicle.Cabin.Door.Row1.DriverSide.Window.Position";

describe("a microphone that is not as it should be", () => {
  const folder = mkdtempSync(join(tmpdir(), "codriver-rates-"));
  const utterances = cutUtterances();
  const seat = new DriverSeat();
  // As `codriver run` does it.
  beforeAll(() =>
    seat.open({
      through: (microphone) =>
        returningMicrophone(microphone, ({ out }) => utterances.microphone(out), { minMs: 100, maxMs: 100 }),
      around: (provider) => utterances.around(provider),
      follow: (event) => utterances.follow(event),
    }),
  );
  afterAll(async () => {
    await seat.close();
    rmSync(folder, { recursive: true });
  });

  test.each([
    [8_000, "open the window a little", 20],
    [44_100, "close the window", 0],
  ])("a recording at %i Hz is understood like any other", async (rateHz, text, position) => {
    const file = await recordedAt(rateHz, await seat.spoken(text));
    const frames$ = wavMicrophone(file, { pace: "fast" }).frames$;
    const heard = joined(
      await firstValueFrom(
        frames$.pipe(
          map(({ pcm }) => pcm),
          toArray(),
        ),
      ),
    );
    await seat.wake();
    await seat.hears(heard);
    await expect.poll(() => seat.writes, { timeout: 10_000 }).toEqual([`${WINDOW}=${position}`]);
    await seat.obeysOnlyThis(`${WINDOW}=${position}`);
  });

  test("a recording at a rate that nobody records at is refused, and the message says what is wrong", async () => {
    const file = await recordedAt(11_025, silence(100));
    const frames$ = wavMicrophone(file, { pace: "fast" }).frames$;
    await expect(firstValueFrom(frames$)).rejects.toThrow(/11.?025 Hz.*Expected .* at 8, 16,/);
  });

  test.each(["open the window a little", "set the temperature to twenty five degrees"])(
    'unplugged in the middle of "%s" it gives half a sentence, which is no command',
    async (text) => {
      const command = await seat.spoken(text);
      await seat.wake();
      await seat.mouth.play(command.subarray(0, command.length * 0.65));
      seat.mouth.unplug(new AudioDeviceError("lost", "It was unplugged."));
      await seat.asleep();
      await seat.obeysOnlyThis();
    },
  );

  async function recordedAt(rateHz: number, pcm: Int16Array): Promise<string> {
    const resampler = await createResampler(MIC_RATE_HZ, rateHz);
    const file = join(folder, `${rateHz}.wav`);
    await writeWav(file, [joined([resampler.push(pcm), resampler.flush()])], rateHz);
    resampler.close();
    return file;
  }
});
