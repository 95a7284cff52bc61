import fc from "fast-check";
import {
  asapScheduler,
  BehaviorSubject,
  defer,
  delay,
  EMPTY,
  from,
  map,
  NEVER,
  type Observable,
  observeOn,
  of,
  Subject,
} from "rxjs";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { FRAME_MS, FRAME_SAMPLES } from "../../src/audio/audio-frame.ts";
import { nullSpeaker } from "../../src/audio/null-speaker.ts";
import type { Speaker, SpeakerDevice } from "../../src/audio/speaker.ts";
import { compose } from "../../src/compose.ts";
import type { AgentEvent } from "../../src/observability/agent-event.ts";
import type { VoiceDetector, VoiceEvent } from "../../src/turn/voice-detector.ts";
import type { ContextEntry } from "../../src/vehicle/context.ts";
import type { WakeWordDetector } from "../../src/wake/wake-word.ts";
import { ListeningModel } from "../support/listening-model.ts";
import { SPEC } from "../support/session.ts";

const PRE_ROLL_FRAMES = 75;

/** Frames carry their number as their samples, so that each can be recognised on the wire. */
const frame = (index: number) => ({ pcm: new Int16Array(FRAME_SAMPLES).fill(index), capturedAt: index * FRAME_MS });

/** `speak`: the server says something, asked or not. `breathe`: time passes, and with it a follow-up window. */
type Step = "frame" | "wake" | "stop" | "drop" | "speak" | "breathe";

function start(
  model: ListeningModel,
  speaker$: Speaker = nullSpeaker(),
  frames$: Observable<ReturnType<typeof frame>> = NEVER,
  followUpMs = 8_000,
  voice?: VoiceDetector,
  context$: Observable<ContextEntry> = EMPTY,
) {
  const wakes$ = new Subject<number>();
  const events: AgentEvent[] = [];
  const wakeWord: WakeWordDetector = {
    detect: () => wakes$.pipe(map((atMs) => ({ word: "jarvis", score: 1, atMs }))),
    caughtUp: () => Promise.resolve(),
    stats: () => ({ judgedMs: 0, droppedMs: 0, backlogMs: 0 }),
    close: () => undefined,
  };
  const agent = compose(
    {
      microphone: { name: "test", frames$ },
      wakeWord,
      provider: model.provider,
      speaker$,
      desk: { carryOut: () => of(), confirmed: () => of() },
      answerEar: { prepare: () => EMPTY, listen: () => NEVER },
      context$,
      typed$: EMPTY,
      ...(voice && { voice }),
    },
    {
      session: SPEC,
      gate: { preRollFrames: PRE_ROLL_FRAMES, maxOpenMs: 30_000 },
      followUpMs,
      offlineNotice: "",
      pace: "real-time",
    },
  ).subscribe((event) => events.push(event));
  return { agent, events, wakes$ };
}

const HALF_A_SECOND = Buffer.alloc(24_000).toString("base64");

async function play(steps: readonly Step[], followUpMs = 0) {
  const model = new ListeningModel();
  const frames$ = new Subject<ReturnType<typeof frame>>();
  const { agent, events, wakes$ } = start(model, nullSpeaker(), frames$, followUpMs);
  let replies = 0;
  await vi.advanceTimersByTimeAsync(2_000);

  /** What may leave, by the rules alone: counted by a model of the gate that knows nothing of the agent. */
  const mayLeave = new Set<number>();
  let captured = 0;
  let open = false;
  for (const step of steps) {
    if (step === "frame") {
      captured += 1;
      if (open) mayLeave.add(captured);
      frames$.next(frame(captured));
    } else if (step === "wake") {
      for (let index = Math.max(1, captured - PRE_ROLL_FRAMES + 1); !open && index <= captured; index += 1)
        mayLeave.add(index);
      open = true;
      wakes$.next(captured * FRAME_MS);
    } else if (step === "breathe") {
      await vi.advanceTimersByTimeAsync(1_000);
    } else if (step === "speak") {
      replies += 1;
      const [response, ids] = [{ id: `r${replies}` }, { response_id: `r${replies}`, item_id: `m${replies}` }];
      model.say({ type: "response.created", response });
      model.say({ type: "response.audio.delta", ...ids, content_index: 0, delta: HALF_A_SECOND });
      model.say({ type: "response.done", response: { ...response, status: "completed" } });
    } else if (model.connected) {
      open = false;
      if (step === "stop") model.say({ type: "input_audio_buffer.speech_stopped", audio_end_ms: 0, item_id: "i" });
      else model.drop();
    }
    await vi.advanceTimersByTimeAsync(FRAME_MS);
  }
  await vi.advanceTimersByTimeAsync(5_000);
  agent.unsubscribe();
  return { heard: model.heard, mayLeave, events };
}

describe("compose", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("nothing leaves before a wake; then the pre-roll and the span do, each frame once and in order", async () => {
    const quiet = await play(Array.from({ length: 20 }, () => "frame"));
    expect(quiet.heard).toEqual([]);
    const woken = await play(["frame", "frame", "wake", "frame", "stop", "frame", "frame"]);
    expect(woken.heard).toEqual([1, 2, 3]);
  });

  test("a link that is lost while the driver speaks ends the span: nothing of what follows is kept for the next", async () => {
    const { heard, events } = await play(["wake", "frame", "drop", "frame", "frame", "breathe", "breathe", "breathe"]);
    expect(heard.filter((index) => index > 1)).toEqual([]);
    expect(events.filter(({ type }) => type === "gate-closed")).toHaveLength(1);
  });

  test("no schedule of wakes, ends of speech and lost links lets out a frame from outside an open span", async () => {
    const step = fc.oneof(
      { weight: 12, arbitrary: fc.constant<Step>("frame") },
      { weight: 1, arbitrary: fc.constant<Step>("wake") },
      { weight: 1, arbitrary: fc.constant<Step>("stop") },
      { weight: 1, arbitrary: fc.constant<Step>("drop") },
      { weight: 1, arbitrary: fc.constant<Step>("speak") },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 140 }), async (steps) => {
        const { heard, mayLeave } = await play(steps);
        expect(heard.filter((index) => !mayLeave.has(index))).toEqual([]);
        expect(new Set(heard).size).toBe(heard.length);
        expect(heard).toEqual([...heard].sort((a, b) => a - b));
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  const turnOf = (frames: number): Step[] => ["wake", "frame", "stop", "speak", "breathe", ...many("frame", frames)];
  const many = (step: Step, count: number): Step[] => Array.from({ length: count }, () => step);

  test("after a reply it listens for 8 s without the wake word, and then no longer", async () => {
    const { heard, events } = await play([...turnOf(5), ...many("breathe", 8), ...many("frame", 5)], 8_000);
    expect(heard).toEqual([1, 2, 3, 4, 5, 6]);
    const openings = events.flatMap((event) => (event.type === "gate-opened" ? [[event.reason, event.turn]] : []));
    expect(openings).toEqual([
      ["wake", 1],
      ["follow-up", 1],
    ]);
    expect(events.filter(({ type }) => type === "turn-ended")).toEqual([{ type: "turn-ended", turn: 1 }]);
  });

  test("what a server says unasked opens no window: not before the first wake, not after a turn is over", async () => {
    expect((await play(["speak", "breathe", ...many("frame", 5)], 8_000)).heard).toEqual([]);
    const again: Step[] = ["breathe", "breathe", "speak", "breathe", ...many("frame", 5)];
    const { heard } = await play([...turnOf(0), ...many("breathe", 8), ...again], 8_000);
    expect(heard).toEqual([1]);
  });

  describe("somebody speaks over a reply", () => {
    async function spokenOver() {
      const model = new ListeningModel();
      const voice$ = new Subject<VoiceEvent>();
      const written: number[] = [];
      const device: SpeakerDevice = {
        name: "test",
        latencyMs: 0,
        write: ({ length }) => void written.push(length),
        flush: () => void written.push(0),
      };
      const frames$ = new Subject<ReturnType<typeof frame>>();
      const running = start(model, new BehaviorSubject(device), frames$, 8_000, { detect: () => voice$ });
      await vi.advanceTimersByTimeAsync(2_000);
      running.wakes$.next(0);
      model.say({ type: "input_audio_buffer.speech_stopped", audio_end_ms: 0, item_id: "i" });
      model.say({ type: "response.created", response: { id: "r1" } });
      const delta = Buffer.alloc(24_000 * 2 * 3).toString("base64");
      model.say({ type: "response.audio.delta", response_id: "r1", item_id: "i1", content_index: 0, delta });
      await vi.advanceTimersByTimeAsync(1_000);
      const heardMs = () => written.slice(written.lastIndexOf(0) + 1).reduce((sum, samples) => sum + samples / 24, 0);
      const speak = async (ms: number): Promise<void> => {
        const onsetAtMs = performance.now();
        voice$.next({ type: "onset", atMs: onsetAtMs });
        await vi.advanceTimersByTimeAsync(ms);
        voice$.next({ type: "voiced", ms, atMs: onsetAtMs + ms });
        if (ms < 300) voice$.next({ type: "offset", speechMs: ms, atMs: onsetAtMs + ms });
      };
      return { model, ...running, heardMs, speak, frames$ };
    }

    test("it is silent at once, and a cough lets it go on", async () => {
      const { agent, heardMs, speak, model, events } = await spokenOver();
      await speak(120);
      expect(heardMs()).toBe(0);
      await vi.advanceTimersByTimeAsync(1_000);
      expect(heardMs()).toBeGreaterThan(500);
      agent.unsubscribe();
      expect(model.told.map(({ type }) => type)).not.toContain("conversation.item.truncate");
      expect(events.filter(({ type }) => type === "gate-opened")).toHaveLength(1);
    });

    test("who means it has the word: the reply is cancelled, cut to what was heard, and the speech goes out from its onset", async () => {
      const { agent, heardMs, speak, model, frames$, events } = await spokenOver();
      const at = performance.now();
      for (const index of [1, 2, 3]) frames$.next({ ...frame(index), capturedAt: at - 600 + index * 100 });
      frames$.next({ ...frame(4), capturedAt: at - 180 });
      frames$.next({ ...frame(5), capturedAt: at + 20 });
      await speak(320);
      expect(heardMs()).toBe(0);
      agent.unsubscribe();
      const truncate = model.told.find(({ type }) => type === "conversation.item.truncate");
      expect(truncate).toMatchObject({ item_id: "i1", content_index: 0 });
      expect((truncate as unknown as { audio_end_ms: number }).audio_end_ms).toBeGreaterThan(900);
      expect((truncate as unknown as { audio_end_ms: number }).audio_end_ms).toBeLessThanOrEqual(1_020);
      expect(model.told.map(({ type }) => type)).toContain("response.cancel");
      expect(model.heard).toEqual([4, 5]);
      const openings = events.flatMap((event) => (event.type === "gate-opened" ? [[event.reason, event.turn]] : []));
      expect(openings.at(-1)).toEqual(["barge-in", 2]);
    });
  });

  test("the model is told of the car, anew when there is a new connection, and of each thing only the newest", async () => {
    const model = new ListeningModel();
    const context$ = new Subject<ContextEntry>();
    const { agent } = start(model, nullSpeaker(), NEVER, 0, undefined, context$);
    await vi.advanceTimersByTimeAsync(100);
    context$.next({ key: "doors", text: "Doors: all open." });
    context$.next({ key: "doors", text: "Doors: all locked." });
    const before = JSON.stringify(model.told);
    expect(before).toContain("all locked");
    model.told.splice(0);
    model.drop();
    await vi.advanceTimersByTimeAsync(3_000);
    const after = JSON.stringify(model.told);
    expect(after).toContain("all locked");
    expect(after).not.toContain("all open");
    agent.unsubscribe();
  });

  test("says when it woke, when the gate opened and closed, and when the turn was over", async () => {
    const { events } = await play(["frame", "wake", "frame", "stop", "frame"]);
    const types = events.filter((event) => "turn" in event).map(({ type }) => type);
    expect(types.slice(0, 3)).toEqual(["gate-opened", "woke", "gate-closed"]);
    expect(events.filter(({ type }) => type === "gate-opened")).toEqual([
      { type: "gate-opened", turn: 1, reason: "wake", preRollBytes: FRAME_SAMPLES * 2 },
    ]);
  });

  test("a speaker that is replaced while it speaks does not leave the agent speaking for ever", async () => {
    const model = new ListeningModel();
    const device: SpeakerDevice = { name: "test", latencyMs: 0, write: () => undefined, flush: () => undefined };
    const speaker$ = new BehaviorSubject(device);
    const { agent, events } = start(model, speaker$);
    await vi.advanceTimersByTimeAsync(2_000);
    const delta = Buffer.alloc(24_000 * 2 * 3).toString("base64");
    model.say({ type: "response.created", response: { id: "r1" } });
    model.say({ type: "response.audio.delta", response_id: "r1", item_id: "i1", content_index: 0, delta });
    model.say({ type: "response.done", response: { id: "r1", status: "completed" } });
    await vi.advanceTimersByTimeAsync(500);
    speaker$.next({ ...device, name: "another" });
    await vi.advanceTimersByTimeAsync(5_000);
    agent.unsubscribe();
    const states = events.flatMap((event) => (event.type === "state" ? [event.state] : []));
    expect(states).toContain("speaking");
    expect(states.filter((state) => state !== "listening").at(-1)).toBe("asleep");
  });

  test("a recording that has ended is not played again for a speaker that comes later", async () => {
    let openings = 0;
    const frames$ = defer(() => {
      openings += 1;
      return from([frame(1), frame(2)]);
    }).pipe(observeOn(asapScheduler));
    const { agent } = start(new ListeningModel(), nullSpeaker().pipe(delay(1_000)), frames$);
    await vi.advanceTimersByTimeAsync(2_000);
    agent.unsubscribe();
    expect(openings).toBe(1);
  });
});
