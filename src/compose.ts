import { defer, ignoreElements, map, merge, type Observable, Subject, share, switchMap, tap } from "rxjs";

import type { AudioFrame } from "./audio/audio-frame.ts";
import type { GatedFrame } from "./audio/gated-frame.ts";
import type { Microphone } from "./audio/microphone.ts";
import { playback } from "./audio/playback.ts";
import type { Speaker } from "./audio/speaker.ts";
import type { AgentEvent } from "./observability/agent-event.ts";
import { converse } from "./session/converse.ts";
import { failover } from "./session/failover.ts";
import type { SpeechEar } from "./session/local-speech.ts";
import type { Provider } from "./session/provider.ts";
import type { SessionCommand, SessionSpec } from "./session/session-command.ts";
import type { SessionEvent } from "./session/session-event.ts";
import { behavior } from "./shared/behavior.ts";
import { carryOutAnswers, type Question, questions, runTools, type ToolDesk } from "./tools/run-tools.ts";
import type { AnswerEar } from "./turn/answer-ear.ts";
import type { BargeInDecision } from "./turn/barge-in.ts";
import { confirmation, type Withdrawal } from "./turn/confirmation.ts";
import type { WindowMove } from "./turn/listening-windows.ts";
import { ASLEEP } from "./turn/turn.ts";
import { turnState } from "./turn/turn-state.ts";
import type { VoiceDetector } from "./turn/voice-detector.ts";
import type { ContextEntry } from "./vehicle/context.ts";
import { type WakeGateOptions, wakeGate } from "./wake/wake-gate.ts";
import type { WakeWordDetector } from "./wake/wake-word.ts";
import { agentEvents } from "./wiring/agent-events.ts";
import { gateClosings, gateOpenings } from "./wiring/gate-moves.ts";
import { playbackCommands } from "./wiring/playback-commands.ts";
import { sessionCommands } from "./wiring/session-commands.ts";
import { speechOverReplies } from "./wiring/speech-over-replies.ts";
import { toolRequests, turnEvents } from "./wiring/turn-events.ts";
import { windowMoves } from "./wiring/window-moves.ts";
import { withdrawals } from "./wiring/withdrawals.ts";

/** What the agent is connected to. Each is an adapter; microphone, speaker and session open with the subscription. */
export interface Ports {
  readonly microphone: Microphone;
  readonly wakeWord: WakeWordDetector;
  readonly provider: Provider;
  /** Goes on with the conversation while the provider cannot be reached. */
  readonly fallback?: Provider;
  /** Hears when the driver speaks, for a provider that does not tell. */
  readonly speech?: SpeechEar;
  readonly speaker$: Speaker;
  /** Carries tool calls out: policy, outbox, MQTT. */
  readonly desk: ToolDesk;
  /** What the model should know of the car, as it changes. */
  readonly context$: Observable<ContextEntry>;
  /** Typed turns; empty where they are not allowed. */
  readonly typed$: Observable<string>;
  /** Hears yes and no. */
  readonly answerEar: AnswerEar;
  /** Hears somebody speak over a reply. Without it only the wake word interrupts. */
  readonly voice?: VoiceDetector;
  /** Hears all there is to hear, in and out: a recorder, a level meter. Nothing comes back from it. */
  readonly witness?: SoundWitness;
}

export interface SoundWitness {
  microphone(frame: AudioFrame): void;
  /** Samples that have been heard, the first of them at `atMs` on the clock of the frames. */
  speaker(block: Int16Array, atMs: number): void;
}

export interface Settings {
  readonly session: SessionSpec;
  readonly gate: Pick<WakeGateOptions, "preRollFrames" | "maxOpenMs">;
  /** Told to the driver, once, with the first answer of the fallback. */
  readonly offlineNotice: string;
  /** How long one may speak again without the wake word, from the end of a reply. 0: never. */
  readonly followUpMs: number;
  readonly pace: "real-time" | "fast";
}

/** A recording that has ended is not played again for a speaker that opens later. */
const ONCE = { resetOnComplete: false };

/** The whole agent, in the order the data flows. Subscribing starts it; unsubscribing stops all of it. */
export function compose(ports: Ports, settings: Settings): Observable<AgentEvent> {
  return defer(() => {
    // The loops: what is said to the model, when the gate is open and what the driver is asked depends on what came of it
    // before. They are closed here and nowhere else.
    const commands$ = new Subject<SessionCommand>();
    const windows$ = new Subject<WindowMove>();
    const interruptions$ = new Subject<BargeInDecision>();
    const questions$ = new Subject<Question>();
    const withdrawn$ = new Subject<Withdrawal>();

    const session$ = conversation(ports, settings, commands$).pipe(share());

    // Microphone -> wake word -> gate.
    const frames$ = ports.microphone.frames$.pipe(
      tap((frame) => ports.witness?.microphone(frame)),
      share(ONCE),
    );
    const wake$ = ports.wakeWord.detect(frames$).pipe(share());
    const moves = { wake$, session$, windows$, interruptions$ };
    const gate$ = frames$.pipe(
      wakeGate({ open$: gateOpenings(moves), sleep$: gateClosings(moves), ...settings.gate }),
      share(ONCE),
    );

    // Session -> playback -> speaker.
    const playback$ = ports.speaker$.pipe(
      switchMap((device) =>
        merge(session$, gate$, interruptions$).pipe(playbackCommands(), playback({ device, pace: settings.pace })),
      ),
      tap((event) => event.type === "played" && ports.witness?.speaker(event.block, event.atMs)),
      share(),
    );

    // Whose turn it is, and the driver's yes or no to what the policy asks.
    const answers$ = questions$.pipe(
      confirmation<Question, GatedFrame>({ gate$, ear: ports.answerEar, withdrawn$ }),
      share(),
    );
    const asked$ = behavior(merge(questions$, answers$).pipe(map((event) => !("answer" in event))), false);
    const typed$ = ports.typed$.pipe(share());
    const turn$ = behavior(
      turnEvents({ gate$, session$, playback$, commands$, typed$, wake$, answers$ }).pipe(turnState()),
      ASLEEP,
    );

    // Tool call -> policy -> MQTT command -> phased result.
    const tools$ = merge(
      toolRequests(session$, turn$).pipe(runTools(ports.desk)),
      answers$.pipe(carryOutAnswers(ports.desk, () => turn$.value.turn)),
    ).pipe(share());

    return merge(
      // Before all others: what comes of an answer may be another question.
      asked$.pipe(ignoreElements()),
      agentEvents({ wake$, gate$, session$, tools$, playback$, turn$ }),
      into(commands$, ports.context$.pipe(map((entry): SessionCommand => ({ type: "context", ...entry })))),
      into(commands$, sessionCommands({ session$, gate$, tools$, typed$, turn$, wake$, answers$, playback$ })),
      into(windows$, windowMoves({ turn$, answers$, asked$, followUpMs: settings.followUpMs })),
      into(interruptions$, speechOverReplies({ frames$, playback$, asked$, voice: ports.voice })),
      into(questions$, tools$.pipe(questions())),
      into(withdrawn$, withdrawals(turn$, session$)),
    );
  });
}

/** With the model, and with its stand-in where there is one. */
function conversation(
  { provider, fallback, speech: ear }: Ports,
  { session, offlineNotice: notice }: Settings,
  commands$: Observable<SessionCommand>,
): Observable<SessionEvent> {
  const primary = ear && { ear };
  if (fallback === undefined) return converse(provider, session, commands$, primary);
  return failover(provider, fallback, session, commands$, { notice, ...(primary && { primary }) });
}

/** Closes a loop. */
function into<T>(loop$: Subject<T>, source$: Observable<T>): Observable<never> {
  return source$.pipe(
    tap((value) => loop$.next(value)),
    ignoreElements(),
  );
}
