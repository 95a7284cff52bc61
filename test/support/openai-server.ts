import { z } from "zod";

import type { ScriptedTurn } from "../../src/providers/scripted-scene.ts";
import { murmur, type Play, SimpleEar, type Stage, servePlay, turnFor } from "./scripted-server.ts";

const id = z.string().min(1).max(32);
const text = (...types: [string, ...string[]]) => z.array(z.strictObject({ type: z.enum(types), text: z.string() }));
const format = z.strictObject({ type: z.literal("audio/pcm"), rate: z.literal(24_000) });
const session = z.strictObject({
  type: z.literal("realtime"),
  model: z.string(),
  output_modalities: z.tuple([z.literal("audio")]),
  instructions: z.string(),
  audio: z.strictObject({
    input: z.strictObject({
      format,
      noise_reduction: z.looseObject({}),
      transcription: z.looseObject({}),
      turn_detection: z.looseObject({}),
    }),
    output: z.strictObject({ format, voice: z.enum(["marin", "cedar", "alloy"]) }),
  }),
  tools: z.array(
    z.strictObject({
      type: z.literal("function"),
      name: z.string(),
      description: z.string(),
      parameters: z.looseObject({ type: z.literal("object") }),
    }),
  ),
  tool_choice: z.literal("auto"),
  max_output_tokens: z.int().max(4_096),
  truncation: z.unknown(),
});
const item = z.union([
  z.strictObject({
    id: id.optional(),
    type: z.literal("message"),
    role: z.enum(["user", "system"]),
    content: text("input_text"),
  }),
  z.strictObject({ type: z.literal("message"), role: z.literal("assistant"), content: text("output_text") }),
  z.strictObject({ type: z.literal("function_call"), call_id: z.string(), name: z.string(), arguments: z.string() }),
  z.strictObject({ type: z.literal("function_call_output"), call_id: z.string(), output: z.string() }),
]);
/** As strict as the vendor's own server: what it does not know is an error. */
const client = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("session.update"), session }),
  z.strictObject({ type: z.literal("input_audio_buffer.append"), audio: z.base64() }),
  z.strictObject({ type: z.literal("input_audio_buffer.clear") }),
  z.strictObject({ type: z.literal("conversation.item.create"), item }),
  z.strictObject({ type: z.literal("conversation.item.delete"), item_id: z.string() }),
  z.strictObject({
    type: z.literal("conversation.item.truncate"),
    item_id: z.string(),
    content_index: z.int(),
    audio_end_ms: z.int().positive(),
  }),
  z.strictObject({ type: z.literal("response.create") }),
  z.strictObject({ type: z.literal("response.cancel"), response_id: z.string() }),
]);
type Item = z.output<typeof item>;

/** A server that speaks OpenAI's wire from a script. */
export function serveOpenAi(script: readonly ScriptedTurn[], apiKey: string): Promise<string> {
  return servePlay(script, { key: `Bearer ${apiKey}`, header: "authorization", binary: false, actor });
}

const actor: Play["actor"] = (stage, number) => {
  const ear = new SimpleEar(24);
  const wishes: ScriptedTurn[] = [];
  let [count, active] = [0, ""];
  const error = (code: string, message: string, param?: string): void =>
    stage.send({ type: "error", error: { type: "invalid_request_error", code, message, param: param ?? null } });
  const reply = (turns: readonly ScriptedTurn[]): void => {
    active = `resp_${++count}`;
    stage.say(...replyTo(turns, active, number), { type: "rate_limits.updated", rate_limits: [] });
  };
  const isOver = (): boolean => active === "" || !stage.busy();
  const listen = (mark: "start" | "end" | undefined): void => {
    const item_id = `item_${count}`;
    if (mark === "start") stage.send({ type: "input_audio_buffer.speech_started", audio_start_ms: 0, item_id });
    if (mark !== "end") return;
    const turn = stage.script[0] ?? turnFor([], "");
    stage.send({ type: "input_audio_buffer.speech_stopped", audio_end_ms: 0, item_id });
    const transcription = "conversation.item.input_audio_transcription";
    for (const delta of turn.heard.split(/(?= )/)) stage.send({ type: `${transcription}.delta`, item_id, delta });
    stage.send({ type: `${transcription}.completed`, item_id, transcript: turn.heard });
    reply([turn]);
  };
  stage.send({ type: "session.created", session: { id: `sess_${number}` } });
  return (raw) => {
    const { data: message, error: problem } = client.safeParse(raw);
    switch (message?.type) {
      case undefined:
        return error("unknown_parameter", String(problem?.message), "session.");
      case "session.update":
        return stage.send({ type: "session.updated", session: message.session });
      case "input_audio_buffer.append":
        return listen(ear.hear(message.audio));
      case "input_audio_buffer.clear":
        ear.open = false;
        return stage.send({ type: "input_audio_buffer.cleared" });
      case "conversation.item.create":
        wishes.push(...wishOf(message.item, stage));
        return stage.send({ type: "conversation.item.added", item: message.item });
      case "conversation.item.delete":
      case "conversation.item.truncate":
        return undefined;
      case "response.create":
        if (!isOver()) return error("conversation_already_has_active_response", "There is one.");
        return reply(wishes.splice(0));
      case "response.cancel":
        if (isOver() || message.response_id !== active) return error("response_cancel_not_active", "There is none.");
        stage.hush();
        return stage.send({ type: "response.done", response: { id: active, status: "cancelled", output: [] } });
    }
  };
};

function wishOf(item: Item, { script }: Stage): readonly ScriptedTurn[] {
  if (item.type === "function_call_output")
    return [{ heard: "", says: (JSON.parse(item.output) as { say: string }).say }];
  if (item.type !== "message" || item.role !== "user") return [];
  return [turnFor(script, item.content.map((part) => part.text).join(" "))];
}

function replyTo(turns: readonly ScriptedTurn[], response_id: string, session: number): readonly unknown[] {
  const at = { response_id, item_id: `msg_${response_id}`, output_index: 0, content_index: 0 };
  const says = turns.flatMap((turn) => turn.says ?? []).join(" ");
  const calls = turns
    .flatMap((turn) => turn.calls ?? [])
    .map(({ name, args }, index) => ({
      type: "function_call",
      status: "completed",
      call_id: `call_${session}_${response_id}_${index}`,
      name,
      arguments: JSON.stringify(args),
    }));
  const spoken = [
    { type: "response.output_audio_transcript.delta", ...at, delta: says },
    { type: "response.output_audio.delta", ...at, delta: murmur },
    { type: "response.output_audio_transcript.done", ...at, transcript: says },
  ];
  return [
    { type: "response.created", response: { id: response_id, status: "in_progress", output: [] } },
    ...(says === "" ? [] : spoken),
    ...calls.flatMap((item) => [
      { type: "response.output_item.added", response_id, item: { ...item, status: "in_progress", arguments: "" } },
      { ...item, type: "response.function_call_arguments.done", response_id },
      { type: "response.output_item.done", response_id, item },
    ]),
    { type: "response.done", response: { id: response_id, status: "completed", output: calls } },
  ];
}
