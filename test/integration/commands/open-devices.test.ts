import { Writable } from "node:stream";
import { firstValueFrom } from "rxjs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import type { Outage } from "../../../src/audio/outages.ts";
import type { SpeakerPackage } from "../../../src/audio/speaker-device.ts";
import { openMicrophone } from "../../../src/commands/open-microphone.ts";
import { openSpeaker, type SpeakerConfig } from "../../../src/commands/open-speaker.ts";
import { loadConfig } from "../../../src/config/load.ts";
import { type FakePrograms, fakePrograms } from "../../support/programs.ts";
import { soon } from "../../support/soon.ts";

/** A card that takes everything. */
class SilentCard extends Writable {
  override _write(_bytes: Buffer, _encoding: string, done: () => void): void {
    done();
  }
  close(): void {
    this.destroy();
  }
}

const AUDIO = loadConfig(undefined, {}).audio;
const ignore = (): void => undefined;
const noPackage = (): Promise<SpeakerPackage> => Promise.reject(new Error("Cannot find package 'speaker'"));

let programs: FakePrograms;
/** Only what the test has added is installed. */
let alone: Readonly<Record<string, string>>;

beforeEach(async () => {
  programs = await fakePrograms();
  alone = { PATH: programs.path("") };
});
afterEach(() => programs.close());

const install = async (...names: readonly string[]): Promise<void> => {
  for (const name of names) await programs.add(name, "exit 0");
};

describe("openMicrophone", () => {
  const chosen = async (audio: Partial<typeof AUDIO> = {}): Promise<string> =>
    (await openMicrophone({ ...AUDIO, ...audio }, alone, ignore)).name;

  test("parec where a sound server answers", async () => {
    await install("parec", "pactl", "arecord", "sox");
    expect(await chosen()).toBe("parec");
    expect(await chosen({ microphone: "alsa_input.usb" })).toBe("parec alsa_input.usb");
  });

  test("arecord where none does, and sox where that is all there is", async () => {
    await install("parec", "sox");
    await programs.add("pactl", "exit 1");
    expect(await chosen()).toBe("sox");
    await install("arecord");
    expect(await chosen()).toBe("arecord");
  });

  test("the one that is configured, whatever is installed", async () => {
    await install("parec", "pactl");
    expect(await chosen({ recorder: "arecord", microphone: "hw:1,0" })).toBe("arecord hw:1,0");
  });

  test("a WAV file stands for a microphone", async () => expect(await chosen({ microphone: "a.wav" })).toBe("a.wav"));

  test("nothing that records, or only something that has nobody to ask", async () => {
    await expect(chosen()).rejects.toMatchObject({
      name: "AudioDeviceError",
      message: expect.stringMatching(/alsa-utils.*pulseaudio-utils/) as string,
    });
    await install("parec");
    await expect(chosen()).rejects.toMatchObject({ message: expect.stringContaining("pactl info") as string });
  });
});

describe("openSpeaker", () => {
  const open = (audio: Partial<SpeakerConfig>, tell: (outage: Outage) => void = ignore, load = noPackage) =>
    openSpeaker({ ...AUDIO, ...audio }, alone, tell, load);
  const runs = "exec /usr/bin/sleep 60";
  const nameOf = async (audio: Partial<SpeakerConfig>): Promise<string> =>
    (await firstValueFrom(open({ speaker: "device", ...audio }))).name;

  test("pacat where a sound server answers, else aplay", async () => {
    await programs.add("aplay", runs);
    await programs.add("pacat", runs);
    expect(await nameOf({})).toBe("aplay");
    await install("pactl");
    expect(await nameOf({ output: "car_speakers" })).toBe("pacat car_speakers");
    expect(await nameOf({ player: "aplay", output: "hw:0,0" })).toBe("aplay hw:0,0");
  });

  test("the package where no program is", async () => {
    const load = () => Promise.resolve({ default: SilentCard } as unknown as SpeakerPackage);
    const device$ = open({ speaker: "device" }, ignore, load);
    expect((await firstValueFrom(device$)).name).toBe("speaker");
    await programs.add("aplay", runs);
    expect((await firstValueFrom(open({ speaker: "device" }, ignore, load))).name).toBe("aplay");
  });

  test("one that is insisted on and is not there", async () => {
    await expect(nameOf({})).rejects.toMatchObject({ code: "not-found" });
    await expect(nameOf({ player: "speaker" })).rejects.toMatchObject({ code: "not-found" });
    await programs.add("aplay", "exit 1");
    await expect(nameOf({})).rejects.toMatchObject({ code: "not-found" });
  });

  test("without one, auto does without and says so once", async () => {
    const told: Outage[] = [];
    const device = await firstValueFrom(open({ speaker: "auto" }, (outage) => told.push(outage)));
    device.write(new Int16Array(480));
    expect(device.name).toBe("null");
    expect(told).toMatchObject([{ out: true, message: expect.stringMatching(/pacat.*not audible/) as string }]);
  });

  test("one that appears later is used", async () => {
    await programs.add("aplay", "exit 1");
    const told: Outage[] = [];
    const subscription = open({ speaker: "auto" }, (outage) => told.push(outage)).subscribe();
    await soon(() => expect(told).toMatchObject([{ out: true }]));
    await programs.add("aplay", runs);
    await soon(() => expect(told).toMatchObject([{ out: true }, { out: false }]));
    subscription.unsubscribe();
  });

  test("none is none", async () => {
    await programs.add("aplay", runs);
    expect((await firstValueFrom(open({ speaker: "none" }))).name).toBe("null");
    expect(await programs.calls("aplay")).toEqual([]);
  });
});
