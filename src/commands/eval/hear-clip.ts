import { FRAME_SAMPLES, MIC_RATE_HZ } from "../../audio/audio-frame.ts";
import type { Hearing } from "../../engine/hear/hearing.ts";

/** One utterance that the ear reported. */
export interface HeardText {
  readonly text: string;
  readonly rejected: boolean;
  readonly score: number;
  /** When its end was decided, in milliseconds of audio. */
  readonly atMs: number;
  /** What the decision cost: the measured work on an average frame of the ear, in milliseconds. */
  readonly workMs: number;
}

const SAMPLES_PER_MS = MIC_RATE_HZ / 1_000;
/** The ear keeps half a minute of audio waiting; more at once would be dropped. */
const MAX_PIECE_SAMPLES = 20 * MIC_RATE_HZ;
/** A piece is as long as several frames of the microphone (20 ms) and of the ear (32 ms). */
const UNIT_SAMPLES = 2_560;
const UNITS_TO_CHOOSE_FROM = 30;
const EAR_FRAME_MS = 32;

/**
 * Plays a whole clip of 16 kHz to an ear that has heard nothing yet, in frames of 20 ms, as fast as it hears. Clips of
 * more than 20 s are cut where they are quietest. The ear is asked once in each piece, and may answer with nothing.
 * Rejects with the ear's sentence when it fails.
 */
export async function hearClip(hearing: Hearing, pcm: Int16Array): Promise<readonly HeardText[]> {
  const heard: HeardText[] = [];
  let samples = 0;
  for (const piece of piecesOf(pcm)) {
    samples += piece.length;
    heard.push(...(await hearPiece(hearing, piece, samples / SAMPLES_PER_MS)));
  }
  return heard;
}

/** Over when the ear answers `commit`, which it does when everything before it has been heard. */
function hearPiece(hearing: Hearing, piece: Int16Array, endMs: number): Promise<readonly HeardText[]> {
  const begun = performance.now();
  return new Promise((resolve, reject) => {
    const heard: Omit<HeardText, "workMs">[] = [];
    let atMs = 0;
    const listening = hearing.events$.subscribe({
      error: reject,
      next: (event) => {
        if (event.type === "failed") reject(new Error(event.reason));
        if (event.type === "speech-stopped") atMs = event.atMs;
        if (event.type !== "heard") return;
        heard.push({ ...event, atMs });
        if (atMs < endMs) return;
        listening.unsubscribe();
        const workMs = ((performance.now() - begun) * EAR_FRAME_MS * SAMPLES_PER_MS) / piece.length;
        resolve(heard.map((utterance) => ({ ...utterance, workMs })));
      },
    });
    for (let at = 0; at < piece.length; at += FRAME_SAMPLES) hearing.append(piece.subarray(at, at + FRAME_SAMPLES));
    hearing.commit();
  });
}

/** Whole units, the last one filled up with zeros; a long clip is cut at the quietest of the last units of a piece. */
export function piecesOf(pcm: Int16Array): readonly Int16Array[] {
  const pieces: Int16Array[] = [];
  let rest = wholeUnits(pcm);
  while (rest.length > MAX_PIECE_SAMPLES) {
    const cut = quietestUnit(rest.subarray(0, MAX_PIECE_SAMPLES));
    pieces.push(rest.subarray(0, cut));
    rest = rest.subarray(cut);
  }
  return [...pieces, rest];
}

function wholeUnits(pcm: Int16Array): Int16Array {
  const whole = new Int16Array(Math.ceil(pcm.length / UNIT_SAMPLES) * UNIT_SAMPLES);
  whole.set(pcm);
  return whole;
}

/** Where the quietest of the last units ends. */
function quietestUnit(piece: Int16Array): number {
  const ends = Array.from({ length: UNITS_TO_CHOOSE_FROM }, (_, index) => piece.length - index * UNIT_SAMPLES);
  const levelAt = (end: number): number =>
    piece.subarray(end - UNIT_SAMPLES, end).reduce((sum, sample) => sum + Math.abs(sample), 0);
  return ends.reduce((best, end) => (levelAt(end) < levelAt(best) ? end : best));
}
