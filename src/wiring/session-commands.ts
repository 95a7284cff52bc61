import {
  asapScheduler,
  concatMap,
  connect,
  distinctUntilChanged,
  filter,
  type MonoTypeOperatorFunction,
  map,
  merge,
  mergeMap,
  type Observable,
  type OperatorFunction,
  observeOn,
  scan,
  skip,
  startWith,
  switchMap,
  take,
  throttleTime,
} from "rxjs";

import type { PlaybackEvent } from "../audio/playback.ts";
import type { SessionCommand } from "../session/session-command.ts";
import { CORE_CODES, type SessionEvent } from "../session/session-event.ts";
import type { ToolStep } from "../tools/run-tools.ts";
import type { ToolStatus } from "../tools/tool-event.ts";
import type { Turn } from "../turn/turn.ts";
import type { GateOutput, OpenReason } from "../wake/wake-gate.ts";
import type { DriverAnswered } from "./turn-events.ts";

/** Everything that is said to the model. */
export interface Said {
  readonly session$: Observable<SessionEvent>;
  readonly gate$: Observable<GateOutput>;
  readonly tools$: Observable<ToolStep>;
  readonly typed$: Observable<string>;
  readonly turn$: Observable<Turn>;
  readonly wake$: Observable<unknown>;
  readonly answers$: Observable<DriverAnswered>;
  readonly playback$: Observable<PlaybackEvent>;
}

/** What the gate lets through, what the car answered and what was typed, in the session's words. */
export function sessionCommands(said: Said): Observable<SessionCommand> {
  const { session$, gate$, tools$, typed$, turn$, wake$, answers$, playback$ } = said;
  const typedTurns$ = typed$.pipe(concatMap((text): SessionCommand[] => [{ type: "user-text", text }, CREATE_REPLY]));
  return merge(
    merge(gate$.pipe(forTheModel(), concatMap(ofGate)), answers$.pipe(concatMap(ofAnswer))),
    addressed(gate$, wake$),
    playback$.pipe(concatMap(ofPlayback)),
    turn$.pipe(silencing()),
    merge(tools$.pipe(concatMap(ofTool)), typedTurns$, session$.pipe(askingAgain())).pipe(lettingSpeak(turn$)),
  );
}

const ASK_AGAIN: SessionCommand = { type: "note", text: "Sorry, I did not get all of that. Please say it again." };
/** One outage is told of when it begins and when it ends. */
const ONE_OUTAGE_MS = 10_000;

/** What the driver said and the model will never hear they have to say again. */
function askingAgain(): OperatorFunction<SessionEvent, SessionCommand> {
  return (session$) =>
    session$.pipe(
      filter((event) => event.type === "provider-error" && event.code === CORE_CODES.audioDropped),
      throttleTime(ONE_OUTAGE_MS),
      // Not in the middle of what else happens at that moment: a link has just become ready.
      observeOn(asapScheduler),
      concatMap((): SessionCommand[] => [ASK_AGAIN, CREATE_REPLY]),
    );
}

const CREATE_REPLY: SessionCommand = { type: "create-reply" };

/** A reply that is wanted while the driver speaks is asked for afterwards. Several are one. */
function lettingSpeak(turn$: Observable<Turn>): MonoTypeOperatorFunction<SessionCommand> {
  return connect((commands$) =>
    merge(
      commands$.pipe(filter((command) => command !== CREATE_REPLY)),
      commands$.pipe(
        filter((command) => command === CREATE_REPLY),
        switchMap((command) =>
          turn$.pipe(
            filter(({ open }) => !open),
            take(1),
            map(() => command),
          ),
        ),
      ),
    ),
  );
}

/** While the driver speaks no reply does: neither one that is still coming, nor one that begins late. */
function silencing(): OperatorFunction<Turn, SessionCommand> {
  return (turn$) =>
    turn$.pipe(
      map(({ open, activeReply }) => (open ? activeReply : undefined)),
      distinctUntilChanged(),
      filter((replyId) => replyId !== undefined),
      map((replyId): SessionCommand => ({ type: "cancel-reply", replyId })),
    );
}

/** What is said in answer to a question of ours is heard by us alone. */
function forTheModel(): MonoTypeOperatorFunction<GateOutput> {
  return (gate$) =>
    gate$.pipe(
      scan((span, output) => ({ reason: output.type === "opened" ? output.reason : span.reason, output }), NO_SPAN),
      filter(({ reason }) => reason !== "confirmation"),
      mergeMap(({ output }) => (output === undefined ? [] : [output])),
    );
}

const NO_SPAN: { readonly reason: OpenReason | undefined; readonly output: GateOutput | undefined } = {
  reason: undefined,
  output: undefined,
};

/** In a window of our own nobody need have meant us, unless they said the wake word. */
function addressed(gate$: Observable<GateOutput>, wake$: Observable<unknown>): Observable<SessionCommand> {
  const opened$ = gate$.pipe(
    filter((output) => output.type === "opened"),
    map(({ reason }) => reason !== "follow-up" && reason !== "confirmation"),
  );
  return merge(opened$, wake$.pipe(map(() => true))).pipe(
    startWith(true),
    distinctUntilChanged(),
    skip(1),
    map((isAddressed): SessionCommand => ({ type: "listening", addressed: isAddressed })),
  );
}

/** It was no answer: now the model may hear it, as far as it was said in the window. */
function ofAnswer({ frames }: DriverAnswered): readonly SessionCommand[] {
  if (frames.length === 0) return [];
  return [...frames.map((frame): SessionCommand => ({ type: "send-audio", frame })), { type: "audio-end" }];
}

/** The model is to believe to have said what was heard of it. */
function ofPlayback(event: PlaybackEvent): readonly SessionCommand[] {
  if (event.type !== "interrupted") return [];
  return event.items.map(({ itemId, contentIndex, playedMs }) => ({
    type: "truncate",
    itemId,
    contentIndex,
    playedMs,
  }));
}

function ofGate(output: GateOutput): readonly SessionCommand[] {
  switch (output.type) {
    case "opened":
      return [];
    case "audio":
      return [{ type: "send-audio", frame: output.frame }];
    case "closed":
      return [{ type: "audio-end", cut: output.reason !== "end" }];
  }
}

/** The driver knows: it was said to be under way, or they have asked for something else since. */
const NOT_TOLD: ReadonlySet<ToolStatus> = new Set<ToolStatus>(["done", "superseded"]);

/** A result is sent at once, and a reply to it is asked for. What went wrong after "under way" is told unasked. */
function ofTool({ request: { callId }, event }: ToolStep): readonly SessionCommand[] {
  if (event.type === "result") {
    return [{ type: "tool-result", callId, output: event.result }, CREATE_REPLY];
  }
  if (event.type === "outcome") return [{ type: "note", text: event.result.say, callId }, CREATE_REPLY];
  if (event.type !== "late" || NOT_TOLD.has(event.result.status)) return [];
  return [{ type: "note", text: event.result.say }, CREATE_REPLY];
}
