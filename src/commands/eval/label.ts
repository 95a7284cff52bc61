import { z } from "zod";
import type { SpokenCall } from "../../engine/understand/grammar.ts";

const VALUE = z.union([z.string(), z.number(), z.boolean()]);
const WISH = z.object({ intent: z.string().min(1), slots: z.record(z.string(), VALUE).default({}) });
const LABEL = z.union([WISH, z.array(WISH).min(1)]);

const IN_TRANSCRIPT = /\[intent\]\s*(\{.*)$/s;

/**
 * What a row's speaker wants: from its `label`, or from the `[intent] {…}` in its transcript; undefined when neither is
 * there. Throws a sentence when there is a label that cannot be read.
 */
export function readLabel(label: string, transcript: string): readonly SpokenCall[] | undefined {
  const text = label.trim() === "" ? IN_TRANSCRIPT.exec(transcript)?.[1] : label;
  if (text === undefined) return undefined;
  const read = LABEL.safeParse(parsed(text));
  if (!read.success) throw new Error(`the label ${shorten(text)} is not {"intent": …, "slots": {…}}`);
  return [read.data].flat().map(({ intent, slots }) => ({ name: intent, args: slots }));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const shorten = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}…` : text);
