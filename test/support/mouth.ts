import { defer, merge, mergeMap, Subject } from "rxjs";

import { type AudioFrame, FRAME_MS, FRAME_SAMPLES } from "../../src/audio/audio-frame.ts";
import type { Microphone } from "../../src/audio/microphone.ts";
import { paced } from "../../src/audio/paced.ts";
import { type NoiseState, nextNoise } from "../../vehicle-sim/driver/noise.ts";
import { randomStream } from "../../vehicle-sim/random.ts";

export interface Manner {
  /** Without the noise that every microphone has: for digital silence. */
  readonly bare?: boolean;
  /** How many times faster than it was spoken; by default as fast as the mouth speaks now. */
  readonly speed?: number;
}

/** A microphone, and the hand that plays sound into it. */
export interface Mouth {
  readonly microphone: Microphone;
  /** Plays 16 kHz sound after what is being played already. Resolves when the microphone has heard all of it. */
  play(pcm: Int16Array, manner?: Manner): Promise<void>;
  /** The device fails, and what was still to be played is lost. Whoever opens it anew has it back. */
  unplug(error: Error): void;
}

interface Sound {
  readonly pcm: Int16Array;
  readonly manner: Manner;
  readonly heard: () => void;
  at: number;
}

/** Between sounds the microphone hears a quiet room, in real time. */
export function mouth(speed: () => number): Mouth {
  const sounds: Sound[] = [];
  let failed$ = new Subject<never>();
  let noise: NoiseState = { random: randomStream(1, "room"), rumble: 0 };

  const nextFrame = (): Int16Array => {
    const room = nextNoise(noise, FRAME_SAMPLES, 0);
    noise = room.state;
    const [sound] = sounds;
    if (sound === undefined) return mixed(room.pcm);
    const piece = sound.pcm.subarray(sound.at, sound.at + FRAME_SAMPLES);
    sound.at += FRAME_SAMPLES;
    if (sound.at >= sound.pcm.length) sounds.shift()?.heard();
    return mixed(sound.manner.bare === true ? new Float32Array(FRAME_SAMPLES) : room.pcm, piece);
  };
  const nextFrames = (): readonly AudioFrame[] => {
    const [sound] = sounds;
    const count = sound === undefined ? 1 : (sound.manner.speed ?? speed());
    const now = performance.now();
    const capturedAt = (index: number): number => now - (count - 1 - index) * FRAME_MS;
    return Array.from({ length: count }, (_, index) => ({ pcm: nextFrame(), capturedAt: capturedAt(index) }));
  };
  const frames$ = paced(() => "tick", "real-time").pipe(mergeMap(nextFrames));
  return {
    microphone: { name: "mouth", frames$: defer(() => merge(frames$, (failed$ = new Subject<never>()))) },
    play: (pcm, manner = {}) =>
      new Promise((heard) => {
        sounds.push({ pcm, manner, heard, at: 0 });
      }),
    unplug: (error) => {
      for (const sound of sounds.splice(0)) sound.heard();
      failed$.error(error);
    },
  };
}

function mixed(noise: Float32Array, pcm?: Int16Array): Int16Array {
  return Int16Array.from(noise, (sample, at) =>
    Math.max(-32_768, Math.min(32_767, Math.round(sample + (pcm?.[at] ?? 0)))),
  );
}
