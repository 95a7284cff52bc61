import { lastValueFrom, toArray } from "rxjs";

import { joined } from "../../src/audio/resample.ts";
import type { Speech } from "../../src/engine/speak/speech.ts";

/** What somebody says into a microphone, with a pause before and enough silence behind; in pieces of 40 ms. */
export async function spokenBy(speech: Speech, text: string, rateHz: 16_000 | 24_000): Promise<readonly Int16Array[]> {
  const clauses = await lastValueFrom(speech.speak({ text, voice: "slt", rateHz }).pipe(toArray()));
  const pcm = joined([new Int16Array(rateHz * 0.3), ...clauses, new Int16Array(rateHz)]);
  const piece = rateHz / 25;
  return Array.from({ length: Math.ceil(pcm.length / piece) }, (_, at) => pcm.slice(at * piece, (at + 1) * piece));
}

/** The tool of a car, as any client describes its own: its name and a JSON Schema. */
export const TEMPERATURE = {
  name: "set_cabin_temperature",
  description: "Sets the target temperature of one side of the cabin.",
  parameters: {
    type: "object",
    properties: {
      zone: { type: "string", enum: ["driver", "passenger"] },
      celsius: { type: "number", minimum: 16, maximum: 28 },
    },
    required: ["zone", "celsius"],
    additionalProperties: false,
  },
} as const;

export const WISH = "set the driver cabin temperature to twenty one degrees";
export const OUTCOME = {
  status: "done",
  say: "The driver side is at twenty one degrees, the passenger side is still at nineteen, and the rear is off.",
};
