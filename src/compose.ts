import { defer, filter, ignoreElements, map, merge, type Observable, Subject, share, switchMap, tap } from "rxjs";

import type { AudioFrame } from "./audio/audio-frame.ts";
import type { Microphone } from "./audio/microphone.ts";
import { playback } from "./audio/playback.ts";
import type { Speaker } from "./audio/speaker.ts";
import type { AgentEvent } from "./observability/agent-event.ts";
import { converse } from "./session/converse.ts";
import type { Provider } from "./session/provider.ts";
import type { SessionCommand, SessionSpec } from "./session/session-command.ts";
import { behavior } from "./shared/behavior.ts";
import { runTools, type ToolDesk } from "./tools/run-tools.ts";
import { ASLEEP, turnState } from "./turn/turn-state.ts";
import { type WakeGateOptions, wakeGate } from "./wake/wake-gate.ts";
import type { WakeWordDetector } from "./wake/wake-word.ts";
import { agentEvents } from "./wiring/agent-events.ts";
import { playbackCommands } from "./wiring/playback-commands.ts";
import { sessionCommands } from "./wiring/session-commands.ts";
import { toolRequests, turnEvents } from "./wiring/turn-events.ts";

/** What the agent is connected to. Each is an adapter; microphone, speaker and session open with the subscription. */
export interface Ports {
  readonly microphone: Microphone;
  readonly wakeWord: WakeWordDetector;
  readonly provider: Provider;
  readonly speaker$: Speaker;
  /** Carries tool calls out: policy, outbox, MQTT. */
  readonly desk: ToolDesk;
  /** Typed turns; empty where they are not allowed. */
  readonly typed$: Observable<string>;
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
  readonly pace: "real-time" | "fast";
}

/** A recording that has ended is not played again for a speaker that opens later. */
const ONCE = { resetOnComplete: false };

/** The whole agent, in the order the data flows. Subscribing starts it; unsubscribing stops all of it. */
export function compose(ports: Ports, settings: Settings): Observable<AgentEvent> {
  return defer(() => {
    // The one loop: what we ask of the session depends on what it says. It is closed here and nowhere else.
    const commands$ = new Subject<SessionCommand>();
    const session$ = converse(ports.provider, settings.session, commands$).pipe(share());

    // Microphone -> wake word -> gate. The end of speech, or of the link, closes it.
    const frames$ = ports.microphone.frames$.pipe(
      tap((frame) => ports.witness?.microphone(frame)),
      share(ONCE),
    );
    const wake$ = ports.wakeWord.detect(frames$).pipe(share());
    const open$ = wake$.pipe(map(() => ({ reason: "wake" as const })));
    const sleep$ = session$.pipe(filter(({ type }) => type === "speech-stopped" || type === "session-lost"));
    const gate$ = frames$.pipe(wakeGate({ open$, sleep$, ...settings.gate }), share(ONCE));

    // Session -> playback -> speaker.
    const playback$ = ports.speaker$.pipe(
      switchMap((device) => merge(session$, gate$).pipe(playbackCommands(), playback({ device, pace: settings.pace }))),
      tap((event) => event.type === "played" && ports.witness?.speaker(event.block, event.atMs)),
      share(),
    );

    // Whose turn it is.
    const typed$ = ports.typed$.pipe(share());
    const turn$ = behavior(turnEvents({ gate$, session$, playback$, commands$, typed$ }).pipe(turnState()), ASLEEP);

    // Tool call -> policy -> MQTT command -> phased result.
    const tools$ = toolRequests(session$, turn$).pipe(runTools(ports.desk), share());

    return merge(
      agentEvents({ wake$, gate$, session$, tools$, playback$, turn$ }),
      sessionCommands({ gate$, tools$, typed$, turn$ }).pipe(
        tap((command) => commands$.next(command)),
        ignoreElements(),
      ),
    );
  });
}
