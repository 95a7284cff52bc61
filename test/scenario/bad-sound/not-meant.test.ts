import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { joined } from "../../../src/audio/resample.ts";
import { DriverSeat, silence } from "../../support/driver-seat.ts";
import { haveOrSkip } from "../../support/require-or-skip.ts";
import { dither, inTurn, listed, music, SPEECH } from "../../support/sounds.ts";

/** Nobody has to understand these, so they may come as fast as they can be judged. */
const FAST = 8;

describe("what nobody meant for the agent", () => {
  const seat = new DriverSeat();
  beforeAll(() => seat.open({ followUpSeconds: 0.6 }));
  afterAll(() => seat.close());

  test("digital silence and dither, before the wake word and after it, are nothing to act on", async () => {
    const nothing = joined([silence(5_000), dither(5_000)]);
    await seat.mouth.play(nothing, { bare: true, speed: FAST });
    await seat.wake();
    await seat.mouth.play(nothing, { bare: true, speed: FAST });
    await seat.asleep();
    await seat.obeysOnlyThis();
  });

  test("music wakes nobody, and after a wake it orders nothing", async () => {
    await seat.mouth.play(music(16), { speed: FAST });
    await seat.wake();
    await seat.mouth.play(music(16), { speed: FAST });
    await seat.obeysOnlyThis();
  });

  test.skipIf(!haveOrSkip(SPEECH))("noises wake nobody, and after a wake they order nothing", async () => {
    const noises = listed(({ kind }) => kind === "noise");
    await seat.mouth.play(await inTurn(noises, { pauseMs: 100, mostSeconds: 1.2 }), { speed: FAST });
    await seat.wake();
    await seat.mouth.play(await inTurn(noises, { pauseMs: 0, mostSeconds: 0.5 }), { speed: FAST });
    await seat.obeysOnlyThis();
  });

  test("a yes, a no and thanks that nobody asked for order nothing", async () => {
    for (const text of ["yes", "no", "thank you"]) {
      const answer = await seat.spoken(text);
      await seat.wake();
      await seat.mouth.play(joined([answer, silence(800)]));
    }
    await seat.obeysOnlyThis();
  });

  test.skipIf(!haveOrSkip(SPEECH))("a wish in another language orders nothing", async () => {
    for (const wanted of ["de", "fr", "zh"]) {
      const [wish = ""] = listed(({ kind, language }) => kind === "command" && language === wanted);
      const pcm = await inTurn([wish], { pauseMs: 800 });
      await seat.wake();
      await seat.mouth.play(pcm);
    }
    await seat.obeysOnlyThis();
  });

  // Half a minute stands for ten: the gate lets no more than its limit through, here shortened like everything else.
  test.skipIf(!haveOrSkip(SPEECH))("whoever talks and talks is cut short, and orders nothing", async () => {
    const talk = await inTurn(
      listed(
        ({ file, kind, language }) => kind === "speech" && language === "en" && /librivox|leopard|jfk|howl/.test(file),
      ),
      { pauseMs: 0, mostSeconds: 2 },
    );
    await seat.wake();
    const before = seat.events.length;
    await seat.mouth.play(talk, { speed: 6 });
    expect(seat.events.slice(before)).toContainEqual(expect.objectContaining({ type: "gate-closed" }));
    await seat.obeysOnlyThis();
  });
});
