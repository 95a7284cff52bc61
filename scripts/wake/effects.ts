import type { Random } from "./random.ts";
import { type Sound, samplesIn, silence } from "./sound.ts";

/** As a room returns it: echoes that have died away by 60 dB after `rt60Ms`, `wetDb` louder than the voice itself. */
export function inRoom(sound: Sound, rt60Ms: number, wetDb: number, random: Random): Sound {
  // One echo a millisecond, at a random place and with a random sign: it sounds like a room and costs little.
  const echoes = Array.from({ length: Math.floor(rt60Ms) - 2 }, (_, ms) => ({
    delay: samplesIn(ms + 2 + random.next()),
    gain: (random.next() < 0.5 ? -1 : 1) * 10 ** ((-3 * ms) / rt60Ms),
  }));
  const power = echoes.reduce((sum, { gain }) => sum + gain * gain, 0);
  const wet = 10 ** (wetDb / 20) / Math.sqrt(power);
  const room = sound.slice();
  for (const { delay, gain } of echoes) {
    const factor = gain * wet;
    for (let i = delay; i < room.length; i++) room[i] = (room[i] ?? 0) + factor * (sound[i - delay] ?? 0);
  }
  return room;
}

/** Slower (above 1) or faster at the same pitch, by overlapping pieces of 30 ms where they fit best. */
export function stretched(sound: Sound, factor: number): Sound {
  const [hop, reach] = [samplesIn(15), samplesIn(5)];
  const longer = new Float32Array(Math.floor(sound.length * factor));
  let natural = 0;
  for (let at = 0; at + 2 * hop < longer.length; at += hop) {
    const wanted = Math.floor(at / factor);
    const from = at === 0 ? 0 : bestFit(sound, natural, Math.max(0, wanted - reach), wanted + reach, hop);
    for (let i = 0; i < 2 * hop; i++) {
      const weight = 0.5 - 0.5 * Math.cos((Math.PI * i) / hop);
      longer[at + i] = (longer[at + i] ?? 0) + weight * (sound[from + i] ?? 0);
    }
    natural = from + hop;
  }
  return longer;
}

/** Where between `low` and `high` the sound goes on most as it does at `natural`. */
function bestFit(sound: Sound, natural: number, low: number, high: number, length: number): number {
  let [best, highest] = [low, -Infinity];
  for (let from = low; from <= high; from += 2) {
    let likeness = 0;
    for (let i = 0; i < length; i += 2) likeness += (sound[natural + i] ?? 0) * (sound[from + i] ?? 0);
    if (likeness > highest) [best, highest] = [from, likeness];
  }
  return best;
}

/** Without what lies above `highHz`, and below `lowHz` if given: a telephone, or a recording that had 8 kHz. */
export function bandLimited(sound: Sound, highHz: number, lowHz?: number): Sound {
  const low = secondOrder(secondOrder(sound, highHz, "low"), highHz, "low");
  return lowHz === undefined ? low : secondOrder(low, lowHz, "high");
}

/** A Butterworth filter of second order. */
function secondOrder(sound: Sound, cutHz: number, pass: "low" | "high"): Sound {
  const turn = (2 * Math.PI * cutHz) / samplesIn(1000);
  const [cosine, alpha] = [Math.cos(turn), Math.sin(turn) / Math.SQRT2];
  const scale = 1 + alpha;
  const outer = (pass === "low" ? 1 - cosine : 1 + cosine) / 2 / scale;
  const inner = (pass === "low" ? 2 : -2) * outer;
  const [back1, back2] = [(-2 * cosine) / scale, (1 - alpha) / scale];
  let [x1, x2, y1, y2] = [0, 0, 0, 0];
  return sound.map((x) => {
    const y = outer * (x + x2) + inner * x1 - back1 * y1 - back2 * y2;
    [x2, x1, y2, y1] = [x1, x, y1, y];
    return y;
  });
}

/** Several people at once, as loud as each other. */
export function babble(speech: readonly Sound[], samples: number, random: Random): Sound {
  const crowd = new Float32Array(samples);
  for (let voice = 0; voice < 6; voice++) {
    const talk = random.pick(speech);
    const from = Math.floor(random.next() * talk.length);
    const gain = 1000 / Math.sqrt(talk.reduce((sum, x) => sum + x * x, 1) / talk.length);
    for (let i = 0; i < samples; i++) crowd[i] = (crowd[i] ?? 0) + gain * (talk[(from + i) % talk.length] ?? 0);
  }
  return crowd;
}

/** Chords, a tune and a drum: something like a radio's music. */
export function musicLike(ms: number, random: Random): Sound {
  const music = silence(ms);
  const beat = samplesIn(random.between(180, 500));
  const root = random.between(80, 240);
  for (let at = 0; at < music.length; at += beat) {
    const degrees = [0, random.pick([3, 4]), 7, random.pick([12, 14, 16, 17, 19])];
    for (const degree of degrees) addTone(music, at, 2 * beat, root * 2 ** (degree / 12), random);
    if (random.next() < 0.6) addDrum(music, at, random);
  }
  return music;
}

function addTone(music: Sound, at: number, length: number, hz: number, random: Random): void {
  const bright = random.between(0.3, 0.8);
  const end = Math.min(music.length, at + length);
  for (let harmonic = 1; harmonic <= 8; harmonic++) {
    const turn = (2 * Math.PI * hz * harmonic) / samplesIn(1000);
    const gain = 1500 * bright ** (harmonic - 1);
    for (let i = at; i < end; i++) {
      music[i] = (music[i] ?? 0) + gain * (1 - (i - at) / length) * Math.sin(turn * (i - at));
    }
  }
}

function addDrum(music: Sound, at: number, random: Random): void {
  const length = samplesIn(random.between(30, 150));
  for (let i = at; i < Math.min(music.length, at + length); i++) {
    music[i] = (music[i] ?? 0) + 6000 * (random.next() * 2 - 1) * (1 - (i - at) / length) ** 3;
  }
}
