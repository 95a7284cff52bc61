import { BANDS, type Bands } from "./band-powers.ts";

/** How long after it was played our voice may still be heard. */
export const ECHO_MS = 340;
/** Times are told apart this finely. */
export const STEP_MS = 20;
export const STEPS = ECHO_MS / STEP_MS;

/** What was played 0, 20, 40 … ms before a frame, `STEPS` of them. */
export type Played = readonly Bands[];

/**
 * How much of what was played comes back, for each delay and band: delay, coupling and reverberation in one. Learnt by
 * Richardson-Lucy steps over the last seconds of sound, which need neither step size nor sign.
 */
export interface EchoModel {
  readonly gains: readonly Bands[];
  /** What explains the gains: fading sums of evidence for each of them, and of the chances it had to show. */
  readonly evidence: readonly Bands[];
  readonly chances: readonly Bands[];
}

const LEARNING = {
  /** A loudspeaker beside the microphone; until something else is learnt, all may be echo. */
  firstGain: 0.05,
  /** How much sound outweighs the first guess, in steps. */
  firstWeight: 1,
  /** The last second of sound counts most. */
  keeps: 0.985,
  /** So many times the power that was expected counts, at most. */
  mostSurprise: 4,
  /** The same of what is taken for somebody else: they are not learnt, an amplifier that was turned up is in the end. */
  mostStrange: 1.2,
} as const;

export function unlearnt(): EchoModel {
  const filled = (value: number): readonly Bands[] =>
    Array.from({ length: STEPS }, () => new Float64Array(BANDS).fill(value));
  const { firstGain, firstWeight } = LEARNING;
  return { gains: filled(firstGain), evidence: filled(firstGain * firstWeight), chances: filled(firstWeight) };
}

/** The power that comes back in each band. */
export function echoOf({ gains }: EchoModel, played: Played): Bands {
  const echo = new Float64Array(BANDS);
  for (const [step, powers] of played.entries()) {
    for (let band = 0; band < BANDS; band++) echo[band] = at(echo, band) + at(gains[step], band) * at(powers, band);
  }
  return echo;
}

/** Learns from a frame in which `heard` was heard, where `expected` (echo and noise) was; by somebody else, if `strange`. */
export function learnt(model: EchoModel, played: Played, heard: Bands, expected: Bands, strange: boolean): EchoModel {
  const { gains, evidence, chances } = model;
  const { keeps, mostSurprise, mostStrange } = LEARNING;
  const most = strange ? mostStrange : mostSurprise;
  const surprise = heard.map((power, band) => Math.min(most, power / (at(expected, band) + 1)));
  const shares = played.map((powers) => powers.map((power, band) => power / (at(expected, band) + 1)));
  const seen = evidence.map((old, step) =>
    old.map((value, band) => keeps * value + at(gains[step], band) * at(shares[step], band) * at(surprise, band)),
  );
  const had = chances.map((old, step) => old.map((value, band) => keeps * value + at(shares[step], band)));
  return {
    gains: seen.map((values, step) =>
      values.map((value, band) => Math.max(1e-7, value / (at(had[step], band) + 1e-9))),
    ),
    evidence: seen,
    chances: had,
  };
}

function at(bands: Bands | undefined, band: number): number {
  return bands?.[band] ?? 0;
}
