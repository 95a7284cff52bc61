import { Subject } from "rxjs";
import { describe, expect, test } from "vitest";

import { hearClip, piecesOf } from "../../../../src/commands/eval/hear-clip.ts";
import type { Hearing, HearingEvent } from "../../../../src/engine/hear/hearing.ts";

const SECOND = 16_000;

/** Tells of an utterance wherever a sample is loud, and answers a commit at the end of what it was given. */
function fakeHearing(onFrame?: (events$: Subject<HearingEvent>) => void) {
  const events$ = new Subject<HearingEvent>();
  const appended: number[] = [];
  let samples = 0;
  const say = (text: string): void => {
    const atMs = samples / 16;
    events$.next({ type: "speech-stopped", atMs, endOfSpeechMs: atMs });
    events$.next({ type: "heard", text, rejected: false, score: -30, confidence: 1 });
  };
  const hearing: Hearing = {
    events$,
    append(pcm) {
      appended.push(pcm.length);
      samples += pcm.length;
      onFrame?.(events$);
      if (pcm.some((sample) => sample === 9_999)) say(`utterance at ${samples / SECOND}`);
    },
    commit: () => say(""),
    clear: () => undefined,
    setGrammar: () => undefined,
    close: () => undefined,
  };
  return { hearing, appended };
}

function clip(seconds: number, ...loudAt: readonly number[]): Int16Array {
  const pcm = new Int16Array(seconds * SECOND);
  for (const at of loudAt) pcm[Math.round(at * SECOND)] = 9_999;
  return pcm;
}

describe("playing a clip to an ear", () => {
  test("brings every utterance with the time of its end", async () => {
    const { hearing, appended } = fakeHearing();
    const heard = await hearClip(hearing, clip(4, 1, 3));
    expect(heard).toMatchObject([
      { text: "utterance at 1.02", atMs: 1_020, score: -30 },
      { text: "utterance at 3.02", atMs: 3_020 },
      { text: "", atMs: 4_000 },
    ]);
    expect(new Set(appended)).toEqual(new Set([320]));
  });

  test("of many seconds never has more than twenty of them waiting", async () => {
    const { hearing } = fakeHearing();
    const heard = await hearClip(hearing, clip(70, 0.5, 30, 69));
    const spoken = heard.filter(({ text }) => text !== "");
    expect(spoken.map(({ atMs }) => atMs)).toEqual([520, 30_020, 69_020]);
    expect(heard.length - spoken.length).toBe(4);
  });

  test("ends when the ear fails", async () => {
    const { hearing } = fakeHearing((events$) => events$.next({ type: "failed", reason: "No ear." }));
    await expect(hearClip(hearing, clip(1))).rejects.toThrow("No ear.");
  });
});

describe("the pieces of a clip", () => {
  test("are all of it, cut where it is quietest", () => {
    const pcm = Int16Array.from({ length: 50 * SECOND }, () => 100);
    pcm.fill(0, 18 * SECOND, 19 * SECOND);
    const pieces = piecesOf(pcm);
    expect(pieces.reduce((sum, { length }) => sum + length, 0)).toBe(Math.ceil((50 * SECOND) / 2_560) * 2_560);
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThanOrEqual(20 * SECOND);
    const cut = (pieces[0]?.length ?? 0) / SECOND;
    expect(cut).toBeGreaterThan(18);
    expect(cut).toBeLessThanOrEqual(19);
  });
});
