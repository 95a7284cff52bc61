import { VOICES, type Voice } from "../../src/engine/speak/speech.ts";
import { draw, drawBetween, type RandomStream, randomStream } from "../random.ts";

/** How one sentence is said. */
export interface Line {
  readonly index: number;
  /** The words in the order they are spoken; between two parts the driver takes a breath. */
  readonly parts: readonly string[];
  readonly breathMs: number;
  /** From being allowed to speak to speaking. */
  readonly pauseMs: number;
}

/** The sentence as it would be written. */
export function lineText({ parts }: Line): string {
  return parts.join(", ");
}

/** What the driver is to say: `after` a pause of so many milliseconds; with an `over`, at once. */
export interface SpokenTurn {
  readonly say: string;
  /** Whether the wake word comes first. Default: it does. */
  readonly wake?: boolean | undefined;
  readonly after?: number | undefined;
  readonly over?: number | undefined;
}

const PAUSE_MS = [400, 900] as const;
const BREATH_MS = [120, 350] as const;
/** How often the wake word and the wish come in one breath. */
const ONE_BREATH = 0.5;

/** The voice of a driver, by seed, so that seeds one after the other are different people. */
export function voiceOf(seed: number, voices: readonly Voice[] = VOICES): Voice {
  const order = ["rms", "awb", "slt", "kal16"] as const satisfies readonly Voice[];
  const choices = order.filter((voice) => voices.includes(voice));
  return choices[(((seed - 1) % choices.length) + choices.length) % choices.length] ?? order[0];
}

/** Every sentence of a drive with its manner of speaking: the same for the same seed. */
export function linesOf(
  turns: readonly SpokenTurn[],
  wakeWord: string,
  seed: number,
  pauseMs?: number,
): readonly Line[] {
  let random = randomStream(seed, "driver");
  const next = (from: (stream: RandomStream) => readonly [number, RandomStream]): number => {
    const [value, after] = from(random);
    random = after;
    return value;
  };
  return turns.map(({ say, after, over, wake = true }, index) => {
    const drawnPauseMs = next((stream) => drawBetween(stream, ...PAUSE_MS));
    const breathMs = Math.round(next((stream) => drawBetween(stream, ...BREATH_MS)));
    const woken = next(draw) < ONE_BREATH ? [`${wakeWord}, ${say}`] : [wakeWord, say];
    const ownPauseMs = over === undefined ? (pauseMs ?? Math.round(drawnPauseMs)) : 0;
    return { index, parts: wake ? woken : [say], breathMs, pauseMs: after ?? ownPauseMs };
  });
}
