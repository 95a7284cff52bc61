import { EMPTY, map, Observable, of, Subject, type Subscriber } from "rxjs";
import { vi } from "vitest";

import { type AudioFrame, FRAME_MS, FRAME_SAMPLES } from "../../src/audio/audio-frame.ts";
import { nullSpeaker } from "../../src/audio/null-speaker.ts";
import type { Speaker } from "../../src/audio/speaker.ts";
import { compose } from "../../src/compose.ts";
import type { AgentEvent } from "../../src/observability/agent-event.ts";
import { commandId } from "../../src/policy/command-id.ts";
import { loadPolicy } from "../../src/policy/load-policy.ts";
import { TOOLS } from "../../src/tools/index.ts";
import { toolDesk } from "../../src/tools/tool-desk.ts";
import type { Answer, AnswerEar } from "../../src/turn/answer-ear.ts";
import type { VoiceDetector } from "../../src/turn/voice-detector.ts";
import { PATHS } from "../../src/vehicle/paths.ts";
import { ListeningModel } from "./listening-model.ts";
import { SPEC } from "./session.ts";
import { type Known, snapshotOf } from "./vehicle.ts";

const INSTANCE = "0d8d3ba9-5d7e-4b5c-a3ee-3dbd5d8ef1e3";
/** Standing in traffic: unlocking needs a yes. */
export const STANDING: Known = {
  [PATHS.speed]: 0,
  [PATHS.gear]: 127,
  [PATHS.rain]: 0,
  [PATHS.airConditioning]: false,
};

const RECOGNISED_AFTER_MS = 300;

/** An ear that hears what the test says, while somebody listens. */
export class ScriptedEar implements AnswerEar {
  /** The frames of each listening. */
  readonly heard: number[][] = [];
  open = 0;
  #listener: Subscriber<Answer> | undefined;

  get isListening(): boolean {
    return this.#listener !== undefined;
  }

  prepare(): Observable<never> {
    return new Observable(() => {
      this.open += 1;
      return () => void (this.open -= 1);
    });
  }

  listen(frames$: Observable<AudioFrame>): Observable<Answer> {
    return new Observable((subscriber) => {
      const heard: number[] = [];
      this.heard.push(heard);
      this.#listener = subscriber;
      subscriber.add(
        frames$.subscribe({
          next: ({ pcm }) => void heard.push(pcm[0] ?? 0),
          complete: () => setTimeout(() => subscriber.complete(), RECOGNISED_AFTER_MS),
        }),
      );
      return () => void (this.#listener = undefined);
    });
  }

  hears(answer: Answer): void {
    this.#listener?.next(answer);
  }
}

export interface AskingAgentOptions {
  readonly car?: Record<string, unknown>;
  readonly speaker$?: Speaker;
  readonly voice?: VoiceDetector;
  readonly followUpMs?: number;
}

/**
 * The whole agent with the real desk and policy, in fake time. The model answers each `response.create` after 100 ms with
 * half a second of sound, unless it is mute.
 */
export class AskingAgent {
  readonly events: AgentEvent[] = [];
  readonly sent: { readonly id: string; readonly confirmed: boolean }[] = [];
  /** What the model has said, and when. */
  readonly replies: { readonly atMs: number; readonly ms: number; readonly isWhole: boolean }[] = [];
  readonly ear = new ScriptedEar();
  readonly model: ListeningModel;
  /** Frames that were listened to while it spoke. */
  readonly heardItself: number[] = [];
  isMute = false;
  captured = 0;
  readonly #wakes$ = new Subject<number>();
  readonly #typed$ = new Subject<string>();
  readonly #frames$ = new Subject<AudioFrame>();
  readonly #running;
  #wasSpeaking = false;

  constructor({ car = {}, speaker$ = nullSpeaker(), voice, followUpMs = 8_000 }: AskingAgentOptions = {}) {
    this.model = new ListeningModel(({ type }) => {
      if (type === "response.create" && !this.isMute) setTimeout(() => this.reply(), 100);
    });
    this.#running = compose(
      {
        microphone: { name: "test", frames$: this.#frames$ },
        wakeWord: {
          detect: () => this.#wakes$.pipe(map((atMs) => ({ word: "jarvis", score: 1, atMs }))),
          caughtUp: () => Promise.resolve(),
          stats: () => ({ judgedMs: 0, droppedMs: 0, backlogMs: 0 }),
          close: () => undefined,
        },
        provider: this.model.provider,
        speaker$,
        desk: toolDesk({
          tools: TOOLS,
          policy: loadPolicy(),
          outbox: {
            send: (_command, { id, author }) => {
              this.sent.push({ id, confirmed: author.confirmed !== undefined });
              return of({ id, phase: "done", final: true });
            },
          },
          snapshot: () => snapshotOf({ ...STANDING, ...car } as Known),
          catalogue: () => undefined,
          instance: INSTANCE,
          seat: "Row1.DriverSide",
          onError: (error) => {
            throw error;
          },
        }),
        answerEar: this.ear,
        context$: EMPTY,
        typed$: this.#typed$,
        ...(voice && { voice }),
      },
      {
        session: SPEC,
        gate: { preRollFrames: 10, maxOpenMs: 30_000 },
        followUpMs,
        offlineNotice: "",
        pace: "real-time",
      },
    ).subscribe((event) => this.events.push(event));
  }

  stop(): void {
    this.#running.unsubscribe();
  }

  /** Time passes; with `sound` a frame is captured every 20 ms. */
  async pass(ms: number, { sound = false } = {}): Promise<void> {
    if (!sound) await vi.advanceTimersByTimeAsync(ms);
    for (let at = 0; sound && at < ms; at += FRAME_MS) {
      this.capture();
      await vi.advanceTimersByTimeAsync(FRAME_MS);
    }
  }

  capture(): void {
    this.captured += 1;
    const pcm = new Int16Array(FRAME_SAMPLES).fill(this.captured);
    const wasHeard = this.#heard;
    const isSpeaking = this.state === "speaking";
    this.#frames$.next({ pcm, capturedAt: this.captured * FRAME_MS });
    // The window is shut when the reply is seen to play: one frame may be on its way.
    if (isSpeaking && this.#wasSpeaking && this.#heard > wasHeard) this.heardItself.push(this.captured);
    this.#wasSpeaking = isSpeaking;
  }

  /** Frames that somebody has been given, here or over there. */
  get #heard(): number {
    return this.model.heard.length + this.ear.heard.flat().length;
  }

  wake(): void {
    this.#wakes$.next(0);
  }

  type(text = "how warm is it"): void {
    this.#typed$.next(text);
  }

  /** A wake and a sentence, heard to its end. */
  speak(): void {
    this.wake();
    this.capture();
    this.speechStopped();
  }

  speechStarted(): void {
    this.model.say({ type: "input_audio_buffer.speech_started", audio_start_ms: 0, item_id: "i" });
  }

  speechStopped(): void {
    this.model.say({ type: "input_audio_buffer.speech_stopped", audio_end_ms: 0, item_id: "i" });
  }

  /** What the model says: so much sound, and calls. */
  reply({ ms = 500, calls = [] as readonly Call[], status = "completed" } = {}): void {
    this.replies.push({ atMs: performance.now(), ms, isWhole: status === "completed" });
    const [id, item_id] = [`r${this.replies.length}`, `m${this.replies.length}`];
    this.model.say({ type: "response.created", response: { id } });
    if (ms > 0) {
      const delta = Buffer.alloc(ms * 48).toString("base64");
      this.model.say({ type: "response.audio.delta", response_id: id, item_id, content_index: 0, delta });
    }
    for (const { callId, name, args } of calls) {
      const call = { call_id: callId, name, arguments: JSON.stringify(args) };
      this.model.say({ type: "response.function_call_arguments.done", response_id: id, item_id, ...call });
    }
    this.model.say({ type: "response.done", response: { id, status } });
  }

  /** A whole turn: the driver wants something that needs a yes, and is asked. Ends when the question has been heard. */
  async ask(call: Call = unlock("c1"), { ackMs = 0 } = {}): Promise<void> {
    this.speak();
    await this.pass(100);
    this.reply({ ms: ackMs, calls: [call] });
    await this.pass(ackMs + 1_000);
  }

  get isConnected(): boolean {
    return this.events.findLast(({ type }) => type === "ready" || type === "link-lost")?.type === "ready";
  }

  get openings(): readonly string[] {
    return this.events.flatMap((event) => (event.type === "gate-opened" ? [event.reason] : []));
  }

  get state(): string | undefined {
    return this.events.flatMap((event) => (event.type === "state" ? [event.state] : [])).at(-1);
  }
}

export interface Call {
  readonly callId: string;
  readonly name: string;
  readonly args: object;
}

export const unlock = (callId: string): Call => ({ callId, name: "doors_lock", args: { action: "unlock" } });
export const openWindow = (callId: string): Call => ({
  callId,
  name: "window_set",
  args: { which: "driver", percent: 100 },
});

/** The id under which a call's command is sent. */
export const idOf = (call: string, session: number): string =>
  commandId({ instance: INSTANCE, session: String(session), call, index: 0 });
