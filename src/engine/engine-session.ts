import {
  concat,
  defer,
  filter,
  map,
  merge,
  mergeMap,
  type Observable,
  of,
  Subject,
  scan,
  share,
  switchMap,
  tap,
  timer,
} from "rxjs";

import { afterPause } from "./engine-attention.ts";
import { type EarEffect, ear } from "./engine-ear.ts";
import type { ClientMessage, EngineConfig, EngineEvent } from "./engine-event.ts";
import { afterHearing, resolveTurn } from "./engine-heard.ts";
import { createPlayback } from "./engine-playback.ts";
import type { EnginePorts } from "./engine-ports.ts";
import { dueReply, endReply } from "./engine-reply.ts";
import { afterRequest } from "./engine-requests.ts";
import { afterClause, afterCut } from "./engine-spoken.ts";
import { DEFAULT_CONFIG, type Effect, type EngineState, outset } from "./engine-state.ts";
import { understand } from "./engine-understanding.ts";
import { utteranceOf, type VoiceEffect, type VoiceEvent, type VoiceReport, voice } from "./engine-voice.ts";
import type { HearingEvent } from "./hear/hearing.ts";

/** How long after a commit its words may still come. Nothing comes when nothing was said. */
const COMMIT_WAIT_MS = 1_000;
/** How long "a bit more" or "the passenger too" go on from what was done, and an answer from its question. */
const CONTEXT_MS = 30_000;

type Input =
  | { readonly type: "message"; readonly message: ClientMessage }
  | { readonly type: "hearing"; readonly event: HearingEvent }
  | { readonly type: "silent-commit"; readonly itemId: string }
  | { readonly type: "pause" }
  | VoiceReport;

/**
 * One client's conversation, without its wire: requests in, events out. Unsubscribing closes its ear and hushes its voice.
 * `defaults`: how its dialect sets a session up before the client has said how.
 */
export function engineSession(
  messages$: Observable<ClientMessage>,
  ports: EnginePorts,
  defaults: Partial<EngineConfig> = {},
): Observable<EngineEvent> {
  const config: EngineConfig = { ...DEFAULT_CONFIG, ...defaults };
  return defer(() => {
    // The one loop: what the ear and the voice report decides what they do next.
    const effects$ = new Subject<Effect>();
    const voice$ = voice(effects$.pipe(filter(isForVoice)), ports.speech).pipe(share());
    const inputs$ = merge(
      ear(effects$.pipe(filter(isForEar)), ports).pipe(map((event): Input => ({ type: "hearing", event }))),
      silentCommits(effects$),
      effects$.pipe(
        filter(({ type }) => type === "remember"),
        switchMap(() => timer(CONTEXT_MS)),
        map((): Input => ({ type: "pause" })),
      ),
      voice$.pipe(filter(isForUs)),
      messages$.pipe(map((message): Input => ({ type: "message", message }))),
    );
    const told$ = inputs$.pipe(
      scan(nextEngine, outset(ports.sessionId, config, understand(config).dialogue)),
      mergeMap(({ effects }) => effects),
      tap((effect) => {
        if (effect.type === "warm") warm(ports, effect);
        if (effect.type !== "tell") effects$.next(effect);
      }),
      filter((effect) => effect.type === "tell"),
      map(({ event }) => event),
    );
    const created: EngineEvent = { type: "session-created", sessionId: ports.sessionId, config };
    return concat(of(created), merge(voice$.pipe(filter(isForClient)), told$));
  });
}

function nextEngine(before: EngineState, input: Input): EngineState {
  const state = { ...before, effects: [] };
  switch (input.type) {
    case "message":
      return afterRequest(state, input.message);
    case "hearing":
      return afterHearing(state, input.event);
    case "silent-commit":
      return resolveTurn(state, input.itemId);
    case "pause":
      return afterPause(state);
    case "clause-spoken":
      return afterClause(state, input);
    case "reply-finished":
      return state.reply?.replyId === input.replyId ? afterReply(endReply(state, input.status)) : state;
    case "reply-cut":
      return afterCut(state, input);
  }
}

const afterReply = (state: EngineState): EngineState => (state.replyDue ? dueReply(state) : state);

/** What is said without thinking should be there when it is needed. */
function warm({ speech }: EnginePorts, { sentences, voice: name }: Effect & { type: "warm" }): void {
  speech.warm(sentences.map((text) => utteranceOf(text, name)));
}

/** A client may send a recording faster than it was spoken: the ear is given the time that it lasts. */
function silentCommits(effects$: Observable<Effect>): Observable<Input> {
  return defer(() => {
    const spoken = createPlayback();
    return effects$.pipe(
      tap((effect) => {
        if (effect.type === "append") spoken.add("", effect.ms);
      }),
      filter(isCommit),
      mergeMap(({ itemId }) =>
        timer(COMMIT_WAIT_MS + spoken.leftMs()).pipe(map((): Input => ({ type: "silent-commit", itemId }))),
      ),
    );
  });
}

const isCommit = (effect: Effect): effect is Effect & { type: "commit" } => effect.type === "commit";

function isForVoice(effect: Effect): effect is VoiceEffect {
  return effect.type === "speak" || effect.type === "hush";
}

function isForEar(effect: Effect): effect is EarEffect {
  return ["append", "commit", "clear", "understand"].includes(effect.type);
}

const isForClient = (said: VoiceEvent): said is Exclude<EngineEvent, VoiceReport> => !isForUs(said);

const isForUs = (said: VoiceEvent): said is VoiceReport =>
  said.type === "clause-spoken" || said.type === "reply-finished" || said.type === "reply-cut";
