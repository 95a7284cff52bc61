import { concat, NEVER, Observable, of, throwError } from "rxjs";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { AudioDeviceError } from "../../../../src/audio/audio-device-error.ts";
import type { AudioFrame } from "../../../../src/audio/audio-frame.ts";
import type { Speaker } from "../../../../src/audio/speaker.ts";
import { echo } from "../../../../src/commands/doctor/checks/echo.ts";
import { microphone } from "../../../../src/commands/doctor/checks/microphone.ts";
import { speaker } from "../../../../src/commands/doctor/checks/speaker.ts";
import { readSoundServer } from "../../../../src/commands/doctor/probes/sound-server.ts";
import { configWith, findingOf, read, sceneOf } from "./scene-of.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("microphone", () => {
  const frames = (value: (index: number) => number): Observable<AudioFrame> =>
    concat(
      of(
        ...Array.from({ length: 60 }, () => ({
          pcm: Int16Array.from({ length: 320 }, (_, i) => value(i)),
          capturedAt: 0,
        })),
      ),
      NEVER,
    );
  const hearing = (frames$: Observable<AudioFrame>, parts = {}) =>
    read(microphone(sceneOf({ microphone: () => Promise.resolve({ name: "m", frames$ }), ...parts })));

  test("sound is told by its level", async () => {
    expect(await hearing(frames((i) => (i % 2 ? 3277 : -3277)))).toBe('ok: "default" hears -20 dBFS on average');
  });

  test("zeros are a muted microphone", async () => {
    expect(await hearing(frames(() => 0))).toMatch(/^warn: .*nothing but zeros for 1\.0 s: muted\? \| .*amixer/);
  });

  test("clipping is a gain that is too high; a knock is not", async () => {
    expect(await hearing(frames((i) => (i % 10 === 0 ? -32768 : 500)))).toMatch(
      /^warn: .*10\.0 % of the samples are clipped/,
    );
    let knocks = 0;
    expect(await hearing(frames((i) => (i === 0 && knocks++ === 0 ? 32767 : 500)))).toMatch(/^ok/);
  });

  test("a device that gives nothing for three and a half seconds is missed, and closed", async () => {
    const closed = vi.fn();
    const finding = findingOf(
      microphone(sceneOf({ microphone: () => Promise.resolve({ name: "m", frames$: new Observable(() => closed) }) })),
    );
    await vi.advanceTimersByTimeAsync(3_499);
    expect(closed).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(await finding).toMatchObject({
      status: "fail",
      exit: 3,
      found: expect.stringContaining("no sound for 3.5 s") as string,
    });
    expect(closed).toHaveBeenCalled();
  });

  test("without any recorder the package to install is named", async () => {
    const frames$ = throwError(() => new AudioDeviceError("not-found", "Cannot start arecord"));
    expect(await hearing(frames$, { programs: () => [] })).toMatch(/^fail: no program that records.* \| .*alsa-utils/);
    expect(await hearing(frames$)).toMatch(/^fail: Cannot start arecord \| .*arecord -L/);
  });

  test("of ALSA's many lines the last is shown", async () => {
    const message =
      "The microphone arecord ended with code 1. It says: ALSA lib conf.c\nALSA lib pcm.c\narecord: no such device";
    const frames$ = throwError(() => new AudioDeviceError("not-found", message));
    expect(await hearing(frames$)).toContain(
      "fail: The microphone arecord ended with code 1. It says: arecord: no such device |",
    );
  });

  test("a recording that cannot be read is a mistake of the configuration", async () => {
    const frames$ = throwError(() => new AudioDeviceError("bad-file", "x.wav: no such file"));
    const scene = sceneOf({
      config: configWith({ "audio.microphone": "x.wav" }),
      microphone: () => Promise.resolve({ name: "m", frames$ }),
    });
    expect(await findingOf(microphone(scene))).toMatchObject({ exit: 2 });
  });
});

describe("speaker", () => {
  function deviceThat(fails?: AudioDeviceError): {
    written: Int16Array[];
    closed: ReturnType<typeof vi.fn>;
    speaker: () => Speaker;
  } {
    const written: Int16Array[] = [];
    const closed = vi.fn();
    const speaker = () =>
      new Observable<never>((subscriber) => {
        const device = {
          name: "card",
          latencyMs: 0,
          write: (pcm: Int16Array) => void written.push(pcm),
          flush: () => undefined,
        };
        subscriber.next(device as never);
        if (fails) subscriber.error(fails);
        return closed;
      }) as Speaker;
    return { written, closed, speaker };
  }

  test("is given silence, and closed", async () => {
    const { written, closed, speaker: open } = deviceThat();
    const finding = findingOf(speaker(sceneOf({ speaker: open })));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await finding).toMatchObject({ status: "ok" });
    expect(written.length).toBeGreaterThan(0);
    expect(written.every((pcm) => pcm.every((sample) => sample === 0))).toBe(true);
    expect(closed).toHaveBeenCalledOnce();
  });

  test("beeps only when asked, and not loudly", async () => {
    const { written, speaker: open } = deviceThat();
    const finding = read(speaker(sceneOf({ speaker: open, beep: true })));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await finding).toContain("did you hear it?");
    const peak = Math.max(...written.flatMap((pcm) => [...pcm]));
    expect(peak).toBeGreaterThan(1_000);
    expect(peak).toBeLessThan(10_000);
  });

  test("one that fails is a warning where there may be none, and a failure where it is insisted on", async () => {
    const { speaker: open } = deviceThat(new AudioDeviceError("not-found", "The speaker failed."));
    expect(await findingOf(speaker(sceneOf({ speaker: open })))).toMatchObject({ status: "warn" });
    const config = configWith({ "audio.speaker": "device" });
    expect(await findingOf(speaker(sceneOf({ speaker: open, config })))).toMatchObject({ status: "fail", exit: 3 });
    const none = configWith({ "audio.speaker": "none" });
    expect(await findingOf(speaker(sceneOf({ speaker: open, config: none })))).toMatchObject({ status: "skipped" });
  });
});

describe("echo", () => {
  const INFO =
    "Server Name: PulseAudio (on PipeWire 1.0.5)\nDefault Sink: echo_cancel_speaker\nDefault Source: echo_cancel_mic\n";
  const PLAIN = "1\talsa_input.pci\tPipeWire\ts16le 2ch 48000Hz\tIDLE\n";
  const MONITOR = "8\techo_cancel_speaker.monitor\tPipeWire\tfloat32le 1ch 32000Hz\tIDLE\n";
  const CANCELLED = `${PLAIN}${MONITOR}7\techo_cancel_mic\tPipeWire\tfloat32le 1ch 32000Hz\tIDLE\n`;
  const listening = (info: string, sources: string, keys = {}) =>
    read(
      echo(sceneOf({ config: configWith(keys), soundServer: () => Promise.resolve(readSoundServer(info, sources)) })),
    );

  test("a source that cancels echo, in use", async () => {
    expect(await listening(INFO, CANCELLED)).toBe("ok: PulseAudio (on PipeWire 1.0.5) cancels echo on echo_cancel_mic");
  });

  test("one that is there but not in use", async () => {
    const info = INFO.replace("echo_cancel_mic", "alsa_input.pci");
    expect(await listening(info, CANCELLED)).toMatch(
      /^warn: .*echo_cancel_mic, but alsa_input\.pci is used \| .*set-default-source echo_cancel_mic/,
    );
  });

  test("a source made by PulseAudio's module under any name", async () => {
    const info = INFO.replaceAll(/echo_cancel/g, "my");
    const sources = CANCELLED.replaceAll(/echo_cancel/g, "my").replaceAll(
      /(my_.*\t)PipeWire/g,
      "$1module-echo-cancel.c",
    );
    expect(await listening(info, sources)).toMatch(/^ok: .*my_mic/);
  });

  test("the right microphone, and a speaker whose sound it does not know", async () => {
    const info = INFO.replace("echo_cancel_speaker", "alsa_output.pci");
    expect(await listening(info, CANCELLED)).toMatch(/^warn: .*alsa_output\.pci is used \| .*set-default-sink/);
  });

  test("none, or no sound server at all: the recipe", async () => {
    expect(await listening(INFO, PLAIN)).toMatch(/^warn: .* \| .*module-echo-cancel/);
    expect(await read(echo(sceneOf()))).toMatch(
      /^warn: neither PulseAudio nor PipeWire runs.* \| .*module-echo-cancel/,
    );
  });

  test("no speaker, no echo", async () => {
    expect(await listening(INFO, PLAIN, { "audio.speaker": "none" })).toMatch(/^skipped/);
  });
});
