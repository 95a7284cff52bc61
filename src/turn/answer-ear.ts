import type { Observable } from "rxjs";

import type { AudioFrame } from "../audio/audio-frame.ts";

/** What somebody said to a question. `other`: a new wish, or nothing that could be told apart from one. */
export type Answer = "yes" | "no" | "other";

/** Hears a yes or no on this side of the wire: no model's word ever stands for the driver's. */
export interface AnswerEar {
  /** A question is being asked: what is slow to open should be open by the time it has been. */
  prepare(): void;
  /** Listens while subscribed and emits at most one answer. Errors when it cannot listen. */
  listen(frames$: Observable<AudioFrame>): Observable<Answer>;
}
