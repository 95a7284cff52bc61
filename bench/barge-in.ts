import { filter, firstValueFrom, map, merge, type Observable, race, Subject, share, tap, timer, toArray } from "rxjs";
import { type AudioFrame, FRAME_MS, FRAME_SAMPLES, MIC_RATE_HZ, SPEAKER_RATE_HZ } from "../src/audio/audio-frame.ts";
import { activeSpeech, colouredNoise, mixAt, type NoiseColour } from "../src/audio/noise.ts";
import { paced } from "../src/audio/paced.ts";
import { type PlaybackCommand, type PlaybackEvent, playback } from "../src/audio/playback.ts";
import { joined } from "../src/audio/resample.ts";
import { openVoiceDetector } from "../src/engine/hear/open-voice-detector.ts";
import { openSpeech } from "../src/engine/speak/open-speech.ts";
import type { Speech, Voice } from "../src/engine/speak/speech.ts";
import { seededRandom } from "../src/shared/random.ts";
import { bargeIn } from "../src/turn/barge-in.ts";
import { markOwnVoice } from "../src/turn/echo-guard.ts";
import type { VoiceDetector, VoiceEvent } from "../src/turn/voice-detector.ts";
import { type Benchmark, type Figure, p50p95, percentile } from "./figures.ts";
import { type SoundingDevice, soundingDevice } from "./sounding-device.ts";

const VOICES: readonly Voice[] = ["rms", "awb", "slt", "kal16"];
const ORDERS = ["no, the other one", "close the window", "what is the weather"];
const NOISES = [
  { name: "quiet", colour: "pink", snrDb: 50 },
  { name: "brown 10 dB", colour: "brown", snrDb: 10 },
  { name: "pink 10 dB", colour: "pink", snrDb: 10 },
] as const;
const REPLY =
  "There is a charging station in twelve kilometres, on the right, after the bridge. It has four free places, and " +
  "you can have a coffee there. Shall I take you there now, or do you want to go on to the next one?";
const COUGH_MS = 110;
/** Of all items but the last: the interruption comes into the last but one, or the last. */
const ITEM_MS = 450;
/** The driver begins to speak here, a little later each time. */
const BEGINS_MS = 700;
/** A driver who was not noticed until then never is. */
const LONGEST_MS = 4_500;

/** A driver speaks over a reply, in real time: from the first sound at the microphone to the last one at the speaker. */
export const bargeInBench: Benchmark = {
  name: "barge-in",
  about: `a driver over a reply; ${VOICES.join(", ")}; quiet, brown and pink noise at 10 dB; decided on the machine`,
  run: async () => {
    const [speech, detector] = await Promise.all([openSpeech(), openVoiceDetector()]);
    try {
      const cabin = openCabin(detector);
      const reply = await spoken(speech, REPLY, "slt", SPEAKER_RATE_HZ);
      const nobody = { pcm: new Int16Array(2 * MIC_RATE_HZ), onsetSample: 0 };
      // The guard against our own echo learns from the first reply that there is none.
      await tried(cabin, reply.subarray(0, 1.5 * SPEAKER_RATE_HZ), nobody, 1);
      const cut: Trial[] = [];
      const coughed: Trial[] = [];
      for (const [index, scene] of scenes().entries()) {
        const driver = begun(await spoken(speech, scene.order, scene.voice, MIC_RATE_HZ));
        const trial = await tried(cabin, reply, noisy(driver, scene, index), 1 + (Math.floor(index / 3) % 3));
        cut.push({ ...trial, noise: scene.name });
        if (index % 4 > 0) continue;
        const cough = noisy(coughOf(driver), scene, index);
        coughed.push(await tried(cabin, reply.subarray(0, 2.5 * SPEAKER_RATE_HZ), cough, 1));
      }
      cabin.close();
      return figuresOf(cut, coughed);
    } finally {
      speech.close();
    }
  },
};

interface Scene {
  readonly order: string;
  readonly voice: Voice;
  readonly name: string;
  readonly colour: NoiseColour;
  readonly snrDb: number;
}

function scenes(): readonly Scene[] {
  return VOICES.flatMap((voice) => ORDERS.flatMap((order) => NOISES.map((noise) => ({ voice, order, ...noise }))));
}

async function spoken(speech: Speech, text: string, voice: Voice, rateHz: 16_000 | 24_000): Promise<Int16Array> {
  return joined(await firstValueFrom(speech.speak({ text, voice, rateHz }).pipe(toArray())));
}

/** From its first sound on: the first sample within 24 dB of its loudest. What is quieter is breath. */
function begun(pcm: Int16Array): Int16Array {
  const loudest = pcm.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  return pcm.subarray(pcm.findIndex((sample) => Math.abs(sample) > loudest / 16));
}

/** A piece of a voice, too short to be meant. */
function coughOf(driver: Int16Array): Int16Array {
  const samples = (COUGH_MS * MIC_RATE_HZ) / 1000;
  const loud = driver.subarray(MIC_RATE_HZ / 10, MIC_RATE_HZ / 10 + samples);
  return loud.map((sample, index) => sample * Math.min(1, (samples - index) / 320));
}

interface Heard {
  readonly pcm: Int16Array;
  /** Where the driver begins. */
  readonly onsetSample: number;
}

function noisy(driver: Int16Array, { colour, snrDb }: Scene, seed: number): Heard {
  const onsetSample = Math.round(((BEGINS_MS + seed * 7.3) * MIC_RATE_HZ) / 1000);
  const pcm = new Int16Array(onsetSample + driver.length + 3 * MIC_RATE_HZ);
  pcm.set(driver, onsetSample);
  const noise = colouredNoise(colour, pcm.length, seededRandom(seed, "cabin"));
  return { pcm: mixAt(pcm, noise, snrDb, activeSpeech(driver).level), onsetSample };
}

interface Trial {
  readonly noise?: string;
  /** From the driver's first sound; none when it was not noticed. */
  readonly pausedMs: number | undefined;
  /** The same in sound: how much had been heard of the driver. */
  readonly heardMs: number | undefined;
  readonly lastHandedMs: number | undefined;
  readonly decidedMs: number | undefined;
  readonly items: number;
  /** Between what was told of each item and what was heard of it, the worst of them. */
  readonly truncationMs: number | undefined;
  /** How long it was silent for nothing. */
  readonly heldMs: number | undefined;
  /** All of the reply is told as played, each sample once and in order. */
  readonly whole: boolean;
  /** Sounded more than once by the device, or not at all. */
  readonly strayMs: number;
}

/** What goes on from one reply to the next: the guard, which hears all that is played and all that is heard. */
interface Cabin {
  hear(frame: AudioFrame): void;
  played(event: PlaybackEvent): void;
  readonly voice$: Observable<VoiceEvent>;
  close(): void;
}

function openCabin(detector: VoiceDetector): Cabin {
  const frames$ = new Subject<AudioFrame>();
  const playback$ = new Subject<PlaybackEvent>();
  const listened$ = frames$.pipe(markOwnVoice(playback$), share());
  const guarding = listened$.subscribe();
  return {
    hear: (frame) => frames$.next(frame),
    played: (event) => playback$.next(event),
    voice$: detector.detect(listened$),
    close: () => guarding.unsubscribe(),
  };
}

async function tried(cabin: Cabin, reply: Int16Array, heard: Heard, items: number): Promise<Trial> {
  const device = soundingDevice();
  const commands$ = new Subject<PlaybackCommand>();
  const events$ = commands$.pipe(
    playback({ device }),
    tap((event) => {
      cabin.played(event);
      if (event.type === "played") played.push(event.block);
    }),
    share(),
  );
  const played: Int16Array[] = [];
  const times = new Map<string, number>();
  let onsetMs = Number.NaN;
  let latestMs = 0;
  let heardMs: number | undefined;
  const frames$ = microphone(heard, (ms) => {
    onsetMs = ms;
  });
  const listening = frames$.subscribe((frame) => {
    latestMs += FRAME_MS;
    cabin.hear(frame);
  });
  const conversation$ = bargeIn()({ voice$: cabin.voice$, playback$: events$ }).pipe(
    tap(({ type }) => {
      if (!times.has(type)) times.set(type, performance.now());
      if (type === "pause") heardMs ??= latestMs - (heard.onsetSample * 1000) / MIC_RATE_HZ;
      commands$.next({ type });
    }),
    filter(() => false),
  );
  const over$ = events$.pipe(filter(({ type }) => type === "finished" || type === "interrupted"));
  const trial = firstValueFrom(
    race(merge(over$, conversation$), timer(LONGEST_MS).pipe(map((): PlaybackEvent | undefined => undefined))),
  );
  enqueue(commands$, reply, items);
  const end = await trial;
  commands$.complete();
  listening.unsubscribe();
  const since = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : ms - onsetMs);
  const [paused, resumed] = [times.get("pause"), times.get("resume")];
  return {
    pausedMs: since(paused),
    heardMs,
    lastHandedMs: paused === undefined ? undefined : Math.max(0, device.lastWriteMs(paused) - onsetMs),
    decidedMs: since(times.get("interrupt")),
    items,
    truncationMs: end?.type === "interrupted" ? truncation(end, device, reply.length, items) : undefined,
    heldMs: paused === undefined || resumed === undefined ? undefined : resumed - paused,
    whole: end?.type === "finished" && isSame(joined(played), reply),
    strayMs: (Math.abs(device.sounded().length - reply.length) * 1000) / SPEAKER_RATE_HZ,
  };
}

/** The frames of a cabin in real time; tells when the sample with the driver's first sound was captured. */
function microphone({ pcm, onsetSample }: Heard, begin: (ms: number) => void): Observable<AudioFrame> {
  return paced((index) => {
    const [from, to] = [index * FRAME_SAMPLES, (index + 1) * FRAME_SAMPLES];
    if (to > pcm.length) return undefined;
    const capturedAt = performance.now();
    if (onsetSample >= from && onsetSample < to) begin(capturedAt - ((to - onsetSample) * 1000) / MIC_RATE_HZ);
    return { pcm: pcm.subarray(from, to), capturedAt };
  }, "real-time");
}

function enqueue(commands$: Subject<PlaybackCommand>, reply: Int16Array, items: number): void {
  const lengths = Array.from({ length: items - 1 }, () => (ITEM_MS * SPEAKER_RATE_HZ) / 1000);
  let from = 0;
  for (const [index, length] of [...lengths, reply.length].entries()) {
    const pcm = reply.subarray(from, from + length);
    from += length;
    commands$.next({ type: "enqueue", replyId: "reply", itemId: `item-${index}`, contentIndex: 0, pcm });
  }
  commands$.next({ type: "end-of-reply", replyId: "reply" });
}

function truncation(
  { items: told }: Extract<PlaybackEvent, { type: "interrupted" }>,
  device: SoundingDevice,
  length: number,
  items: number,
): number {
  const heardMs = (device.sounded().length * 1000) / SPEAKER_RATE_HZ;
  const errors = Array.from({ length: items }, (_, index) => {
    const fromMs = index * ITEM_MS;
    const lengthMs = index < items - 1 ? ITEM_MS : (length * 1000) / SPEAKER_RATE_HZ - fromMs;
    const trueMs = Math.min(lengthMs, Math.max(0, heardMs - fromMs));
    const toldMs = told.find(({ itemId }) => itemId === `item-${index}`)?.playedMs ?? lengthMs;
    return Math.abs(toldMs - trueMs);
  });
  return Math.max(...errors);
}

function isSame(one: Int16Array, other: Int16Array): boolean {
  return one.length === other.length && one.every((sample, index) => sample === other[index]);
}

function figuresOf(cut: readonly Trial[], coughed: readonly Trial[]): readonly Figure[] {
  const some = (values: readonly (number | undefined)[]): readonly number[] =>
    values.filter((value) => value !== undefined);
  const figure = (what: string, target: string, values: readonly number[], measured = p50p95(values)): Figure => ({
    what,
    target,
    measured,
    n: values.length,
  });
  const truncations = [1, 2, 3].map((items) =>
    some(cut.filter((trial) => trial.items === items).map(({ truncationMs }) => truncationMs)),
  );
  const held = some(coughed.map(({ heldMs }) => heldMs));
  const exact = coughed.filter(({ whole, heldMs }) => whole && heldMs !== undefined).length;
  return [
    figure("driver's first sound → reply paused, p50 / p95", "120 ms p95", some(cut.map(({ pausedMs }) => pausedMs))),
    ...NOISES.map(({ name }) =>
      figure(
        `… in sound alone, whatever the machine does, ${name}, p50 / p95`,
        "96 ms",
        some(cut.filter((one) => one.noise === name).map((one) => one.heardMs)),
      ),
    ),
    figure("… → last reply sample handed over, p50 / p95", "120 ms p95", some(cut.map((one) => one.lastHandedMs))),
    figure("… → turn taken, p50 / p95", "report", some(cut.map(({ decidedMs }) => decidedMs))),
    {
      what: "paused before anybody spoke",
      target: "0",
      measured: `${cut.filter(({ pausedMs = 0 }) => pausedMs < 0).length}`,
      n: cut.length,
    },
    {
      what: "the driver took the turn",
      target: "report",
      measured: `${cut.filter(({ decidedMs }) => decidedMs !== undefined).length}`,
      n: cut.length,
    },
    figure(
      "truncation error on 1 · 2 · 3 items, worst",
      "20 ms",
      truncations.flat(),
      truncations.map((errors) => percentile(errors, 1).toFixed(1)).join(" · ") + " ms",
    ),
    figure("a cough: silent for, p50 / p95", "2 s", held),
    {
      what: "… and went on with the same sample",
      target: "all",
      measured: `${exact} of ${held.length}`,
      n: held.length,
    },
  ];
}
