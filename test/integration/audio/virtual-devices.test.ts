import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { merge, type Subscription, tap } from "rxjs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { MIC_RATE_HZ, SPEAKER_RATE_HZ } from "../../../src/audio/audio-frame.ts";
import { playerSpeaker } from "../../../src/audio/player-speaker.ts";
import { recorderMicrophone } from "../../../src/audio/recorder-microphone.ts";
import type { SpeakerDevice } from "../../../src/audio/speaker.ts";
import { PAREC, PULSEAUDIO, type Pulse, startPulse } from "../../support/pulse.ts";
import { haveOrSkip } from "../../support/require-or-skip.ts";
import { soon } from "../../support/soon.ts";

const needs = [PULSEAUDIO, PAREC, "/usr/bin/arecord", "/usr/bin/aplay"];
const TONE_HZ = 500;
const MARK_HZ = 1_000;

/** What the driver's microphone hears, so that whoever plays into it can be recorded from it. */
const PAIRS = [
  { player: "pacat", recorder: "parec", output: "mic_feed", microphone: undefined },
  { player: "aplay", recorder: "arecord", output: "feed", microphone: "cabin" },
] as const;

describe.skipIf(!needs.every(haveOrSkip))("the real programs on a sound server's virtual devices", () => {
  let pulse: Pulse;
  let environment: Readonly<Record<string, string>>;

  beforeAll(async () => {
    pulse = await startPulse();
    const config = join(pulse.environment.HOME, "asound.conf");
    const device = (name: string, of: string) => `pcm.${name} { type pulse device ${of} }\n`;
    writeFileSync(config, `</usr/share/alsa/alsa.conf>\n${device("feed", "mic_feed")}${device("cabin", "virtmic")}`);
    environment = { ...pulse.environment, ALSA_CONFIG_PATH: config };
  });

  afterAll(() => pulse.close());

  test.for(PAIRS)(
    "$recorder records what $player plays, and silence after a flush",
    { timeout: 60_000 },
    async (pair) => {
      const { player, recorder, output, microphone } = pair;
      const heard: Int16Array[] = [];
      const devices: SpeakerDevice[] = [];
      const errors: unknown[] = [];
      const frames$ = recorderMicrophone({ recorder, device: microphone, environment }).frames$;
      const running: Subscription = merge(
        frames$.pipe(tap(({ pcm }) => heard.push(pcm))),
        playerSpeaker({ player, device: output, environment, settledMs: 200 }).pipe(
          tap((opened) => devices.push(opened)),
        ),
      ).subscribe({ error: (error: unknown) => errors.push(error) });
      await soon(() => expect([heard.length > 0, devices.length > 0, errors]).toEqual([true, true, []]));
      const [speaker] = devices;

      speaker?.write(tone(TONE_HZ, 500));
      await soon(() => expect(heard.filter(isTone(TONE_HZ)).length).toBeGreaterThanOrEqual(20));
      await soon(() => expect(peakOf(heard.at(-1) ?? tone(TONE_HZ, 20))).toBe(0));

      // What is taken back at once is not heard, what comes next is.
      const before = heard.length;
      speaker?.write(tone(TONE_HZ, 900));
      speaker?.flush();
      speaker?.write(tone(MARK_HZ, 300));
      await soon(() => expect(heard.slice(before).filter(isTone(MARK_HZ)).length).toBeGreaterThanOrEqual(10));
      expect(heard.slice(before).filter(isTone(TONE_HZ)).length).toBeLessThan(10);
      running.unsubscribe();
      expect(errors).toEqual([]);
    },
  );
});

function tone(hz: number, ms: number): Int16Array {
  const samples = (ms * SPEAKER_RATE_HZ) / 1_000;
  return Int16Array.from({ length: samples }, (_, index) =>
    Math.round(9_000 * Math.sin((2 * Math.PI * hz * index) / SPEAKER_RATE_HZ)),
  );
}

const isTone =
  (hz: number) =>
  (pcm: Int16Array): boolean =>
    Math.abs(pitchOf(pcm) - hz) <= 50 && peakOf(pcm) > 5_000;

/** By counting how often the sound crosses zero upwards. */
function pitchOf(pcm: Int16Array): number {
  const crossings = pcm.filter((sample, index) => sample >= 0 && (pcm[index - 1] ?? 0) < 0).length;
  return (crossings * MIC_RATE_HZ) / pcm.length;
}

function peakOf(pcm: Int16Array): number {
  return pcm.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0);
}
