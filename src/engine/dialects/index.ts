import type { Dialect } from "./dialect.ts";
import { geminiDialect } from "./gemini.ts";
import { openAiDialect } from "./openai.ts";
import { stepFunDialect } from "./stepfun.ts";

/** The wires that the embedded engine speaks. */
export const DIALECTS = { stepfun: stepFunDialect, openai: openAiDialect, gemini: geminiDialect } satisfies Readonly<
  Record<string, () => Dialect>
>;

export type DialectName = keyof typeof DIALECTS;
