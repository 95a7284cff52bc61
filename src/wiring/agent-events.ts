import { filter, map, merge, mergeMap, type Observable } from "rxjs";

import type { PlaybackEvent } from "../audio/playback.ts";
import type { AgentEvent } from "../observability/agent-event.ts";
import type { SessionEvent } from "../session/session-event.ts";
import type { Behavior } from "../shared/behavior.ts";
import type { ToolStep } from "../tools/run-tools.ts";
import type { Turn } from "../turn/turn.ts";
import { turnEnded } from "../turn/turn-state.ts";
import type { VehicleCommand } from "../vehicle/command.ts";
import type { GateOutput } from "../wake/wake-gate.ts";
import type { WakeDetection } from "../wake/wake-word.ts";

/** Every stream that has something to tell. */
export interface Told {
  readonly wake$: Observable<WakeDetection>;
  readonly gate$: Observable<GateOutput>;
  readonly session$: Observable<SessionEvent>;
  readonly tools$: Observable<ToolStep>;
  readonly playback$: Observable<PlaybackEvent>;
  readonly turn$: Behavior<Turn>;
}

/** What happens in all the columns, in one language: for the timeline, the event log and `agent/turn`. */
export function agentEvents({ wake$, gate$, session$, tools$, playback$, turn$ }: Told): Observable<AgentEvent> {
  const turn = (): number => turn$.value.turn;
  return merge(
    turn$.pipe(stateChanges()),
    wake$.pipe(map(({ word, score }): AgentEvent => ({ type: "woke", turn: turn(), word, score }))),
    gate$.pipe(mergeMap((output) => ofGate(output, turn()))),
    session$.pipe(mergeMap((event) => ofSession(event, turn()))),
    tools$.pipe(mergeMap(ofTool)),
    playback$.pipe(mergeMap((event) => ofPlayback(event, turn()))),
    turn$.pipe(
      turnEnded(),
      map(({ turn: ended }): AgentEvent => ({ type: "turn-ended", turn: ended })),
    ),
  );
}

function stateChanges() {
  return (turn$: Observable<Turn>): Observable<AgentEvent> => {
    let before: Turn["state"] = "asleep";
    return turn$.pipe(
      filter(({ state }) => state !== before),
      map(({ state }): AgentEvent => {
        before = state;
        return { type: "state", state };
      }),
    );
  };
}

function ofGate(output: GateOutput, turn: number): readonly AgentEvent[] {
  switch (output.type) {
    case "opened":
      return [{ type: "gate-opened", turn, reason: output.reason, preRollBytes: output.preRollBytes }];
    case "closed":
      return [{ type: "gate-closed", turn, reason: output.reason }];
    case "audio":
      return [];
  }
}

function ofSession(event: SessionEvent, turn: number): readonly AgentEvent[] {
  switch (event.type) {
    case "session-ready":
      return [{ type: "ready", ...(event.trace !== undefined && { trace: event.trace }) }];
    case "session-lost":
      return [{ type: "link-lost", reason: event.reason, retryInMs: event.retryInMs }];
    case "transcript":
      return [{ type: "heard", turn, text: event.text, final: event.final }];
    case "tool-call":
      return [{ type: "call", turn, callId: event.callId, name: event.name, args: event.args }];
    case "reply-text":
      return event.final ? [{ type: "reply", turn, text: event.text }] : [];
    case "provider-error":
      return [{ type: "problem", where: "model", message: `${event.code}: ${event.message}` }];
    case "failover":
      return [{ type: "problem", where: "model", message: `the ${event.to} model goes on: ${event.reason}` }];
    case "ignored":
      return event.problem === undefined ? [] : [{ type: "problem", where: "model", message: event.problem }];
    case "session-expiring":
    case "session-handle":
    case "calls-withdrawn":
    case "speech-started":
    case "speech-stopped":
    case "reply-started":
    case "reply-audio":
    case "reply-ended":
      return [];
  }
}

function ofTool({ request: { turn, callId }, event }: ToolStep): readonly AgentEvent[] {
  switch (event.type) {
    case "verdict": {
      const { verdict, reason } = event;
      return [{ type: "verdict", turn, callId, verdict, ...(reason === undefined ? {} : { reason }) }];
    }
    case "sent":
      return [{ type: "command", turn, callId, commandId: event.commandId, topic: topicOf(event.command) }];
    case "phase": {
      const { phase, error } = event.update;
      const { commandId } = event;
      return [{ type: "phase", turn, commandId, phase, ...(error ? { error: `${error.code} ${error.detail}` } : {}) }];
    }
    case "answered":
      return [{ type: "answered", turn, callId, answer: event.answer }];
    case "result":
    case "outcome":
    case "late": {
      const { status, say } = event.result;
      return [{ type: "result", turn, callId, status, say, late: event.type === "late" }];
    }
  }
}

function ofPlayback(event: PlaybackEvent, turn: number): readonly AgentEvent[] {
  switch (event.type) {
    case "started":
      return [{ type: "sound", turn, replyId: event.replyId, atMs: event.atMs }];
    case "dropped":
      return [{ type: "dropped", what: "samples of a reply that is too long", count: event.samples }];
    case "played":
    case "finished":
    case "paused":
    case "resumed":
    case "interrupted":
      return [];
  }
}

/** Below the car's root, as in the vehicle contract. */
function topicOf(command: VehicleCommand): string {
  return command.type === "set-signals" ? "cmd/signal/set" : `cmd/${command.service.replaceAll(".", "/")}`;
}
