import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { joined } from "../../../src/audio/resample.ts";
import { DriverSeat, silence } from "../../support/driver-seat.ts";
import { amplified, atLevel, overlapped } from "../../support/sounds.ts";

const WINDOW_A_LITTLE = "Vehicle.Cabin.Door.Row1.DriverSide.Window.Position=20";

describe("speech that is not as it should be", () => {
  const seat = new DriverSeat();
  beforeAll(() => seat.open());
  afterAll(() => seat.close());

  test("a wake word and a command that clip, or are very loud or very quiet, are understood or left alone", async () => {
    const breath = await seat.spoken("jarvis, open the window a little");
    const command = await seat.spoken("open the window a little");
    for (const made of [amplified(breath, 30), atLevel(breath, -50)]) {
      await seat.mouth.play(joined([made, silence(2_000)]), { speed: 2 });
    }
    for (const made of [amplified(command, 30), atLevel(command, -6), atLevel(command, -50)]) {
      await seat.wake();
      await seat.mouth.play(joined([made, silence(800)]));
    }
    await seat.obeysOnlyThis(WINDOW_A_LITTLE);
  });

  test("a command that is said twice in a row comes out as if it were said once", async () => {
    const command = await seat.spoken("open the window a little");
    await seat.wake();
    await seat.mouth.play(joined([command, silence(500), command, silence(800)]));
    await seat.obeysOnlyThis(WINDOW_A_LITTLE);
  });

  test("two who say the wake word at once wake one agent, and two commands at once become no third", async () => {
    const before = seat.events.length;
    const wakeWords = overlapped(await seat.spoken("jarvis"), await seat.spoken("jarvis", "awb"), 80);
    await seat.mouth.play(joined([wakeWords, silence(1_500)]));
    expect(seat.wakes(before)).toBeLessThanOrEqual(1);
    const [one, other] = [await seat.spoken("open the window a little"), await seat.spoken("what can you do", "awb")];
    await seat.wake();
    await seat.mouth.play(joined([overlapped(one, other, 80), silence(800)]));
    await seat.obeysOnlyThis(WINDOW_A_LITTLE);
  });

  test("the wake word each second for a minute is no command", async () => {
    const jarvis = await seat.spoken("jarvis");
    const second = joined([jarvis, silence(1_000 - jarvis.length / 16)]);
    await seat.mouth.play(joined(Array.from({ length: 60 }, () => second)), { speed: 10 });
    await seat.obeysOnlyThis();
  });
});
