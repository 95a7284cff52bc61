import { of, toArray } from "rxjs";
import { expect, test } from "vitest";

import type { OpenReason } from "../../../src/wake/wake-gate.ts";
import { playbackCommands } from "../../../src/wiring/playback-commands.ts";

const opened = (reason: OpenReason) => ({ type: "opened", span: 1, reason, preRollBytes: 0 }) as const;

test.for([
  ["a wake", opened("wake"), ["interrupt"]],
  ["push-to-talk", opened("push-to-talk"), ["interrupt"]],
  ["somebody who speaks over a reply", opened("barge-in"), ["interrupt"]],
  ["a window after a reply", opened("follow-up"), []],
  ["a window after a question", opened("confirmation"), []],
  ["speech that the server hears", { type: "speech-started" }, ["interrupt"]],
  ["a lost link", { type: "session-lost", reason: "gone", retryInMs: 100 }, ["interrupt"]],
  ["a decision to wait", { type: "pause" }, ["pause"]],
  ["a decision to go on", { type: "resume" }, ["resume"]],
] as const)("%s: what is being said", ([, cause, expected]) => {
  const commands: string[] = [];
  of(cause)
    .pipe(playbackCommands(), toArray())
    .subscribe((all) => commands.push(...all.map(({ type }) => type)));
  // A device that has just come knows nothing of what the one before it was playing.
  expect(commands).toEqual(["interrupt", ...expected]);
});
