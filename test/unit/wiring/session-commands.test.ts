import { BehaviorSubject, Subject } from "rxjs";
import { beforeEach, describe, expect, test, vi } from "vitest";

import type { GatedFrame } from "../../../src/audio/gated-frame.ts";
import type { PlaybackEvent } from "../../../src/audio/playback.ts";
import type { SessionCommand } from "../../../src/session/session-command.ts";
import type { SessionEvent } from "../../../src/session/session-event.ts";
import type { ToolStep } from "../../../src/tools/run-tools.ts";
import { ASLEEP, type Turn } from "../../../src/turn/turn.ts";
import type { GateOutput, OpenReason } from "../../../src/wake/wake-gate.ts";
import { sessionCommands } from "../../../src/wiring/session-commands.ts";
import type { DriverAnswered } from "../../../src/wiring/turn-events.ts";

const request = { callId: "c1", name: "window_set", args: {}, turn: 1, session: "1", origin: "voice" } as const;
const command = { type: "call-service", service: "nav.cancel", args: {} } as const;
const result = { status: "failed", say: "The window is blocked." } as const;

describe("sessionCommands", () => {
  let turn$: BehaviorSubject<Turn>;
  let tools$: Subject<ToolStep>;
  let typed$: Subject<string>;
  let session$: Subject<SessionEvent>;
  let gate$: Subject<GateOutput>;
  let wake$: Subject<unknown>;
  let answers$: Subject<DriverAnswered>;
  let playback$: Subject<PlaybackEvent>;
  let said: SessionCommand["type"][];
  let cuts: (boolean | undefined)[];

  beforeEach(() => {
    turn$ = new BehaviorSubject(ASLEEP);
    tools$ = new Subject();
    typed$ = new Subject();
    session$ = new Subject();
    gate$ = new Subject();
    wake$ = new Subject();
    answers$ = new Subject();
    playback$ = new Subject();
    said = [];
    cuts = [];
    sessionCommands({ session$, gate$, tools$, typed$, turn$, wake$, answers$, playback$ }).subscribe((one) => {
      said.push(one.type);
      if (one.type === "audio-end") cuts.push(one.cut);
    });
  });

  const becomes = (change: Partial<Turn>): void => turn$.next({ ...turn$.value, ...change });

  test("what was said and did not reach the model is asked for again, once for an outage, when the driver is silent", async () => {
    const dropped = { type: "provider-error", code: "audio-dropped", message: "3 s", severity: "benign" } as const;
    becomes({ open: true });
    session$.next(dropped);
    session$.next(dropped);
    await vi.waitFor(() => expect(said).toEqual(["note"]));
    becomes({ open: false });
    expect(said).toEqual(["note", "create-reply"]);
  });

  test("a result goes out at once and a reply to it is asked for", () => {
    tools$.next({ request, event: { type: "result", result } });
    expect(said).toEqual(["tool-result", "create-reply"]);
  });

  test("while the driver speaks the reply to a result waits, the result does not", () => {
    becomes({ open: true });
    tools$.next({ request, event: { type: "result", result } });
    tools$.next({ request, event: { type: "late", result } });
    expect(said).toEqual(["tool-result", "note"]);
    becomes({ open: false });
    expect(said).toEqual(["tool-result", "note", "create-reply"]);
  });

  test("what failed late is told, what was done late is not", () => {
    tools$.next({ request, event: { type: "late", result: { status: "done", say: "The window is open." } } });
    expect(said).toEqual([]);
    tools$.next({ request, event: { type: "late", result } });
    expect(said).toEqual(["note", "create-reply"]);
  });

  test("a wake cancels the running reply, and one that begins while the driver speaks, each once", () => {
    becomes({ activeReply: "r1" });
    becomes({ open: true });
    becomes({ turn: 2 });
    expect(said).toEqual(["cancel-reply"]);
    becomes({ activeReply: undefined });
    becomes({ activeReply: "r2" });
    expect(said).toEqual(["cancel-reply", "cancel-reply"]);
  });

  test("a reply that begins after the driver has spoken is left alone", () => {
    becomes({ open: true });
    becomes({ open: false });
    becomes({ activeReply: "r1" });
    expect(said).toEqual([]);
  });

  const frame = { pcm: new Int16Array(320), capturedAt: 0 } as GatedFrame;
  const span = (reason: OpenReason): void => {
    gate$.next({ type: "opened", span: 1, reason, preRollBytes: 0 });
    gate$.next({ type: "audio", span: 1, frame });
    gate$.next({ type: "closed", span: 1, reason: "sleep" });
  };

  test("what is said in answer to a question does not go to the model; anything else said then does", () => {
    span("confirmation");
    expect(said).toEqual(["listening"]);
    const question = { request, question: "Shall I?", pending: { command, wording: { accepted: "", done: "" } } };
    answers$.next({ question, answer: "yes", frames: [] });
    expect(said).toEqual(["listening"]);
    answers$.next({ question, answer: "other", frames: [frame, frame] });
    expect(said).toEqual(["listening", "send-audio", "send-audio", "audio-end"]);
  });

  test("the model knows whether it is spoken to: after a wake it is, in a follow-up window only with the wake word", () => {
    span("wake");
    span("follow-up");
    wake$.next("jarvis");
    span("wake");
    expect(said.filter((type) => type !== "send-audio" && type !== "audio-end")).toEqual(["listening", "listening"]);
  });

  test("what the gate cuts off is forgotten; what a microphone had to say to its end is not", () => {
    for (const reason of ["sleep", "timeout", "end"] as const) gate$.next({ type: "closed", span: 1, reason });
    expect(cuts).toEqual([true, true, false]);
  });

  test("how a confirmed call ended is told, for that call", () => {
    tools$.next({ request, event: { type: "answered", answer: "yes" } });
    tools$.next({ request, event: { type: "outcome", result: { status: "done", say: "Unlocked." } } });
    expect(said).toEqual(["note", "create-reply"]);
  });

  test("of an interrupted reply the model keeps what was heard", () => {
    const items = [{ replyId: "r1", itemId: "i1", contentIndex: 0, playedMs: 1_250 }];
    playback$.next({ type: "paused", items });
    expect(said).toEqual([]);
    playback$.next({ type: "interrupted", items });
    expect(said).toEqual(["truncate"]);
  });
});
