import type { AudioFrame } from "../../src/audio/audio-frame.ts";
import type { GatedFrame } from "../../src/audio/gated-frame.ts";
import type { SessionCommand, SessionSpec } from "../../src/session/session-command.ts";

/** A session about one window. */
export const SPEC: SessionSpec = {
  instructions: "You are the voice assistant of this car.",
  voice: "slt",
  tools: [
    {
      name: "window_set",
      description: "Opens or closes one window.",
      parameters: {
        type: "object",
        properties: { zone: { type: "string", enum: ["driver", "passenger"] }, percent: { type: "number" } },
        required: ["zone", "percent"],
      },
    },
  ],
  engine: {
    phrases: { window_set: { en: ["(open{percent=100}|close{percent=0}) the {zone} window"] } },
    lists: {
      zone: [
        { say: "driver", value: "driver" },
        { say: "passenger", value: "passenger" },
      ],
    },
    wording: { ack: ["Okay."], cannot: ["I can't do that."], result: ["{say}"] },
    wakeWord: "jarvis",
    inputRateHz: 16_000,
  },
};

/** 20 ms of one sample value: 0 is silence. */
export function audio(sample: number, samples = 320): SessionCommand & { type: "send-audio" } {
  const frame: AudioFrame = { pcm: new Int16Array(samples).fill(sample), capturedAt: 0 };
  // Only the wake gate makes these in the product; here the test is the gate.
  return { type: "send-audio", frame: frame as unknown as GatedFrame };
}
