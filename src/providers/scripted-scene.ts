import { z } from "zod";

import { base64FromPcm, callArguments, pcmFromBase64 } from "./wire.ts";

export interface ScriptedTurn {
  /** What the driver is taken to have said. */
  readonly heard: string;
  readonly says?: string;
  readonly calls?: readonly { readonly name: string; readonly args: Readonly<Record<string, unknown>> }[];
}

type Wire = Readonly<Record<string, unknown>>;

/** Where the play is, and what it says now. */
export interface Scene {
  readonly script: readonly ScriptedTurn[];
  /** Numbers the conversations of one provider: ids of calls differ between them. */
  readonly session: number;
  /** Numbers every id. */
  readonly count: number;
  /** The next turn that speech is taken for. */
  readonly turn: number;
  /** The item of the speech that is going on. */
  readonly open: string | undefined;
  /** Silent samples since the last sound of it. */
  readonly soundless: number;
  /** What the next asked-for reply says or calls. */
  readonly wishes: readonly ScriptedTurn[];
  readonly say: readonly Wire[];
}

const SILENCE_SAMPLES = 16_000 / 5;
const SAMPLES_PER_LETTER = 240;
const BEWILDERED: ScriptedTurn = { heard: "", says: "That is not in the script." };

const client = z.discriminatedUnion("type", [
  z.object({ type: z.literal("session.update") }),
  z.object({ type: z.literal("input_audio_buffer.append"), audio: z.string() }),
  z.object({
    type: z.literal("conversation.item.create"),
    item: z.union([
      z.object({ role: z.literal("user"), content: z.array(z.object({ text: z.string() })) }),
      z.object({ type: z.literal("function_call_output"), output: z.string() }),
    ]),
  }),
  z.object({ type: z.literal("response.create") }),
]);

const result = z.object({ say: z.string() });

/** One message of the client. Those that are not in the play change nothing. */
export function nextScene(scene: Scene, raw: unknown): Scene {
  const { data: message } = client.safeParse(raw);
  switch (message?.type) {
    case undefined:
      return scene;
    case "session.update":
      return { ...scene, say: [{ type: "session.updated", session: {} }] };
    case "input_audio_buffer.append":
      return afterAudio(scene, pcmFromBase64(message.audio) ?? new Int16Array(0));
    case "conversation.item.create":
      return { ...scene, wishes: [...scene.wishes, wishOf(scene, message.item)].slice(-16) };
    case "response.create":
      return reply({ ...scene, wishes: [] }, scene.wishes);
  }
}

function wishOf({ script }: Scene, item: { content: { text: string }[] } | { output: string }): ScriptedTurn {
  if ("output" in item) return { heard: "", says: sayOf(item.output) };
  const text = item.content.map((part) => part.text).join(" ");
  return script.find(({ heard }) => heard === text) ?? BEWILDERED;
}

/** A tool's own sentence, or its whole answer. */
function sayOf(output: string): string {
  return result.safeParse(callArguments(output)).data?.say ?? output;
}

function afterAudio(scene: Scene, pcm: Int16Array): Scene {
  const sounds = pcm.some((sample) => sample !== 0);
  if (sounds && scene.open === undefined) {
    const open = `item_${scene.count + 1}`;
    const say = [{ type: "input_audio_buffer.speech_started", audio_start_ms: 0, item_id: open }];
    return { ...scene, count: scene.count + 1, open, soundless: 0, say };
  }
  const soundless = sounds ? 0 : scene.soundless + pcm.length;
  return scene.open === undefined || soundless < SILENCE_SAMPLES
    ? { ...scene, soundless }
    : answered(scene, scene.open);
}

function answered(scene: Scene, item_id: string): Scene {
  const turn = scene.script[scene.turn % Math.max(1, scene.script.length)] ?? BEWILDERED;
  const heard = [
    { type: "input_audio_buffer.speech_stopped", audio_end_ms: 0, item_id },
    { type: "conversation.item.input_audio_transcription.completed", item_id, transcript: turn.heard },
  ];
  const next = reply({ ...scene, open: undefined, turn: scene.turn + 1 }, [turn]);
  return { ...next, say: [...heard, ...next.say] };
}

function reply(scene: Scene, turns: readonly ScriptedTurn[]): Scene {
  const response_id = `resp_${scene.count + 1}`;
  const at = { response_id, item_id: `item_${scene.count + 1}`, content_index: 0 };
  const text = turns.flatMap(({ says }) => says ?? []).join(" ");
  const calls = turns.flatMap(({ calls }) => calls ?? []);
  const say: readonly Wire[] = [
    { type: "response.created", response: { id: response_id, status: "in_progress" } },
    ...(text === "" ? [] : [{ type: "response.audio_transcript.delta", ...at, delta: text }]),
    ...(text === "" ? [] : [{ type: "response.audio.delta", ...at, delta: murmur(text) }]),
    ...(text === "" ? [] : [{ type: "response.audio_transcript.done", ...at, transcript: text }]),
    ...calls.map(({ name, args }, index) => ({
      type: "response.function_call_arguments.done",
      response_id,
      call_id: `call_${scene.session}_${scene.count + 1}_${index}`,
      name,
      arguments: JSON.stringify(args),
    })),
    { type: "response.done", response: { id: response_id, status: "completed" } },
  ];
  return { ...scene, count: scene.count + 1, say };
}

/** Something to play, as long as the text. */
function murmur(text: string): string {
  const pcm = Int16Array.from({ length: text.length * SAMPLES_PER_LETTER }, (_, at) => (at % 120 < 60 ? 800 : -800));
  return base64FromPcm(pcm);
}
