import { z } from "zod";

/** Templates for what the embedded engine says; `{say}` is the tool's own sentence. Several are used in turn. */
const template = z.string().min(1).max(200);
const templates = z.array(template).min(1).max(20);

export const WORDING_KEYS = [
  "ack",
  "result",
  "refused",
  "cannot",
  "failed",
  "not_understood",
  "greeting",
  "help",
] as const;

/** A persona file: who speaks, in which voice and words. */
export const PERSONA = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, "lower-case letters, digits and -, at most 32"),
  description: z.string().min(1).max(300),
  /** A voice of each provider, by the provider's own id. */
  voices: z.strictObject({
    local: z.enum(["slt", "rms", "awb", "kal16"]),
    stepfun: z.string().optional(),
    openai: z.string().optional(),
    gemini: z.string().optional(),
    covo: z.string().optional(),
  }),
  /** For language models: who the assistant is, how it sounds, how it speaks. */
  personality: z.string().min(1).max(1500),
  tone: z.string().min(1).max(300),
  style: z.string().min(1).max(600),
  wording: z.strictObject({
    ...(Object.fromEntries(WORDING_KEYS.map((key) => [key, templates])) as Record<
      (typeof WORDING_KEYS)[number],
      typeof templates
    >),
    // Empty: the answer itself comes at once.
    ack: z.array(template).max(20),
    /** Said once when the line to a model in the cloud is lost and the embedded engine goes on. */
    offline: templates.default(["I am offline for the moment, but I can still help with the car."]),
  }),
});

export type Persona = z.output<typeof PERSONA>;
