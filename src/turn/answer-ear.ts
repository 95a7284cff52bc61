import type { Observable } from "rxjs";

import type { AudioFrame } from "../audio/audio-frame.ts";

/** What somebody said to a question. `other`: a new wish, or nothing that could be told apart from one. */
export type Answer = "yes" | "no" | "other";

/** Hears a yes or no on this side of the wire: no model's word ever stands for the driver's. */
export interface AnswerEar {
  /** Keeps what is slow to open open while subscribed: from when a question arises until it is answered. Never errors. */
  prepare(): Observable<never>;
  /** Listens while subscribed and emits at most one answer. Errors when it cannot listen. */
  listen(frames$: Observable<AudioFrame>): Observable<Answer>;
}
