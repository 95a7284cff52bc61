import { z } from "zod";

import type { EngineConfig } from "../engine-event.ts";
import { MAX_TOOLS, text, toolFields } from "./request.ts";

/** A session as GA clients know it, and as they are told it back. */
export type OpenAiSession = Readonly<Record<string, unknown>> & {
  readonly audio: {
    readonly input: Readonly<Record<string, unknown>>;
    readonly output: Readonly<Record<string, unknown>>;
  };
};

const pcm = <Rate extends z.ZodType>(rate: Rate) => z.object({ type: z.literal("audio/pcm"), rate });
const HEARD_RATES = z.union([z.literal(24_000), z.literal(16_000)]).default(24_000);

const modalities = z.array(z.enum(["text", "audio"])).length(1);
const turnDetection = z.looseObject({
  type: z.enum(["server_vad", "semantic_vad"]),
  create_response: z.boolean().default(true),
  interrupt_response: z.boolean().default(true),
});
const transcription = z.object({
  model: z.string().optional(),
  language: z.string().optional(),
  prompt: text.optional(),
});

/** Settings that a language model has and we do not. They are told back and change nothing. */
const withoutEffect = {
  model: z.string().optional(),
  tool_choice: z.union([z.string(), z.looseObject({ type: z.string() })]).optional(),
  parallel_tool_calls: z.boolean().optional(),
  reasoning: z.looseObject({}).optional(),
  max_output_tokens: z.union([z.number(), z.literal("inf")]).optional(),
  truncation: z.union([z.string(), z.looseObject({ type: z.string() })]).optional(),
  tracing: z
    .union([z.string(), z.looseObject({})])
    .nullable()
    .optional(),
  prompt: z.looseObject({}).nullable().optional(),
  include: z.array(z.string()).nullable().optional(),
};

export const session = z.object({
  type: z.literal("realtime"),
  output_modalities: modalities.optional(),
  instructions: z.string().optional(),
  audio: z
    .object({
      input: z
        .object({
          format: pcm(HEARD_RATES).optional(),
          noise_reduction: z.looseObject({ type: z.string() }).nullable().optional(),
          transcription: transcription.nullable().optional(),
          turn_detection: turnDetection.nullable().optional(),
        })
        .optional(),
      output: z
        .object({
          format: pcm(z.literal(24_000).default(24_000)).optional(),
          voice: z.union([z.string().max(256), z.object({ id: z.string().max(256) })]).optional(),
          speed: z.number().min(0.25).max(1.5).optional(),
        })
        .optional(),
    })
    .optional(),
  tools: z
    .array(z.object({ type: z.literal("function"), ...toolFields }))
    .max(MAX_TOOLS)
    .optional(),
  ...withoutEffect,
});

export const isTextOnly = (wanted: z.output<typeof modalities>): boolean => wanted[0] === "text";
export const replyWishes = z.looseObject({ output_modalities: modalities.optional() });

export function patchOf({
  output_modalities,
  instructions,
  audio,
  tools,
}: z.output<typeof session>): Partial<EngineConfig> {
  const { format, turn_detection: turns } = audio?.input ?? {};
  const { voice } = audio?.output ?? {};
  return {
    ...(output_modalities !== undefined && { textOnly: isTextOnly(output_modalities) }),
    ...(instructions !== undefined && { instructions }),
    ...(format !== undefined && { inputRateHz: format.rate }),
    ...(turns === null && { turns: "manual" }),
    ...(turns && { turns: "server", answers: turns.create_response, interrupts: turns.interrupt_response }),
    ...(voice !== undefined && { voice: typeof voice === "string" ? voice : voice.id }),
    ...(tools !== undefined && {
      tools: tools.map(({ name, description, parameters }) => ({ name, description, parameters })),
    }),
  };
}

/** The session with what an update names: whole settings, not parts of them. */
export function updated(before: OpenAiSession, update: Readonly<Record<string, unknown>>): OpenAiSession {
  const { input, output } = (update["audio"] ?? {}) as Partial<OpenAiSession["audio"]>;
  const audio = { input: { ...before.audio.input, ...input }, output: { ...before.audio.output, ...output } };
  return { ...before, ...update, model: before["model"], audio };
}

export function firstSession(sessionId: string, { voice, inputRateHz }: EngineConfig): OpenAiSession {
  const input = {
    format: { type: "audio/pcm", rate: inputRateHz },
    noise_reduction: null,
    transcription: null,
    turn_detection: { type: "server_vad", create_response: true, interrupt_response: true },
  };
  return {
    type: "realtime",
    object: "realtime.session",
    id: sessionId,
    model: "codriver",
    output_modalities: ["audio"],
    instructions: "",
    audio: { input, output: { format: { type: "audio/pcm", rate: 24_000 }, voice, speed: 1 } },
    tools: [],
    tool_choice: "auto",
    max_output_tokens: "inf",
    truncation: "auto",
    tracing: null,
    prompt: null,
    include: null,
  };
}
