import { catchError, map, type Observable, of } from "rxjs";

import { WakeWordError, type WakeWordErrorCode } from "../../../wake/wake-word-error.ts";
import type { Configured } from "../check.ts";
import { type Finding, failed, ok } from "../finding.ts";

const MENDS: Readonly<Record<WakeWordErrorCode, string>> = {
  "unknown-word":
    "Set wake.word to a word that comes with Codriver, or train one: `npm run train:wake -- --word WORD`.",
  "bad-head": "Put the file back, or train the word again: `npm run train:wake -- --word WORD`.",
  "missing-models": "Put the models back: `npm ci`.",
  "bad-option": "Correct wake.threshold, or leave it out.",
  "worker-lost": "Put ONNX Runtime back (`npm ci`); it needs glibc 2.28 or newer and a 64-bit system.",
};

/** Whether the word has a head, its features have their models, and a thread listens with them. */
export function wakeWord(scene: Pick<Configured, "config" | "wakeWord">): Observable<Finding> {
  const { word, threshold } = scene.config.wake;
  return scene.wakeWord(scene.config).pipe(
    map((head) =>
      ok(`"${word}" is listened for: ${head.confirmations} scores in a row of ${threshold ?? head.threshold} or more`),
    ),
    catchError((error: unknown) => of(failed(error, mendOf(error)))),
  );
}

function mendOf(error: unknown): string {
  return error instanceof WakeWordError ? MENDS[error.code] : MENDS["missing-models"];
}
