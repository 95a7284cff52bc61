import { parentPort, workerData } from "node:worker_threads";
import { compileGrammar } from "../understand/compile.ts";
import type { GrammarSpec } from "../understand/grammar.ts";
import { findAcousticModel } from "./acoustic-model.ts";
import { audioQueue } from "./audio-queue.ts";
import { openDictionary } from "./dictionary.ts";
import { Ear } from "./ear.ts";
import type { HearingEvent } from "./hearing.ts";
import { grammarLoader } from "./load-grammar.ts";
import { openNoiseSuppressor } from "./noise-suppressor.ts";
import { pronouncer } from "./pronunciations.ts";
import { openRecogniser } from "./recogniser.ts";
import { openSilero } from "./silero.ts";
import { FRAME_MS } from "./voice-activity.ts";

export interface HearTask {
  readonly grammar: GrammarSpec;
  readonly model: string;
}

export type HearRequest =
  | { readonly type: "audio"; readonly pcm: Int16Array }
  | { readonly type: "commit" }
  | { readonly type: "clear" }
  | { readonly type: "grammar"; readonly spec: GrammarSpec }
  /** Ends the thread between two frames. Terminating it from outside inside ONNX Runtime aborts the whole process. */
  | { readonly type: "close" };

/** `ready` or `unusable` comes first, and once. */
export type HearAnswer =
  | { readonly type: "ready"; readonly model: string }
  | { readonly type: "unusable"; readonly reason: string }
  | { readonly type: "event"; readonly event: HearingEvent };

/** Audio that waits for a machine that cannot keep up; older audio is dropped. */
const MAX_WAITING_MS = 30_000;
/** Dropped audio is said at once, and again after so much more. */
const SAY_DROPPED_EVERY_MS = 1_000;

const answer = (message: HearAnswer): void => parentPort?.postMessage(message);
const emit = (event: HearingEvent): void => answer({ type: "event", event });
const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

type Instruction = Exclude<HearRequest, { type: "audio" | "close" }>;

function obey(ear: Ear, instruction: Instruction, atSample: number): void {
  switch (instruction.type) {
    case "commit":
      return ear.commit(atSample);
    case "clear":
      return ear.clear();
    case "grammar":
      return ear.setGrammar(instruction.spec);
  }
}

/** Works through the queue, one frame or instruction at a time. */
function listen(ear: Ear): void {
  const queue = audioQueue<Instruction>(Math.round(MAX_WAITING_MS / FRAME_MS));
  const sayDropped = dropReporter();
  let working = false;
  let closing = false;
  let atSample = 0;

  async function work(): Promise<void> {
    working = true;
    for (let item = queue.next(); item !== undefined && !closing; item = queue.next()) {
      try {
        if (item.type === "request") obey(ear, item.request, atSample);
        else await ear.frame(item.pcm, (atSample = item.endSample));
      } catch (error) {
        emit({ type: "failed", reason: `The recogniser failed: ${reasonOf(error)}` });
      }
    }
    working = false;
    if (closing) parentPort?.close();
  }

  parentPort?.on("message", (request: HearRequest) => {
    if (request.type === "audio") sayDropped(queue.append(request.pcm));
    else if (request.type === "close") closing = true;
    else queue.request(request);
    if (!working) void work();
  });
}

function dropReporter(): (samples: number) => void {
  let unsaidMs = SAY_DROPPED_EVERY_MS;
  let droppedMs = 0;
  return (samples) => {
    if (samples === 0) return;
    droppedMs += samples / 16;
    unsaidMs += samples / 16;
    if (unsaidMs < SAY_DROPPED_EVERY_MS) return;
    unsaidMs = 0;
    emit({ type: "failed", reason: `The recogniser cannot keep up: ${droppedMs} ms of audio were dropped so far.` });
  };
}

/** Makes it at the first call. */
function onceOnly<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

try {
  const task = (workerData as { readonly data: HearTask }).data;
  const model = findAcousticModel(task.model);
  const [voice, recogniser] = await Promise.all([openSilero(), openRecogniser(model)]);
  const lookUp = pronouncer(openDictionary(model.dictionary));
  const ear = new Ear(
    {
      voice,
      recogniser,
      suppressor: onceOnly(openNoiseSuppressor),
      loadGrammar: grammarLoader({ recogniser, compile: compileGrammar, lookUp }),
      thresholds: model.thresholds,
      emit,
    },
    task.grammar,
  );
  listen(ear);
  answer({ type: "ready", model: model.name });
} catch (error) {
  answer({ type: "unusable", reason: reasonOf(error) });
}
