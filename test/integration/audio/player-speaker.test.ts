import { readFile } from "node:fs/promises";
import type { Subscription } from "rxjs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { PLAYERS, type PlayerName, playerSpeaker } from "../../../src/audio/player-speaker.ts";
import type { SpeakerDevice } from "../../../src/audio/speaker.ts";
import { type FakePrograms, fakePrograms, isRunning } from "../../support/programs.ts";
import { soon } from "../../support/soon.ts";

let programs: FakePrograms;
let subscriptions: Subscription[];

beforeEach(async () => {
  programs = await fakePrograms();
  subscriptions = [];
});
afterEach(async () => {
  for (const subscription of subscriptions) subscription.unsubscribe();
  await programs.close();
});

function open(player: PlayerName, device?: string, settledMs?: number) {
  const errors: unknown[] = [];
  const devices: SpeakerDevice[] = [];
  const subscription = playerSpeaker({
    player,
    device,
    environment: programs.environment,
    ...(settledMs !== undefined && { settledMs }),
  }).subscribe({
    next: (opened) => devices.push(opened),
    error: (error: unknown) => errors.push(error),
  });
  subscriptions.push(subscription);
  return { errors, devices, subscription };
}

async function opened(player: PlayerName, device?: string) {
  const { devices, ...rest } = open(player, device, 50);
  await soon(() => expect(devices).toHaveLength(1));
  await started(player, 1);
  const [speaker] = devices;
  if (speaker === undefined) throw new Error("no speaker");
  return { speaker, ...rest };
}

/** The process of this start, counted from 1. */
async function started(player: PlayerName, start: number): Promise<number> {
  return soon(async () => {
    expect(await programs.calls(player)).toHaveLength(start);
    const pid = await programs.pid(player);
    expect(pid).toBeGreaterThan(0);
    return pid;
  });
}

/** Plays into a file, one for each start. */
const INTO_FILE = "cat > $(dirname $0)/sound.$$";

async function played(pid: number): Promise<Int16Array> {
  const bytes = await readFile(programs.path(`sound.${pid}`));
  return new Int16Array(Uint8Array.from(bytes).buffer);
}

describe.each(PLAYERS)("playerSpeaker by %s", (player) => {
  test("24 kHz mono in short periods, on the device that was asked for", async () => {
    await programs.add(player, INTO_FILE);
    const { speaker } = await opened(player, "card7");
    expect(speaker.name).toBe(`${player} card7`);
    const [call = ""] = await programs.calls(player);
    expect(call).toMatch(/\b24000\b/u);
    expect(call).toMatch(player === "pacat" ? /--device=card7 .*--latency-msec=20/ : /-D card7 .*--period-time=20000/);
  });

  test("plays what it is given, in order, filled up with silence to what it takes at once", async () => {
    await programs.add(player, INTO_FILE);
    const { speaker } = await opened(player);
    const block = Int16Array.of(1, 2, 3);
    speaker.write(block);
    block.fill(0);
    speaker.write(Int16Array.of(4, 5));
    const pid = await started(player, 1);
    await soon(async () => expect(await played(pid)).toHaveLength(player === "pacat" ? 480 : 1_920));
    expect([...(await played(pid)).slice(0, 7)]).toEqual([1, 2, 3, 4, 5, 0, 0]);
  });

  test("a flush silences at once, and what comes next is played by a new start", async () => {
    await programs.add(player, INTO_FILE);
    const { speaker, errors } = await opened(player);
    const first = await started(player, 1);
    speaker.write(new Int16Array(480).fill(1));
    speaker.flush();
    await soon(() => expect(isRunning(first)).toBe(false));
    speaker.write(new Int16Array(1_920).fill(2));
    const second = await started(player, 2);
    expect(second).not.toBe(first);
    await soon(async () => expect([...new Set(await played(second))]).toEqual([2]));
    expect(errors).toEqual([]);
  });

  test("a flush of nothing costs nothing", async () => {
    await programs.add(player, INTO_FILE);
    const { speaker } = await opened(player);
    const pid = await started(player, 1);
    speaker.flush();
    speaker.write(new Int16Array(1_920).fill(3));
    await soon(async () => expect(await played(pid)).toHaveLength(1_920));
    expect(await programs.calls(player)).toHaveLength(1);
  });

  test("a program that is not installed", async () => {
    const bare = playerSpeaker({ player, environment: { PATH: "/nonexistent" } });
    const told: unknown[] = [];
    subscriptions.push(bare.subscribe({ error: (error: unknown) => told.push(error) }));
    await soon(() => expect(told).toHaveLength(1));
    const name = player === "pacat" ? "pulseaudio-utils" : "alsa-utils";
    expect(told).toMatchObject([{ code: "not-found", message: expect.stringContaining(`Install ${name}`) as string }]);
  });

  test("a device that is not there is not found, in the program's words", async () => {
    await programs.add(player, "echo 'Stream error: No such entity' >&2; exit 1");
    const { errors, devices } = open(player);
    await soon(() => expect(errors).toHaveLength(1));
    expect(devices).toEqual([]);
    expect(errors).toMatchObject([
      { code: "not-found", message: expect.stringContaining("It says: Stream error: No such entity.") as string },
    ]);
  });

  test("a program that ends later is a lost speaker", async () => {
    await programs.add(player, "read line; echo unplugged >&2; exit 1");
    const { speaker, errors } = await opened(player);
    speaker.write(new Int16Array(480).fill(0x0a0a));
    await soon(() => expect(errors).toHaveLength(1));
    expect(errors).toMatchObject([{ code: "lost", message: expect.stringContaining("unplugged") as string }]);
  });

  test("a program that takes no sound for a second is lost, and ended though it does not listen", async () => {
    await programs.add(player, "trap '' TERM; while :; do sleep 0.05; done");
    const { speaker, errors } = await opened(player);
    const pid = await started(player, 1);
    for (let index = 0; index < 300 && errors.length === 0; index++) speaker.write(new Int16Array(480));
    expect(errors).toMatchObject([{ code: "lost", message: `The speaker ${player} has taken no sound for a second.` }]);
    await soon(() => expect(isRunning(pid)).toBe(false));
  });

  test("unsubscribing ends the program", async () => {
    await programs.add(player, INTO_FILE);
    const { speaker, subscription, errors } = await opened(player);
    speaker.write(new Int16Array(480));
    const pid = await started(player, 1);
    subscription.unsubscribe();
    await soon(() => expect(isRunning(pid)).toBe(false));
    expect(errors).toEqual([]);
  });
});
