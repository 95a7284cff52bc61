import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

import { joined } from "../../src/audio/resample.ts";
import { type Engine, openEngine } from "../../src/engine/open-engine.ts";
import { local } from "../../src/providers/local.ts";
import { webSockets } from "../../src/session/open-session.ts";
import { DriverSeat, silence } from "../support/driver-seat.ts";
import { tapped } from "../support/line.ts";

const WINDOW = "Vehicle.Cabin.Door.Row1.DriverSide.Window.Position";
const PATIENCE = { timeout: 30_000, interval: 20 };

/** The model in the cloud is an engine like the embedded one, so that it is known what it should understand. */
describe("a drive through a tunnel, with a model in the cloud", () => {
  const line = tapped(webSockets);
  const seat = new DriverSeat();
  let cloud: Engine;

  beforeAll(async () => {
    cloud = await openEngine();
    await seat.open({
      config: { "model.provider": "stepfun" },
      environment: { STEPFUN_API_KEY: "none" },
      around: (provider) => ({ ...local(cloud), name: provider.name, dialer: line.dialer }),
    });
  });
  afterAll(async () => {
    await seat.close();
    await cloud.close();
  });

  const hands = (): readonly string[] =>
    seat.events.flatMap((event) =>
      event.type === "problem" && event.message.includes(" goes on") ? [event.message] : [],
    );
  const replies = (): readonly string[] => seat.events.flatMap((event) => (event.type === "reply" ? [event.text] : []));

  test("before it the cloud answers", async () => {
    await seat.wake();
    await seat.hears(await seat.spoken("open the window a little"));
    await expect.poll(() => seat.writes, PATIENCE).toEqual([`${WINDOW}=20`]);
    expect(hands()).toEqual([]);
  });

  test("in the middle of a sentence the line goes: the sentence is understood all the same, once, and the driver is told once", async () => {
    const command = await seat.spoken("close the window");
    await seat.wake();
    await seat.mouth.play(command.subarray(0, command.length / 2));
    line.cut();
    await seat.hears(command.subarray(command.length / 2));
    await vi.waitFor(() => expect(seat.writes, seat.story()).toEqual([`${WINDOW}=20`, `${WINDOW}=0`]), PATIENCE);
    await seat.asleep();
    expect(hands()).toEqual([expect.stringContaining("the fallback model goes on")]);

    await seat.obeysOnlyThis(`${WINDOW}=20`, `${WINDOW}=0`);
    expect(replies().filter((text) => text.includes("offline"))).toHaveLength(1);
  });

  test("behind it the cloud has the conversation back, and nothing is done twice", async () => {
    line.mend();
    await vi.waitFor(() => expect(hands().at(-1), seat.story()).toContain("the primary model goes on"), PATIENCE);
    const sent = line.sent.length;
    await seat.wake();
    await seat.hears(joined([await seat.spoken("open the window a little"), silence(500)]));
    await vi.waitFor(() => expect(seat.writes, seat.story()).toEqual([`${WINDOW}=20`]), PATIENCE);
    expect(line.sent.length).toBeGreaterThan(sent);
    await seat.obeysOnlyThis(`${WINDOW}=20`);
  });
});
