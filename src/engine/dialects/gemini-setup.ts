import { z } from "zod";

import type { EngineConfig, EngineTool } from "../engine-event.ts";
import { MAX_TOOLS, text, toolFields } from "./request.ts";

const { name, description } = toolFields;
const schema = z.record(z.string(), z.unknown()).optional();
const declaration = z.object({
  name,
  description,
  /** Google's subset of OpenAPI, whose types are in capitals; or plain JSON Schema. */
  parameters: schema,
  parametersJsonSchema: schema,
});
/** Google's own tools, such as its search, are none of ours. */
const tools = z
  .array(z.looseObject({ functionDeclarations: z.array(declaration).max(MAX_TOOLS).optional() }))
  .max(MAX_TOOLS);

export const content = z.object({
  role: z.enum(["user", "model"]).default("user"),
  parts: z.array(z.looseObject({ text: text.optional() })).default([]),
});
const instruction = z.object({ parts: z.array(z.looseObject({ text: z.string().optional() })) });

const generation = z.looseObject({
  responseModalities: z
    .array(z.enum(["AUDIO", "TEXT"]))
    .length(1)
    .optional(),
  speechConfig: z
    .looseObject({
      voiceConfig: z
        .looseObject({ prebuiltVoiceConfig: z.object({ voiceName: z.string().max(256) }).optional() })
        .optional(),
    })
    .optional(),
});

export const setup = z.looseObject({
  model: z.string(),
  generationConfig: generation.default({}),
  systemInstruction: instruction.optional(),
  tools: tools.default([]),
  realtimeInputConfig: z
    .looseObject({
      automaticActivityDetection: z.looseObject({ disabled: z.boolean().default(false) }).optional(),
      activityHandling: z.string().optional(),
    })
    .default({}),
  inputAudioTranscription: z.looseObject({}).optional(),
  outputAudioTranscription: z.looseObject({}).optional(),
  sessionResumption: z.looseObject({ handle: z.string().optional() }).optional(),
  historyConfig: z.looseObject({ initialHistoryInClientContent: z.boolean().optional() }).optional(),
  explicitVadSignal: z.boolean().optional(),
});
export type Setup = z.output<typeof setup>;

export const contextUpdate = z.looseObject({
  systemInstruction: instruction.optional(),
  tools: z.object({ tools: tools.default([]) }).optional(),
});

export const isManual = ({ realtimeInputConfig }: Setup): boolean =>
  realtimeInputConfig.automaticActivityDetection?.disabled === true;

export function patchOfSetup(wire: Setup): Partial<EngineConfig> {
  const { generationConfig, realtimeInputConfig } = wire;
  const voice = generationConfig.speechConfig?.voiceConfig?.prebuiltVoiceConfig?.voiceName;
  return {
    ...patchOfUpdate({ systemInstruction: wire.systemInstruction, tools: { tools: wire.tools } }),
    textOnly: generationConfig.responseModalities?.[0] === "TEXT",
    turns: isManual(wire) ? "manual" : "server",
    interrupts: realtimeInputConfig.activityHandling !== "NO_INTERRUPTION",
    ...(voice !== undefined && { voice }),
  };
}

export function patchOfUpdate(update: z.output<typeof contextUpdate>): Partial<EngineConfig> {
  const told = update.systemInstruction?.parts.map((part) => part.text ?? "").join("\n");
  return {
    ...(told !== undefined && { instructions: told }),
    ...(update.tools !== undefined && { tools: toolsOf(update.tools.tools) }),
  };
}

const toolsOf = (wire: z.output<typeof tools>): readonly EngineTool[] =>
  wire
    .flatMap(({ functionDeclarations = [] }) => functionDeclarations)
    .map(({ name, description, parameters, parametersJsonSchema }) => ({
      name,
      description,
      parameters: parametersJsonSchema ?? (lowered(parameters ?? {}) as EngineTool["parameters"]),
    }));

/** Google's `{type: "STRING"}` as JSON Schema. Of a property that is called `type` the value is an object and stays. */
function lowered(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(lowered);
  if (typeof schema !== "object" || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [
      key,
      key === "type" && typeof value === "string" ? value.toLowerCase() : key === "enum" ? value : lowered(value),
    ]),
  );
}
