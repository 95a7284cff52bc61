import {
  catchError,
  concat,
  concatMap,
  debounceTime,
  defer,
  delay,
  EMPTY,
  filter,
  from,
  map,
  merge,
  mergeMap,
  type Observable,
  of,
  Subject,
  scan,
  switchMap,
  tap,
  throwError,
  timeout,
} from "rxjs";

import type { ClientMessage, EngineEvent } from "../../engine/engine-event.ts";
import { about } from "./about.ts";
import type { EarEffect } from "./covo-ear.ts";
import { afterHearing, afterNews, type ReplyNews } from "./covo-reply.ts";
import { afterRequest } from "./covo-requests.ts";
import { act, type CovoState, DEFAULT_CONFIG, type Effect, OUTSET } from "./covo-state.ts";
import type { Heard } from "./listening.ts";
import type { Upstream } from "./upstream.ts";
import { UpstreamError } from "./upstream-error.ts";

export interface CovoPorts {
  readonly sessionId: string;
  /** Of the upstream, as clients are told. */
  readonly model: string;
  readonly upstream: Upstream;
  ear(effects$: Observable<EarEffect>): Observable<Heard>;
}

/** A driver has given up by then; the client's own patience with a reply is 90 s, its sound included. */
const ANSWER_WITHIN_MS = 30_000;
/** A client whose microphone closed without any silence has finished all the same. */
const STALLED_MS = 1_000;
const CHUNK_MS = 100;
const CHUNK_SAMPLES = 24 * CHUNK_MS;
/** So much is sent at once; the rest a little faster than it is played. A client queues 10 s, and what is cancelled is little. */
const LEAD_CHUNKS = 20;
const PACE_MS = 95;

type Input =
  | { readonly type: "message"; readonly message: ClientMessage }
  | { readonly type: "heard"; readonly heard: Heard }
  | { readonly type: "stalled" }
  | { readonly type: "news"; readonly news: ReplyNews };

type ReplyEffect = Effect & { type: "ask" | "speak" | "hush" };

/** One client's conversation, without its wire: requests in, events out. Unsubscribing gives up what is being asked. */
export function covoSession(messages$: Observable<ClientMessage>, ports: CovoPorts): Observable<EngineEvent> {
  return defer(() => {
    // The one loop: what is heard and answered decides what happens next.
    const effects$ = new Subject<Effect>();
    const inputs$: Observable<Input> = merge(
      ports.ear(effects$.pipe(filter(isForEar))).pipe(map((heard): Input => ({ type: "heard", heard }))),
      effects$.pipe(
        filter(({ type }) => type === "append"),
        debounceTime(STALLED_MS),
        map((): Input => ({ type: "stalled" })),
      ),
      effects$.pipe(
        filter(isForReply),
        switchMap((effect) => newsOf(effect, ports)),
        map((news): Input => ({ type: "news", news })),
      ),
      messages$.pipe(map((message): Input => ({ type: "message", message }))),
    );
    const told$ = inputs$.pipe(
      scan(nextCovo, OUTSET),
      mergeMap(({ effects }) => effects),
      tap((effect) => {
        if (effect.type !== "tell") effects$.next(effect);
      }),
      filter((effect) => effect.type === "tell"),
      map(({ event }) => event),
    );
    const { sessionId, model } = ports;
    const created: EngineEvent = { type: "session-created", sessionId, config: DEFAULT_CONFIG, about: about(model) };
    return concat(of(created), told$);
  });
}

function nextCovo(before: CovoState, input: Input): CovoState {
  const state = { ...before, effects: [] };
  switch (input.type) {
    case "message":
      return afterRequest(state, input.message);
    case "heard":
      return afterHearing(state, input.heard);
    case "stalled":
      return state.speaking === undefined ? state : act(state, { type: "commit" });
    case "news":
      return afterNews(state, input.news);
  }
}

function newsOf(effect: ReplyEffect, ports: CovoPorts): Observable<ReplyNews> {
  switch (effect.type) {
    case "ask":
      return answer(effect, ports);
    case "speak":
      return spoken(effect);
    case "hush":
      return EMPTY;
  }
}

function answer({ replyId, prompt }: Effect & { type: "ask" }, { upstream }: CovoPorts): Observable<ReplyNews> {
  const late = `Covo-Audio did not answer within ${ANSWER_WITHIN_MS / 1_000} s`;
  return upstream.ask(prompt).pipe(
    timeout({ first: ANSWER_WITHIN_MS, with: () => throwError(() => new UpstreamError(late)) }),
    map((answer): ReplyNews => ({ type: "answered", replyId, ...answer })),
    catchError((error: unknown) => {
      const message = error instanceof UpstreamError ? error.message : "the bridge failed to ask Covo-Audio";
      return of<ReplyNews>({ type: "failed-reply", replyId, message });
    }),
  );
}

function spoken({ replyId, pcm }: Effect & { type: "speak" }): Observable<ReplyNews> {
  const chunks = Array.from({ length: Math.ceil(pcm.length / CHUNK_SAMPLES) }, (_, index) =>
    pcm.subarray(index * CHUNK_SAMPLES, (index + 1) * CHUNK_SAMPLES),
  );
  const sound$ = from(chunks).pipe(
    map((chunk): ReplyNews => ({ type: "sound", replyId, pcm: chunk })),
    concatMap((news, index) => (index < LEAD_CHUNKS ? of(news) : of(news).pipe(delay(PACE_MS)))),
  );
  return concat(sound$, of<ReplyNews>({ type: "spoken", replyId }));
}

function isForEar(effect: Effect): effect is EarEffect {
  return ["listen", "append", "commit", "clear"].includes(effect.type);
}

function isForReply(effect: Effect): effect is ReplyEffect {
  return effect.type === "ask" || effect.type === "speak" || effect.type === "hush";
}
