import type { TurnResult } from "./run-turns.ts";

/** What `--json` writes. */
export interface DriveSummary {
  readonly scenario: string;
  readonly seed: number;
  readonly wake: { readonly word: string };
  readonly turns: readonly TurnResult[];
  readonly passed: number;
  readonly failed: number;
  readonly audioBytesBeforeWake: number;
  readonly preRollBytes: number;
}

export function summaryOf(
  of: { readonly scenario: string; readonly seed: number; readonly word: string },
  turns: readonly TurnResult[],
  audioBytesBeforeWake: number,
): DriveSummary {
  const passed = turns.filter(({ ok }) => ok).length;
  const preRollBytes = turns.reduce((sum, turn) => sum + turn.preRollBytes, 0);
  const { scenario, seed, word } = of;
  const failed = turns.length - passed;
  return { scenario, seed, wake: { word }, turns, passed, failed, audioBytesBeforeWake, preRollBytes };
}

/** The last lines of a drive, for a person. */
export function summaryText({ turns, passed, failed, audioBytesBeforeWake, preRollBytes }: DriveSummary): string {
  const latencies = turns
    .flatMap(({ endOfSpeechToFirstAudioMs: ms }) => (ms === null ? [] : [ms]))
    .sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.min(latencies.length - 1, Math.floor(share * latencies.length))] ?? 0;
  return [
    `${passed} of ${turns.length} turns passed${failed > 0 ? `, ${failed} failed` : ""}.`,
    `End of speech to first sound: median ${at(0.5)} ms, slowest ${latencies.at(-1) ?? 0} ms (${latencies.length} turns).`,
    `Microphone audio sent before a wake: ${audioBytesBeforeWake} bytes (pre-roll, counted apart: ${preRollBytes}).`,
  ].join("\n");
}
